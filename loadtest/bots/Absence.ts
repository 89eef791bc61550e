/** A network that is away on purpose, for a while. */
export class Absence {
  #timer: NodeJS.Timeout | undefined;

  get lasts(): boolean {
    return this.#timer !== undefined;
  }

  /** @param over Called after so many ms, unless it is ended before. */
  begin(ms: number, over: () => void): void {
    this.end();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      over();
    }, ms);
  }

  /** Idempotent. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
