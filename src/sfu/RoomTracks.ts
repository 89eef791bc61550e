import type { Producer } from 'mediasoup/types';
import { notFound } from '../support/errors.ts';
import { LocalTrack } from './LocalTrack.ts';
import type { Peer } from './Peer.ts';
import type { RemoteTrack } from './RemoteTrack.ts';
import type { Publication } from './Track.ts';

/** Finds what is published in a room, whoever publishes it, on whichever node. */
export class RoomTracks {
  readonly #local = new Map<string, LocalTrack>();
  readonly #remote = new Map<string, RemoteTrack>();

  add(owner: Peer, producer: Producer): LocalTrack {
    const track = new LocalTrack(owner, producer);
    this.#local.set(producer.id, track);
    producer.observer.once('close', () => this.#local.delete(producer.id));
    return track;
  }

  addRemote(track: RemoteTrack): void {
    const { id } = track;
    this.#remote.set(id, track);
    track.once('close', () => {
      if (this.#remote.get(id) === track) this.#remote.delete(id);
    });
  }

  get size(): number {
    return this.#local.size + this.#remote.size;
  }

  get all(): Iterable<LocalTrack | RemoteTrack> {
    return [...this.#local.values(), ...this.#remote.values()];
  }

  /** Of peers on this node. */
  get locals(): Iterable<LocalTrack> {
    return this.#local.values();
  }

  get(producerId: string): LocalTrack | RemoteTrack | undefined {
    return this.#local.get(producerId) ?? this.#remote.get(producerId);
  }

  /** Of a peer on this node. */
  local(producerId: string): LocalTrack | undefined {
    return this.#local.get(producerId);
  }

  /** Of a peer on another node. */
  remote(producerId: string): RemoteTrack | undefined {
    return this.#remote.get(producerId);
  }

  /** As a subscriber finds it. */
  publication(producerId: string): Publication | undefined {
    return this.get(producerId)?.publication;
  }

  /** Closes anybody's of this node, for a room admin. @throws ParleyError `notFound`. */
  remove(producerId: string): void {
    const owner = this.local(producerId)?.owner;
    if (!owner) throw notFound('no such producer');
    owner.producers.closeOne(producerId, 'removed');
  }

  /** Closes an own producer; a host closes anybody's of this node. @throws ParleyError `notFound`. */
  close(by: Peer, producerId: string): void {
    const owner = this.local(producerId)?.owner;
    if (!owner || (owner !== by && by.conduct.role !== 'host')) throw notFound('no such producer');
    owner.producers.closeOne(producerId, owner === by ? 'closed' : 'removed');
  }
}
