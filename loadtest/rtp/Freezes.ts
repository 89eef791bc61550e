const FRAMES = 30;
const MIN_FRAMES = 5;
/** ms above the average. */
const MIN_INCREASE = 150;
/** ms after which a picture that stands still was not taken away on purpose: whoever did so would have told. */
const GRACE = 1000;

/**
 * Counts freezes as browsers do (W3C webrtc-stats, freezeCount and totalFreezesDuration): an interval between two
 * frames of at least max(3 x average, average + 150 ms), where the average is that of the last 30 intervals.
 *
 * As in libwebrtc the interval itself belongs to the 30, and nothing is a freeze before there are 5. Unlike there, a
 * freeze counts as soon as `tick` sees it, so that a picture that never moves again is one.
 */
export class Freezes {
  count = 0;
  /** ms, of freezes that are over. */
  duration = 0;
  readonly #intervals = new Float64Array(FRAMES);
  readonly #onEnd: (duration: number) => void;
  #size = 0;
  #at = 0;
  #sum = 0;
  /** ms; -1: no frame yet, or none since a pause. */
  #shownAt = -1;
  #frozen = false;

  /** @param onEnd told how many ms a freeze lasted. */
  constructor(onEnd: (duration: number) => void = () => undefined) {
    this.#onEnd = onEnd;
  }

  /** Whether the picture stands still now, as of the last `tick`. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /** Freezes without one that may still turn out to be none. */
  certain(now: number): number {
    return this.#frozen && now - this.#shownAt < GRACE ? this.count - 1 : this.count;
  }

  /** The picture was taken away on purpose, as is told only now: if it has just begun to stand still, that is no freeze. */
  forgive(now: number): void {
    if (!this.#frozen || now - this.#shownAt >= GRACE) return;
    this.#frozen = false;
    this.count--;
    this.#shownAt = -1;
  }

  /** A frame is shown. */
  frame(now: number): void {
    if (this.#shownAt >= 0) {
      const interval = now - this.#shownAt;
      if (this.#frozen || this.#isFreeze(interval)) this.#finish(interval);
      this.#sum += interval - this.#dropped();
      this.#intervals[this.#at] = interval;
      this.#at = (this.#at + 1) % FRAMES;
      if (this.#size < FRAMES) this.#size++;
    }
    this.#shownAt = now;
  }

  /** Looks whether the picture has been standing still for too long. */
  tick(now: number): void {
    if (this.#frozen || this.#shownAt < 0 || !this.#isFreeze(now - this.#shownAt)) return;
    this.#frozen = true;
    this.count++;
  }

  /** No frames are expected until the next one: a freeze ends here, and the time until then is none. */
  interrupt(now: number): void {
    if (this.#frozen) this.#finish(now - this.#shownAt);
    this.#shownAt = -1;
  }

  #finish(interval: number): void {
    if (!this.#frozen) this.count++;
    this.#frozen = false;
    this.duration += interval;
    this.#onEnd(interval);
  }

  #isFreeze(interval: number): boolean {
    const size = Math.min(this.#size + 1, FRAMES);
    if (size < MIN_FRAMES) return false;
    const average = (this.#sum - this.#dropped() + interval) / size;
    return interval >= Math.max(3 * average, average + MIN_INCREASE);
  }

  /** The interval that makes room for the next one. */
  #dropped(): number {
    return this.#size === FRAMES ? (this.#intervals[this.#at] ?? 0) : 0;
  }
}
