import { isTransient } from './Reconciler.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** Ids in one request; the protocol's own limit is 256. */
const BATCH = 128;

/** What the server still has for this peer although nobody wants it: consumers, and subscriptions without one. */
export class Leftovers {
  readonly #signaling: SignalingClient;
  readonly #consumers = new Set<string>();
  /** Producers whose subscription is to be ended. */
  readonly #producers = new Set<string>();
  /** Consumers that the server named after a resume and this client does not know: wanted, if `consume` answers them. */
  readonly #unknown = new Set<string>();

  constructor(signaling: SignalingClient) {
    this.#signaling = signaling;
  }

  closeConsumer(consumerId: string): void {
    this.#consumers.add(consumerId);
  }

  endSubscription(producerId: string): void {
    this.#producers.add(producerId);
  }

  found(consumerId: string): void {
    this.#unknown.add(consumerId);
  }

  /** This consumer has its use. */
  claim(consumerId: string): void {
    this.#unknown.delete(consumerId);
  }

  /** Everything was asked for: what nobody claimed is too much. */
  abandonUnknown(): void {
    for (const consumerId of this.#unknown) this.#consumers.add(consumerId);
    this.#unknown.clear();
  }

  /** The server closed it by itself. Returns whether it was to be closed. */
  consumerClosed(consumerId: string): boolean {
    this.#unknown.delete(consumerId);
    return this.#consumers.delete(consumerId);
  }

  /** Their peer is another one now, or their transports are gone. */
  clear(): void {
    this.#consumers.clear();
    this.#producers.clear();
    this.#unknown.clear();
  }

  /** @throws ParleyError with a transient code; what is left then is left for the next time. */
  async sweep(): Promise<void> {
    await inBatches(this.#consumers, (consumerIds) =>
      this.#signaling.request('closeConsumers', { consumerIds }),
    );
    await inBatches(this.#producers, (producerIds) =>
      this.#signaling.request('unsubscribe', { producerIds }),
    );
  }
}

async function inBatches(ids: Set<string>, request: (batch: string[]) => Promise<unknown>): Promise<void> {
  while (ids.size > 0) {
    const batch = [...ids].slice(0, BATCH);
    try {
      await request(batch);
    } catch (error) {
      if (isTransient(error)) throw error;
      // Gone already, which is what was wanted.
    }
    for (const id of batch) ids.delete(id);
  }
}
