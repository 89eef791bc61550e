import { notFound } from '../support/errors.ts';
import type { ForwardedConsumer } from './forwarding/ForwardedConsumer.ts';

/** The consumers that a peer has: found by producer and by their own id, and the videos among them. */
export class ConsumerIndex {
  readonly #byProducer = new Map<string, ForwardedConsumer>();
  readonly #byId = new Map<string, ForwardedConsumer>();
  readonly #videos = new Set<ForwardedConsumer>();

  get size(): number {
    return this.#byProducer.size;
  }

  get ids(): Iterable<string> {
    return this.#byId.keys();
  }

  get all(): Iterable<ForwardedConsumer> {
    return this.#byProducer.values();
  }

  get videos(): Iterable<ForwardedConsumer> {
    return this.#videos;
  }

  has(producerId: string): boolean {
    return this.#byProducer.has(producerId);
  }

  of(producerId: string): ForwardedConsumer | undefined {
    return this.#byProducer.get(producerId);
  }

  /** @throws ParleyError `notFound`. */
  require(consumerId: string): ForwardedConsumer {
    const forwarded = this.#byId.get(consumerId);
    if (!forwarded) throw notFound('no such consumer');
    return forwarded;
  }

  /** Those that there are, of these ids. */
  among(consumerIds: readonly string[]): ForwardedConsumer[] {
    return consumerIds.flatMap((consumerId) => this.#byId.get(consumerId) ?? []);
  }

  /** It is in here until its consumer closes. */
  add(forwarded: ForwardedConsumer): void {
    const { consumer } = forwarded;
    this.#byProducer.set(consumer.producerId, forwarded);
    this.#byId.set(consumer.id, forwarded);
    if (consumer.kind === 'video') this.#videos.add(forwarded);
    consumer.observer.once('close', () => {
      this.#byProducer.delete(consumer.producerId);
      this.#byId.delete(consumer.id);
      this.#videos.delete(forwarded);
    });
  }
}
