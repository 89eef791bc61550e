import { isTransient } from './Reconciler.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** Producers of this client that the server has, or may have, and nobody wants any more. */
export class SurplusProducers {
  readonly #signaling: SignalingClient;
  readonly #producerIds = new Set<string>();

  constructor(signaling: SignalingClient) {
    this.#signaling = signaling;
  }

  add(producerId: string): void {
    this.#producerIds.add(producerId);
  }

  /** The server closed it by itself. */
  delete(producerId: string): void {
    this.#producerIds.delete(producerId);
  }

  /** They went with their transport. */
  clear(): void {
    this.#producerIds.clear();
  }

  /**
   * Has the server close them, as long as `ready`.
   *
   * @throws ParleyError of a transient code; what is left is closed the next time.
   */
  async close(ready: () => boolean): Promise<void> {
    for (const producerId of this.#producerIds) {
      if (ready()) await this.#closeOne(producerId);
    }
  }

  async #closeOne(producerId: string): Promise<void> {
    try {
      await this.#signaling.request('closeProducer', { producerId });
    } catch (error) {
      if (isTransient(error)) throw error;
      // Gone already, which is what was wanted.
    }
    this.#producerIds.delete(producerId);
  }
}
