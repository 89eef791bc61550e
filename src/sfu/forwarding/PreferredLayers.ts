import type { Consumer, ConsumerLayers, Producer } from 'mediasoup/types';
import { ALL_LAYERS } from './decision.ts';

/** ms for which a publisher is new: its encoder turns upper layers on and off until it knows CPU and bandwidth. */
const NEW_FOR = 10_000;
/**
 * ms from the first picture until more is asked for. A request for a keyframe that follows another one within 300 ms
 * is ignored by libwebrtc (`video/encoder_rtcp_feedback.cc`), and mediasoup repeats it after 1 s.
 */
const RAISE_AFTER = 500;

/** Whether a subscription to this producer should begin with the smallest layer, the only one that is sure to come. */
export function startsSmall(producer: Pick<Producer, 'type'>, age: number): boolean {
  return producer.type === 'simulcast' && age < NEW_FOR;
}

/**
 * The highest layers that a consumer gets: those that its peer asked for, by default all.
 *
 * mediasoup waits for a keyframe of the highest layer and sends nothing until then; when a publisher's encoder drops
 * that layer in between, for seconds. So a consumer that starts small asks for the others once it has a picture.
 */
export class PreferredLayers {
  readonly #consumer: Consumer;
  #wanted: ConsumerLayers;
  #small: boolean;
  #raiseTimer: NodeJS.Timeout | undefined;

  /** A consumer that starts small must have been created with `SMALLEST`, others with what is `wanted`. */
  constructor(consumer: Consumer, small: boolean, wanted: ConsumerLayers = ALL_LAYERS) {
    this.#consumer = consumer;
    this.#wanted = wanted;
    this.#small = small;
    if (!small) return;
    consumer.on('layerschange', (layers) => {
      if (layers) this.#raiseTimer ??= setTimeout(() => this.#raise(), RAISE_AFTER).unref();
    });
    consumer.observer.once('close', () => clearTimeout(this.#raiseTimer));
  }

  /** Out of range is clipped, and ignored by consumers without layers. */
  async prefer(layers: ConsumerLayers): Promise<void> {
    const { type } = this.#consumer;
    if (type !== 'simulcast' && type !== 'svc') return;
    const { spatialLayer, temporalLayer } = this.#wanted;
    if (spatialLayer === layers.spatialLayer && temporalLayer === layers.temporalLayer) return;
    this.#wanted = layers;
    if (!this.#small) await this.#consumer.setPreferredLayers(layers);
  }

  #raise(): void {
    this.#small = false;
    // Closed meanwhile: nobody is left to be told.
    this.#consumer.setPreferredLayers(this.#wanted).catch(() => undefined);
  }
}
