import type { Peer } from '../Peer.ts';
import { ProducerDemand } from './ProducerDemand.ts';

/** Which layers of each video somebody needs, told to its publisher (dynacast). */
export class RoomDemand {
  readonly #demands = new Map<string, ProducerDemand>();
  #enabled: boolean;

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** Switched off, every publisher is asked for everything. */
  set enabled(enabled: boolean) {
    this.#enabled = enabled;
  }

  /** @param top The highest spatial layer that it has. */
  add(producerId: string, top: number, tell: (spatialLayer: number | null) => void): void {
    this.#demands.set(producerId, new ProducerDemand(top, tell));
  }

  remove(producerId: string): void {
    this.#demands.get(producerId)?.close();
    this.#demands.delete(producerId);
  }

  /** What the publisher of a video was last told. */
  told(producerId: string): number | null {
    return this.#demands.get(producerId)?.told ?? null;
  }

  /** Looks at all consumers there are. */
  update(peers: Iterable<Peer>): void {
    if (!this.#enabled) {
      for (const demand of this.#demands.values()) demand.want(Infinity);
      return;
    }
    const wanted = new Map<string, number>();
    for (const peer of peers) {
      for (const { consumer, demand } of peer.consumers.all) {
        if (consumer.kind !== 'video') continue;
        const { producerId } = consumer;
        wanted.set(producerId, Math.max(wanted.get(producerId) ?? -1, demand));
      }
    }
    for (const [producerId, demand] of this.#demands) demand.want(wanted.get(producerId) ?? -1);
  }

  /** Idempotent. */
  close(): void {
    for (const demand of this.#demands.values()) demand.close();
  }
}
