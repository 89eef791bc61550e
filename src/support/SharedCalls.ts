/** Calls that are under way, by key: whoever asks for the same meanwhile gets the same answer. */
export class SharedCalls<T> {
  readonly #calls = new Map<string, Promise<T>>();

  has(key: string): boolean {
    return this.#calls.has(key);
  }

  async run(key: string, call: () => Promise<T>): Promise<T> {
    const known = this.#calls.get(key);
    if (known) return known;
    const calling = call();
    this.#calls.set(key, calling);
    try {
      return await calling;
    } finally {
      if (this.#calls.get(key) === calling) this.#calls.delete(key);
    }
  }

  /** Who asks from now on does not get what is still under way. */
  clear(): void {
    this.#calls.clear();
  }
}
