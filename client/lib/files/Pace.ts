/** Bytes per second, shared by all files: the server ends a connection that sends more than 4 MiB or 1000 messages in one. */
const BYTES_PER_SECOND = 2_097_152;

/** Makes those wait who would send faster than may be sent. */
export class Pace {
  readonly #bytesPerSecond: number;
  /** On the clock of `performance.now()`: when all that was let through is through. */
  #freeAt = 0;

  /** @param bytesPerSecond 2 MiB by default. */
  constructor(bytesPerSecond = BYTES_PER_SECOND) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves when so many bytes may go, in the order of the calls. */
  async take(bytes: number): Promise<void> {
    const now = performance.now();
    const wait = Math.max(0, this.#freeAt - now);
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes / this.#bytesPerSecond) * 1000;
    // Timers are rough: small waits add up to one that is worth it.
    if (wait > 20) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
