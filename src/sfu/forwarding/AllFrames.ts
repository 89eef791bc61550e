import type { Consumer, ConsumerLayers } from 'mediasoup/types';

/** ms in which frames of three temporal layers have come, from 15 frames a second on. */
const MEASURED = 150;
/** Encoders need not have as many temporal layers as they may. */
const TIMES = 3;

/**
 * Sees to it that a picture that begins is sent with all its frames.
 *
 * mediasoup begins with as many temporal layers as have sent anything when it looks, for a picture that its publisher begins anew
 * the lowest: a quarter of the frames. It looks again as its estimate of the bandwidth changes, up to a second later, or when other
 * layers are preferred (`IncreaseLayer()`, `MayChangeLayers()`).
 */
export class AllFrames {
  readonly #consumer: Consumer;
  readonly #asked: () => ConsumerLayers;
  #spatialLayer: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #left = 0;

  /** @param asked What was last asked for, also where that is still under way. */
  constructor(consumer: Consumer, asked: () => ConsumerLayers) {
    this.#consumer = consumer;
    this.#asked = asked;
    consumer.on('layerschange', (layers) => this.#changed(layers));
    consumer.observer.once('close', () => clearTimeout(this.#timer));
  }

  #changed(layers: ConsumerLayers | undefined): void {
    if (layers?.spatialLayer === this.#spatialLayer) return;
    this.#spatialLayer = layers?.spatialLayer;
    this.#left = layers ? TIMES : 0;
    this.#look();
  }

  #look(): void {
    clearTimeout(this.#timer);
    if (this.#left === 0) return;
    this.#left -= 1;
    this.#timer = setTimeout(() => {
      const { paused, currentLayers, preferredLayers } = this.#consumer;
      if (paused || !currentLayers || !preferredLayers) return;
      if ((currentLayers.temporalLayer ?? 0) >= (preferredLayers.temporalLayer ?? 0)) return;
      this.#nudge(this.#asked());
      this.#look();
    }, MEASURED).unref();
  }

  /** The same layers again would be no change. Both are on their way before anybody else asks for other ones. */
  #nudge(layers: ConsumerLayers): void {
    for (const wanted of [{ ...layers, temporalLayer: 0 }, layers])
      // What fails is gone.
      this.#consumer.setPreferredLayers(wanted).catch(() => undefined);
  }
}
