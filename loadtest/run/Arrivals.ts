/** Rooms that somebody is waited for in. */
export class Arrivals {
  readonly #occupied = new Set<string>();
  readonly #waiting = new Map<string, ((came: boolean) => void)[]>();
  #closed = false;

  /** Resolves once somebody is in the room, with false when nobody is going to come. */
  in(room: string): Promise<boolean> {
    if (this.#occupied.has(room)) return Promise.resolve(true);
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#waiting.set(room, [...(this.#waiting.get(room) ?? []), resolve]);
    });
  }

  /** Somebody came in. */
  came(room: string): void {
    this.#occupied.add(room);
    this.#settle(room, true);
  }

  /** Nobody follows. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const room of [...this.#waiting.keys()]) this.#settle(room, false);
  }

  #settle(room: string, came: boolean): void {
    for (const resolve of this.#waiting.get(room) ?? []) resolve(came);
    this.#waiting.delete(room);
  }
}
