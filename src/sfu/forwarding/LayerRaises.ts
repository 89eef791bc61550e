/**
 * ms from the first picture until more is asked for. A request for a keyframe that follows another one within 300 ms
 * is ignored by libwebrtc (`video/encoder_rtcp_feedback.cc`), and mediasoup repeats it after 1 s.
 */
const RAISE_AFTER = 500;
/** ms after the last of many viewers has started: by then the last keyframe of the smallest layer was asked for. */
const RAISE_AFTER_MANY = 1000;
/** ms for which viewers wait for others at most. */
const PATIENCE = 3000;

interface Raise {
  due: number;
  work: () => void;
}

/**
 * When the viewers of one video, who start with its smallest layer, ask for the larger ones.
 *
 * mediasoup limits the requests for keyframes of each layer, but any of them costs the publisher a keyframe of all. So
 * of many viewers that come at a time none goes on to a larger layer while others still wait for the smallest, and then
 * all of them do at once.
 */
export class LayerRaises {
  readonly #waiting = new Set<Raise>();
  /** When the last two viewers started, the last one first. */
  #starts: readonly [number, number] = [-Infinity, -Infinity];
  #timer: NodeJS.Timeout | undefined;

  /** A viewer starts: mediasoup asks for a keyframe of the smallest layer. */
  started(): void {
    this.#starts = [performance.now(), this.#starts[0]];
  }

  /**
   * A viewer has its first picture, and wants to go on.
   *
   * @returns what ends its wait.
   */
  wait(work: () => void): () => void {
    const raise = { due: performance.now() + RAISE_AFTER, work };
    this.#waiting.add(raise);
    if (!this.#timer) this.#schedule(RAISE_AFTER);
    return () => {
      this.#waiting.delete(raise);
    };
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => this.#raise(), ms).unref();
  }

  #raise(): void {
    this.#timer = undefined;
    const [first] = this.#waiting;
    if (!first) return;
    const now = performance.now();
    const due = Math.max(first.due, Math.min(this.#quietFrom(), first.due + PATIENCE));
    if (due > now) {
      this.#schedule(due - now);
      return;
    }
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const { work } of all) work();
  }

  /** When it is sure that nobody waits for the smallest layer any more. */
  #quietFrom(): number {
    const [last, former] = this.#starts;
    return last - former < RAISE_AFTER_MANY ? last + RAISE_AFTER_MANY : last;
  }
}
