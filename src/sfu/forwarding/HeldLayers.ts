import type { Consumer } from 'mediasoup/types';

/** How much the estimate must have grown since a picture changed for the link to have more room. */
const GROWN = 1.5;
/** ms that mediasoup has to use it by itself: a layer comes with the next keyframe, and one that was asked for takes a moment. */
const SOON = 2000;

/**
 * Knows which pictures wait for nothing but mediasoup's caution: the link has got room for more since they changed, but they did
 * not. It gives no layer back for 10 s after it took one for want of bandwidth (`BweDowngradeConservativeMs`), and forgets that when a
 * consumer is stopped and started.
 */
export class HeldLayers {
  readonly #changed = new WeakMap<Consumer, { at: number; available: number }>();

  /** Other layers are sent now (ms), while the estimate stands there (bps). */
  changed(consumer: Consumer, available: number, now: number): void {
    this.#changed.set(consumer, { at: now, available });
  }

  /** Those that wait; each once. @param short Those without the layers that they should have. */
  waiting(short: readonly Consumer[], available: number, now: number): Consumer[] {
    return short.filter((consumer) => {
      const change = this.#changed.get(consumer);
      if (!change || now - change.at < SOON || available < change.available * GROWN) return false;
      return this.#changed.delete(consumer);
    });
  }
}
