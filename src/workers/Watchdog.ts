/** How a watchdog asks, and when it gives up. */
export interface WatchdogSettings {
  /** ms between an answer and the next question. */
  intervalMs: number;
  /** ms that an answer may take before it counts as a miss. */
  deadlineMs: number;
  /** Deadlines in a row that one question may miss. */
  misses: number;
}

interface WatchdogOptions<Answer> extends WatchdogSettings {
  ask: () => Promise<Answer>;
  onAnswer: (answer: Answer) => void;
  onMiss: (misses: number) => void;
  onFrozen: () => void;
}

/**
 * Asks one question at a time, for ever, and calls `onFrozen` once when the answer does not come.
 *
 * A question that rejects was not unanswered: whoever is asked reports its own death.
 */
export class Watchdog<Answer> {
  readonly #options: WatchdogOptions<Answer>;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: WatchdogOptions<Answer>) {
    this.#options = options;
    this.#ask();
  }

  /** Idempotent; no callback runs afterwards. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #ask(): void {
    if (this.#closed) return;
    this.#awaitAnswer(1);
    this.#options.ask().then(
      (answer) => {
        this.#askLater();
        if (!this.#closed) this.#options.onAnswer(answer);
      },
      () => this.#askLater(),
    );
  }

  #askLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), this.#options.intervalMs);
  }

  #awaitAnswer(miss: number): void {
    const expired = (): void => {
      this.#options.onMiss(miss);
      if (miss < this.#options.misses) {
        this.#awaitAnswer(miss + 1);
        return;
      }
      this.close();
      this.#options.onFrozen();
    };
    this.#timer = setTimeout(expired, this.#options.deadlineMs);
  }
}
