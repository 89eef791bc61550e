/** How a watchdog asks, and when it gives up. */
export interface WatchdogSettings {
  /** ms between an answer and the next question. */
  intervalMs: number;
  /** ms that an answer may take before it counts as a miss. */
  deadlineMs: number;
  /** Deadlines in a row that one question may miss. */
  misses: number;
  /** The same for whoever works meanwhile: who is overloaded answers late, and to end it would lose what it still does. */
  missesAtWork: number;
}

interface WatchdogOptions<Answer> extends WatchdogSettings {
  ask: () => Promise<Answer>;
  /** ms of CPU time that whoever is asked has used so far; NaN where nobody knows. */
  workedMs: () => number;
  onAnswer: (answer: Answer) => void;
  onMiss: (misses: number) => void;
  onFrozen: () => void;
}

/** Share of a deadline; whoever works longer has too much to do, or turns in a circle, which only time can tell. */
const AT_WORK = 0.05;

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
    const { deadlineMs, misses, missesAtWork, workedMs, onMiss, onFrozen } = this.#options;
    const before = workedMs();
    const expired = (): void => {
      onMiss(miss);
      const isAtWork = workedMs() - before > AT_WORK * deadlineMs;
      if (miss < (isAtWork ? missesAtWork : misses)) {
        this.#awaitAnswer(miss + 1);
        return;
      }
      this.close();
      onFrozen();
    };
    this.#timer = setTimeout(expired, deadlineMs);
  }
}
