import type { types } from 'mediasoup-client';
import type { PreferredLayers } from './publicTypes.ts';
import { isTransient } from './Reconciler.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** The layers that the application wants at most of each producer, across all consumers that this one gets. */
export class LayerWishes {
  readonly #signaling: SignalingClient;
  readonly #wishes = new Map<string, PreferredLayers>();
  /** What the server last heard. */
  readonly #told = new WeakMap<types.Consumer, PreferredLayers>();

  constructor(signaling: SignalingClient) {
    this.#signaling = signaling;
  }

  set(producerId: string, layers: PreferredLayers): void {
    this.#wishes.set(producerId, { ...layers });
  }

  /** A producer takes the place of another one. */
  inherit(fromId: string, producerId: string): void {
    const layers = this.#wishes.get(fromId);
    if (layers) this.#wishes.set(producerId, layers);
  }

  forget(producerId: string): void {
    this.#wishes.delete(producerId);
  }

  /** @throws ParleyError as the server answers `setPreferredLayers`. */
  async tell(consumer: types.Consumer): Promise<void> {
    const layers = this.#wishes.get(consumer.producerId);
    if (!layers || this.#told.get(consumer) === layers) return;
    await this.#signaling.request('setPreferredLayers', { consumerId: consumer.id, ...layers });
    this.#told.set(consumer, layers);
  }

  /** @throws ParleyError with a transient code; what is refused is not asked again. */
  async tellAll(consumers: Iterable<types.Consumer>): Promise<void> {
    for (const consumer of consumers) {
      try {
        await this.tell(consumer);
      } catch (error) {
        if (isTransient(error)) throw error;
        // Refused when it was asked for, or the consumer is gone: no reason to hold up the others.
        const layers = this.#wishes.get(consumer.producerId);
        if (layers) this.#told.set(consumer, layers);
      }
    }
  }
}
