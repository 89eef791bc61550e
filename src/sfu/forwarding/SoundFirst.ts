/** Share of the smallest pictures' packets of which no picture can be made any more, whoever asks for them again. */
const HOPELESS = 0.4;
/** ms for which it must have been so: as a rule, and where pictures are only tried. */
const PATIENCE = 3000;
const PATIENCE_AGAIN = 500;
/** ms for which pictures are tried. */
const TRIAL = 6000;
/** ms until pictures are tried again, at first and at most. */
const SOONEST = 10_000;
const LATEST = 30_000;
/** ms for which pictures must have flowed for the next time to count as the first again. */
const GOOD = 30_000;

/**
 * Decides when a downlink carries sound alone: where even the smallest pictures lose so much that nothing can be seen of them, and
 * all that they do is to push the sound aside.
 */
export class SoundFirst {
  #hopelessSince: number | undefined;
  #triedAt = -Infinity;
  #pause = SOONEST;

  /**
   * Returns whether pictures should stop at that moment (ms).
   *
   * @param facts `lost`: share of the videos' packets that is lost; `isSmallest`: no more is sent than the smallest pictures take; `isDead`: nothing has
   *   arrived for long.
   */
  look(facts: { lost: number; isSmallest: boolean; isDead: boolean }, now: number): boolean {
    if (facts.lost < HOPELESS || !facts.isSmallest) {
      this.#hopelessSince = undefined;
      return false;
    }
    this.#hopelessSince ??= now;
    const patience = now - this.#triedAt < TRIAL ? PATIENCE_AGAIN : PATIENCE;
    return facts.isDead || now - this.#hopelessSince >= patience;
  }

  /** Pictures stop (ms); returns for how long (ms), which is longer each time. */
  stopped(now: number): number {
    this.#hopelessSince = undefined;
    this.#pause = now - this.#triedAt > GOOD ? SOONEST : Math.min(this.#pause * 2, LATEST);
    return this.#pause;
  }

  /** Pictures are tried again (ms). */
  tried(now: number): void {
    this.#triedAt = now;
  }
}
