import type { Consumer } from 'mediasoup/types';
import type { Peer } from '../Peer.ts';
import type { RoomTracks } from '../RoomTracks.ts';
import { PeerLink, type LinkFacts } from './PeerLink.ts';

/** Connections measured per turn, so that the cost does not grow with the room. */
const PER_TURN = 8;
/** Of these, such as there is a hint of trouble for. */
const HINTED_PER_TURN = 6;
const UNKNOWN: LinkFacts = { up: 0, down: 0, roundTrip: 0, available: undefined };

/** The connections of all peers of a room, measured a few at a time: those in trouble first, the others in turns. */
export class RoomLinks {
  readonly #tracks: RoomTracks;
  /** Whoever was measured longest ago comes first. */
  readonly #links = new Map<Peer, PeerLink>();
  readonly #hinted = new Set<Peer>();
  #measuring = false;

  constructor(tracks: RoomTracks) {
    this.#tracks = tracks;
  }

  of(peer: Peer): LinkFacts {
    return this.#links.get(peer)?.facts ?? UNKNOWN;
  }

  /** Something is wrong with what this peer sends or gets. */
  hint(peer: Peer): void {
    this.#hinted.add(peer);
  }

  remove(peer: Peer): void {
    this.#links.delete(peer);
    this.#hinted.delete(peer);
  }

  /** Measures the next ones; returns those of which something is different. Never rejects. */
  async measure(peers: Iterable<Peer>): Promise<Peer[]> {
    if (this.#measuring) return [];
    this.#measuring = true;
    for (const peer of peers) if (!this.#links.has(peer)) this.#links.set(peer, new PeerLink());
    const hinted = [...this.#hinted].slice(0, HINTED_PER_TURN);
    for (const peer of hinted) this.#hinted.delete(peer);
    const turn = [...new Set([...hinted, ...this.#links.keys()])].slice(0, PER_TURN);
    const measured = await Promise.all(turn.map((peer) => this.#measureOne(peer)));
    this.#measuring = false;
    return measured.flat();
  }

  async #measureOne(peer: Peer): Promise<Peer[]> {
    const link = this.#links.get(peer);
    if (!link || peer.closed) return [];
    this.#links.delete(peer);
    this.#links.set(peer, link);
    const producers = peer.producers
      .list()
      .flatMap(({ producerId }) => this.#tracks.local(producerId)?.producer ?? []);
    const upOf = ({ producerId }: Consumer): number => {
      const track = this.#tracks.get(producerId);
      return track?.owner ? this.of(track.owner).up : (track?.link.up ?? 0);
    };
    const isDifferent = await link.measure(peer, producers, upOf);
    return isDifferent ? [peer] : [];
  }
}
