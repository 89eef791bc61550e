/** ms for which there must be no picture, or one again, before it is believed. */
const HOLD = 2000;

/**
 * Whether a peer's downlink carries sound alone: none of the videos that should flow to it has a layer.
 *
 * mediasoup stops sending them then by itself, and goes on probing.
 */
export class AudioOnly {
  #holds = false;
  /** Since when it is the other way round, ms. */
  #since: number | undefined;

  get holds(): boolean {
    return this.#holds;
  }

  /**
   * Returns whether it changed.
   *
   * @param videos Those that should flow.
   * @param flowing Those of them that do.
   * @param now ms.
   */
  update(videos: number, flowing: number, now: number): boolean {
    if ((videos > 0 && flowing === 0) === this.#holds) {
      this.#since = undefined;
      return false;
    }
    this.#since ??= now;
    if (now - this.#since < HOLD) return false;
    this.#holds = !this.#holds;
    this.#since = undefined;
    return true;
  }
}
