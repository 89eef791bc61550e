/** ms; whoever is later than that leaves out what should have been sent meanwhile. */
export const STALL = 200;

/** Beats at an even interval from a first moment on; their times do not add up rounding errors. */
export class Cadence {
  readonly #first: number;
  readonly interval: number;
  #count = 0;
  /** The last beat that was used. */
  #used = -1;

  /** @param first Unix ms. @param interval ms. */
  constructor(first: number, interval: number) {
    this.#first = first;
    this.interval = interval;
  }

  /** Beats since the first, those that were left out included. */
  get count(): number {
    return this.#count;
  }

  /** Unix ms of the present beat. */
  get due(): number {
    return this.#first + this.#count * this.interval;
  }

  /**
   * Goes on by so many beats; but after a stall to the first one that is not over.
   *
   * @returns how many were left out.
   */
  advance(beats: number, now: number): number {
    this.#used = this.#count;
    this.#count += beats;
    if (now - this.due <= STALL) return 0;
    const planned = this.#count;
    this.seek(now);
    return this.#count - planned;
  }

  /** Goes to the first beat that is neither over nor used. */
  seek(now: number): void {
    this.#count = Math.max(this.#used + 1, Math.ceil((now - this.#first) / this.interval));
  }
}
