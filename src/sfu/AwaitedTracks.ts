import type { ConsumeAnswer } from '../protocol/requests.ts';
import { notFound } from '../support/errors.ts';
import type { Peer } from './Peer.ts';
import type { RoomElsewhere } from './RoomElsewhere.ts';
import type { RoomTracks } from './RoomTracks.ts';

/**
 * What peers here subscribe to on other nodes: deferred for as long as there is no media of it on this node.
 *
 * Whoever brings such a track here, as a producer among the room's tracks, finds by `isAwaited` of each peer's
 * subscriptions who waits for it.
 */
export class AwaitedTracks {
  readonly #peers: () => Iterable<Peer>;
  readonly #tracks: RoomTracks;
  readonly #elsewhere: RoomElsewhere;

  constructor(peers: () => Iterable<Peer>, tracks: RoomTracks, elsewhere: RoomElsewhere) {
    this.#peers = peers;
    this.#tracks = tracks;
    this.#elsewhere = elsewhere;
    elsewhere.on('producerClosed', ({ producerId }) => this.#forget(producerId));
    elsewhere.on('peerLeft', ({ info }) => {
      for (const { producerId } of info.producers) this.#forget(producerId);
    });
  }

  /** Which of these producers are on another node, and nowhere else. */
  split(producerIds: readonly string[]): { here: string[]; elsewhere: string[] } {
    const isElsewhere = (id: string): boolean =>
      !this.#tracks.get(id) && this.#elsewhere.producer(id) !== undefined;
    const unique = [...new Set(producerIds)];
    return { here: unique.filter((id) => !isElsewhere(id)), elsewhere: unique.filter(isElsewhere) };
  }

  /** Subscribes a peer to producers on other nodes, beside what it was answered of those here. */
  add(peer: Peer, producerIds: readonly string[], answer: ConsumeAnswer): ConsumeAnswer {
    const present = producerIds.filter((id) => this.#elsewhere.producer(id));
    const gone = producerIds.filter((id) => !this.#elsewhere.producer(id));
    for (const producerId of present) peer.consumers.subscriptions.await(producerId);
    const error = notFound('no such producer').toWire();
    return {
      ...answer,
      deferred: [...answer.deferred, ...present],
      refused: [...answer.refused, ...gone.map((producerId) => ({ producerId, error }))],
    };
  }

  #forget(producerId: string): void {
    for (const peer of this.#peers()) peer.consumers.forget(producerId);
  }
}
