import type { Consumer } from 'mediasoup/types';
import type { ForwardedConsumer } from './forwarding/ForwardedConsumer.ts';

/**
 * A peer's consumers, by producer and by id. While the peer moves there are also those on the transports that it moves
 * away from: they go on as they are, and nobody asks for anything about them.
 */
export class ConsumerEntries {
  readonly #entries = new Map<string, ForwardedConsumer>();
  readonly #producerIds = new Map<string, string>();
  #former: ForwardedConsumer[] = [];

  get size(): number {
    return this.#entries.size;
  }

  /** Consumer ids. */
  ids(): string[] {
    return [...this.#producerIds.keys()];
  }

  /** Those that may be needed: of two for the same producer the one on the peer's latest transports. */
  *all(): Iterable<ForwardedConsumer> {
    yield* this.#entries.values();
    for (const forwarded of this.#former) {
      const { closed, producerId } = forwarded.consumer;
      if (!closed && !this.#entries.has(producerId)) yield forwarded;
    }
  }

  /** With their producers, without former ones. */
  [Symbol.iterator](): Iterator<[producerId: string, forwarded: ForwardedConsumer]> {
    return this.#entries[Symbol.iterator]();
  }

  get(producerId: string): ForwardedConsumer | undefined {
    return this.#entries.get(producerId);
  }

  has(producerId: string): boolean {
    return this.#entries.has(producerId);
  }

  producerOf(consumerId: string): string | undefined {
    return this.#producerIds.get(consumerId);
  }

  byConsumer(consumerId: string): ForwardedConsumer | undefined {
    return this.#entries.get(this.#producerIds.get(consumerId) ?? '');
  }

  /** Until it closes. @param onProducerClosed Its end, where that is its producer's. */
  add(forwarded: ForwardedConsumer, onProducerClosed: (consumer: Consumer) => void): void {
    const { consumer } = forwarded;
    const { producerId } = consumer;
    this.#note(forwarded);
    let isProducerClosed = false;
    consumer.on('producerclose', () => {
      isProducerClosed = true;
    });
    consumer.observer.once('close', () => {
      if (this.#entries.get(producerId) === forwarded) this.#entries.delete(producerId);
      this.#producerIds.delete(consumer.id);
      if (isProducerClosed) onProducerClosed(consumer);
    });
  }

  /** Closes those that were not needed for so many ms, and returns them. */
  closeNotNeeded(since: number): Consumer[] {
    const now = performance.now();
    const closed = [...this.#entries.values()].filter(
      ({ notNeededSince = Infinity }) => now - notNeededSince >= since,
    );
    for (const { consumer } of closed) consumer.close();
    return closed.map(({ consumer }) => consumer);
  }

  /** All that there are become former ones. */
  setAside(): void {
    this.#former = [...this.#entries.values()];
    this.#entries.clear();
    this.#producerIds.clear();
  }

  /** The former ones are gone. */
  forgetFormer(): void {
    this.#former = [];
  }

  /** The former ones, as far as they are open, are the ones again; the others are gone. */
  restore(): readonly ForwardedConsumer[] {
    const restored = this.#former.filter(({ consumer }) => !consumer.closed);
    this.#former = [];
    this.#entries.clear();
    this.#producerIds.clear();
    for (const forwarded of restored) this.#note(forwarded);
    return restored;
  }

  #note(forwarded: ForwardedConsumer): void {
    const { id, producerId } = forwarded.consumer;
    this.#entries.set(producerId, forwarded);
    this.#producerIds.set(id, producerId);
  }
}
