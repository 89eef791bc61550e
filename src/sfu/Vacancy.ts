/** ms that a timer of Node takes at most. */
const LONGEST = 2_147_483_647;

export interface VacancyParts {
  /** How many are in. */
  occupants: () => number;
  /** How many wait outside: they keep the place open, and do not take it. */
  waiting?: () => number;
  /** ms for which the place is kept that nobody was in yet, and that everybody has left. */
  keptFor: () => { empty: number; departed: number };
  /** It was empty for long enough. */
  onOver: () => void;
}

/** The time for which a place is kept open that nobody is in. */
export class Vacancy {
  readonly #parts: VacancyParts;
  #expected = 0;
  #wasTaken = false;
  /** On the clock of `performance.now()`; undefined while somebody is in or expected. */
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: VacancyParts) {
    this.#parts = parts;
  }

  /** Those on their way. */
  get expected(): number {
    return this.#expected;
  }

  /** Whether nobody was in it yet. */
  get isUntouched(): boolean {
    return !this.#wasTaken;
  }

  /** Somebody is on his way, who counts as if he were in; returns what ends that, to be called once. */
  expect(): () => void {
    this.#expected += 1;
    this.look();
    return () => {
      this.#expected -= 1;
      this.look();
    };
  }

  /** Somebody came or left, or the times are other ones now. */
  look(): void {
    clearTimeout(this.#timer);
    const occupants = this.#parts.occupants();
    if (occupants > 0) this.#wasTaken = true;
    const waiting = this.#parts.waiting?.() ?? 0;
    if (this.#closed || occupants + this.#expected + waiting > 0) {
      this.#since = undefined;
      return;
    }
    const now = performance.now();
    this.#since ??= now;
    const { empty, departed } = this.#parts.keptFor();
    const left = this.#since + (this.#wasTaken ? departed : empty) - now;
    this.#timer = setTimeout(() => this.#parts.onOver(), Math.min(Math.max(0, left), LONGEST)).unref();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
