/** Makes a call at most so often; what is asked for too early is done later, once for all that asked. */
export class Throttle {
  readonly #call: () => void;
  #calledAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Infinity;
  #closed = false;

  constructor(call: () => void) {
    this.#call = call;
  }

  /** Calls now, or when so many ms have passed since the last call. */
  notWithin(ms: number): void {
    const now = performance.now();
    const dueAt = this.#calledAt + ms;
    if (dueAt <= now) {
      this.now();
    } else if (!this.#closed && dueAt < this.#dueAt) {
      clearTimeout(this.#timer);
      this.#dueAt = dueAt;
      this.#timer = setTimeout(() => this.now(), dueAt - now).unref();
    }
  }

  /** Calls at once, for all that waits as well. */
  now(): void {
    if (this.#closed) return;
    this.#forgetTimer();
    this.#calledAt = performance.now();
    this.#call();
  }

  /** Nothing is called any more. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#forgetTimer();
  }

  #forgetTimer(): void {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
  }
}
