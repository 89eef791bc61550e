import type { Producer } from 'mediasoup/types';
import { notFound } from '../support/errors.ts';
import type { Peer } from './Peer.ts';
import type { Publication } from './PeerProducers.ts';

export interface Track {
  producer: Producer;
  owner: Peer;
}

/** Finds what is published in a room, whoever publishes it. */
export class RoomTracks {
  readonly #tracks = new Map<string, Track>();

  add(owner: Peer, producer: Producer): void {
    this.#tracks.set(producer.id, { producer, owner });
    producer.observer.once('close', () => this.#tracks.delete(producer.id));
  }

  get size(): number {
    return this.#tracks.size;
  }

  get all(): Iterable<Track> {
    return this.#tracks.values();
  }

  get(producerId: string): Track | undefined {
    return this.#tracks.get(producerId);
  }

  /** As a subscriber finds it. */
  publication(producerId: string): Publication | undefined {
    return this.get(producerId)?.owner.producers.publication(producerId);
  }

  /** Closes anybody's, for a room admin. @throws ParleyError `notFound`. */
  remove(producerId: string): void {
    const owner = this.get(producerId)?.owner;
    if (!owner) throw notFound('no such producer');
    owner.producers.closeOne(producerId, 'removed');
  }

  /** Closes an own producer; a room admin closes anybody's. @throws ParleyError `notFound`. */
  close(by: Peer, producerId: string): void {
    const owner = this.get(producerId)?.owner;
    if (!owner || (owner !== by && !by.permissions.roomAdmin)) throw notFound('no such producer');
    owner.producers.closeOne(producerId, owner === by ? 'closed' : 'removed');
  }
}
