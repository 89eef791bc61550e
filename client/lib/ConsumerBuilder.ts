import type { types } from 'mediasoup-client';
import type { MediaCloseReason } from '../../src/protocol/events.ts';
import type { ConsumerInfo } from '../../src/protocol/models.ts';
import type { MediaSession } from './MediaSession.ts';

/** Builds the server's consumers, and notices which of them were closed before they were built. */
export class ConsumerBuilder {
  readonly #building = new Set<string>();
  readonly #closedEarly = new Map<string, MediaCloseReason>();
  #asking = 0;

  isBuilding(consumerId: string): boolean {
    return this.#building.has(consumerId);
  }

  /** While consumers are asked for, facts about them may overtake the answer; `use` begins to build them. */
  async ask<A>(request: Promise<A>, use: (answer: A) => Promise<void>): Promise<void> {
    this.#asking += 1;
    let used: Promise<void>;
    try {
      used = use(await request);
    } finally {
      this.#asking -= 1;
      this.#forgetClosed();
    }
    await used;
  }

  /** The server closed a consumer that nobody has yet. */
  consumerClosed(consumerId: string, reason: MediaCloseReason): void {
    if (this.#asking > 0 || this.#building.size > 0) this.#closedEarly.set(consumerId, reason);
  }

  /** Resolves with the consumer, or with the reason for which the server closed it meanwhile. */
  async build(session: MediaSession, info: ConsumerInfo): Promise<types.Consumer | MediaCloseReason> {
    const { consumerId } = info;
    const closedBefore = this.#closedEarly.get(consumerId);
    if (closedBefore) return closedBefore;
    this.#building.add(consumerId);
    try {
      const consumer = await session.consume(info);
      const closed = this.#closedEarly.get(consumerId);
      if (!closed) return consumer;
      consumer.close();
      return closed;
    } finally {
      this.#building.delete(consumerId);
      this.#forgetClosed();
    }
  }

  #forgetClosed(): void {
    if (this.#asking === 0 && this.#building.size === 0) this.#closedEarly.clear();
  }
}
