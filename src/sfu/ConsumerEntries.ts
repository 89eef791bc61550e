import type { Consumer } from 'mediasoup/types';
import type { MediaKind } from '../protocol/models.ts';
import { notFound } from '../support/errors.ts';
import type { ForwardedConsumer } from './forwarding/ForwardedConsumer.ts';

/**
 * A peer's consumers, by producer and by id. While the peer moves there are also those on the transports that it moves
 * away from: they go on as they are, and nobody asks for anything about them.
 */
export class ConsumerEntries {
  readonly #entries = new Map<string, ForwardedConsumer>();
  readonly #producerIds = new Map<string, string>();
  readonly #videos = new Set<ForwardedConsumer>();
  #former: ForwardedConsumer[] = [];

  get size(): number {
    return this.#entries.size;
  }

  /** Consumer ids. */
  ids(): string[] {
    return [...this.#producerIds.keys()];
  }

  /** Those that may be needed: of two for the same producer the one on the peer's latest transports. */
  all(): Iterable<ForwardedConsumer> {
    return this.#withFormer(this.#entries.values());
  }

  /** The videos among them. */
  videos(): Iterable<ForwardedConsumer> {
    return this.#withFormer(this.#videos, 'video');
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

  /** @throws ParleyError `notFound`. */
  require(consumerId: string): ForwardedConsumer {
    const forwarded = this.byConsumer(consumerId);
    if (!forwarded) throw notFound('no such consumer');
    return forwarded;
  }

  /** Those that there are, of these ids. */
  among(consumerIds: readonly string[]): ForwardedConsumer[] {
    return consumerIds.flatMap((consumerId) => this.byConsumer(consumerId) ?? []);
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
      this.#videos.delete(forwarded);
      if (isProducerClosed) onProducerClosed(consumer);
    });
  }

  /** Closes those that were not needed for so many ms, and returns them. */
  closeNotNeeded(since: Record<MediaKind, number>): Consumer[] {
    const now = performance.now();
    const closed = [...this.#entries.values()].filter(
      ({ consumer, notNeededSince = Infinity }) => now - notNeededSince >= since[consumer.kind],
    );
    for (const { consumer } of closed) consumer.close();
    return closed.map(({ consumer }) => consumer);
  }

  /** All that there are become former ones. */
  setAside(): void {
    this.#former = [...this.#entries.values()];
    this.#entries.clear();
    this.#producerIds.clear();
    this.#videos.clear();
  }

  /** The former ones are gone; returns them. */
  forgetFormer(): readonly ForwardedConsumer[] {
    return this.#former.splice(0);
  }

  /** The former ones, as far as they are open, are the ones again; the others are gone. */
  restore(): readonly ForwardedConsumer[] {
    const restored = this.#former.filter(({ consumer }) => !consumer.closed);
    this.#former = [];
    this.#entries.clear();
    this.#producerIds.clear();
    this.#videos.clear();
    for (const forwarded of restored) this.#note(forwarded);
    return restored;
  }

  #note(forwarded: ForwardedConsumer): void {
    const { id, producerId } = forwarded.consumer;
    this.#entries.set(producerId, forwarded);
    this.#producerIds.set(id, producerId);
    if (forwarded.consumer.kind === 'video') this.#videos.add(forwarded);
  }

  *#withFormer(latest: Iterable<ForwardedConsumer>, kind?: MediaKind): Iterable<ForwardedConsumer> {
    yield* latest;
    for (const forwarded of this.#former) {
      const { closed, producerId, kind: its } = forwarded.consumer;
      if (!closed && (kind ?? its) === its && !this.#entries.has(producerId)) yield forwarded;
    }
  }
}
