import { ParleyError } from '../../src/support/errors.ts';

/** Codes after which the same attempt may succeed a little later. */
export function isTransient(error: unknown): boolean {
  return error instanceof ParleyError && (error.code === 'unavailable' || error.code === 'timeout');
}

export interface ReconcilerOptions {
  /** ms before the first repetition of a failed pass, doubled up to 16 times as much (default 500). */
  retryDelay?: number;
  /** A pass failed for a reason that does not pass by itself. */
  onError: (error: unknown) => void;
}

/**
 * Brings what is in line with what is wanted: runs `pass` after each poke, never two at a time.
 *
 * Passes look at the whole difference instead of at one event, so a lost answer, a lost socket or a
 * rebuilt transport needs no bookkeeping: the next pass sees what is missing. A pass that fails with a
 * transient code is repeated with growing delays.
 */
export class Reconciler {
  readonly #pass: () => Promise<void>;
  readonly #options: ReconcilerOptions;
  #wanted = false;
  #running = false;
  #closed = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];

  constructor(pass: () => Promise<void>, options: ReconcilerOptions) {
    this.#pass = pass;
    this.#options = options;
  }

  /** Asks for a pass; many pokes of one tick lead to one. */
  poke(): void {
    if (this.#closed) return;
    this.#wanted = true;
    if (!this.#running) this.#schedule(0);
  }

  /** Resolves when a pass that began after this call has ended, however it ended, or on `close()`. */
  settled(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.poke();
    });
  }

  /** Idempotent. A running pass goes on by itself. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), delay);
  }

  async #run(): Promise<void> {
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#wanted = false;
    const waiting = this.#waiting.splice(0);
    let retry = false;
    try {
      await this.#pass();
      this.#failures = 0;
    } catch (error) {
      retry = isTransient(error);
      if (retry) this.#failures += 1;
      else if (!this.#isClosed()) this.#options.onError(error);
    }
    this.#running = false;
    for (const resolve of waiting) resolve();
    const delay = this.#nextDelay(retry);
    if (delay !== undefined) this.#schedule(delay);
  }

  #nextDelay(retry: boolean): number | undefined {
    if (this.#closed) return undefined;
    if (this.#wanted) return 0;
    return retry ? (this.#options.retryDelay ?? 500) * 2 ** Math.min(this.#failures - 1, 4) : undefined;
  }

  // A call, because the compiler takes the field for unchanged across an await.
  #isClosed(): boolean {
    return this.#closed;
  }
}
