import type { types } from 'mediasoup-client';
import { resumeConsumers } from './resumeConsumers.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** The consumers that this client has built, by producer id. */
export class ReceivedConsumers {
  readonly #consumers = new Map<string, types.Consumer>();
  /** Those of which the server was told that they are built; before that it sends nothing. */
  readonly #resumed = new WeakSet<types.Consumer>();

  get all(): types.Consumer[] {
    return [...this.#consumers.values()];
  }

  get(producerId: string): types.Consumer | undefined {
    return this.#consumers.get(producerId);
  }

  has(producerId: string): boolean {
    return this.#consumers.has(producerId);
  }

  /** @param isResumed Whether the server sends on it already. */
  add(consumer: types.Consumer, isResumed = false): void {
    if (isResumed) this.#resumed.add(consumer);
    this.#consumers.set(consumer.producerId, consumer);
  }

  delete(producerId: string): void {
    this.#consumers.delete(producerId);
  }

  clear(): void {
    this.#consumers.clear();
  }

  /** Has the server send on those that do not yet. @throws ParleyError with a transient code. */
  async resume(signaling: SignalingClient): Promise<void> {
    const waiting = this.all.filter((consumer) => !this.#resumed.has(consumer));
    await resumeConsumers(
      signaling,
      waiting.map(({ id }) => id),
    );
    for (const consumer of waiting) this.#resumed.add(consumer);
  }
}
