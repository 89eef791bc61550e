import type { Consumer, ConsumerLayers, Producer } from 'mediasoup/types';
import { AllFrames } from './AllFrames.ts';
import { ALL_LAYERS, SMALLEST } from './decision.ts';
import type { LayerRaises } from './LayerRaises.ts';

/** ms for which a publisher is new: its encoder turns upper layers on and off until it knows CPU and bandwidth. */
const NEW_FOR = 10_000;

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
  readonly #raises: LayerRaises;
  #small: boolean;
  #braked = false;
  #endWait: (() => void) | undefined;

  /** A consumer that starts small must have been created with `SMALLEST`, others with what is `wanted`. */
  constructor(consumer: Consumer, raises: LayerRaises, small: boolean, wanted: ConsumerLayers = ALL_LAYERS) {
    this.#consumer = consumer;
    this.#raises = raises;
    this.#wanted = wanted;
    this.#small = small;
    if (this.#hasLayers)
      new AllFrames(consumer, () => (this.#small || this.#braked ? SMALLEST : this.#wanted));
    if (!small) return;
    consumer.on('layerschange', (layers) => {
      if (layers) this.#endWait ??= raises.wait(() => this.#raise());
    });
    consumer.observer.once('close', () => this.#endWait?.());
  }

  /** What it is asked to send, but for a brake; more than there is where all are wanted. */
  get asked(): ConsumerLayers | undefined {
    return this.#braked ? this.#wanted : this.#consumer.preferredLayers;
  }

  /**
   * Asks for no more than the smallest picture, until that is released.
   *
   * mediasoup would go down in steps, as its estimate falls, and give back nothing for 10 s of what it took for want of bandwidth
   * (`BweDowngradeConservativeMs`).
   */
  async brake(): Promise<void> {
    if (!this.#hasLayers || this.#braked) return;
    this.#braked = true;
    await this.#ask();
  }

  async release(): Promise<void> {
    if (!this.#braked) return;
    this.#braked = false;
    await this.#ask();
  }

  /** The consumer is going to flow. */
  starts(): void {
    if (this.#small) this.#raises.started();
  }

  /** Out of range is clipped, and ignored by consumers without layers. */
  async prefer(layers: ConsumerLayers): Promise<void> {
    if (!this.#hasLayers) return;
    const { spatialLayer, temporalLayer } = this.#wanted;
    if (spatialLayer === layers.spatialLayer && temporalLayer === layers.temporalLayer) return;
    this.#wanted = layers;
    await this.#ask();
  }

  get #hasLayers(): boolean {
    return this.#consumer.type === 'simulcast' || this.#consumer.type === 'svc';
  }

  async #ask(): Promise<void> {
    if (!this.#small) await this.#consumer.setPreferredLayers(this.#braked ? SMALLEST : this.#wanted);
  }

  #raise(): void {
    this.#small = false;
    // Closed meanwhile: nobody is left to be told.
    this.#ask().catch(() => undefined);
  }
}
