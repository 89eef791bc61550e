import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { ProducerInfo, RoomSnapshot } from '../../src/protocol/models.ts';
import type { ParleySignaling } from './ParleySignaling.ts';
import type { RemoteTrack, SeatEvents } from './Target.ts';

type RosterEvents = Pick<SeatEvents, 'trackAdded' | 'trackRemoved' | 'trackPaused'>;

/** Who is in a Parley room and what they publish, as of all that the server told. */
export class ParleyRoster extends TypedEmitter<RosterEvents> {
  readonly #own: string;
  readonly #tracks = new Map<string, RemoteTrack>();
  /** Display names by peer id, of everybody in the room. */
  readonly #names = new Map<string, string>();

  /** @param own The peer whose tracks are left out. */
  constructor(own: string) {
    super();
    this.#own = own;
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#tracks;
  }

  get participants(): number {
    return this.#names.size;
  }

  /** Follows what the server tells. */
  listen(signaling: ParleySignaling): void {
    signaling.on('peerJoined', ({ peer }) => {
      this.#names.set(peer.peerId, peer.name);
      for (const producer of peer.producers) this.#add(producer);
    });
    signaling.on('peerLeft', ({ peerId }) => {
      this.#names.delete(peerId);
      for (const track of [...this.#tracks.values()])
        if (track.participantId === peerId) this.#remove(track.trackId);
    });
    signaling.on('newProducer', ({ producer }) => this.#add(producer));
    signaling.on('producerClosed', ({ producerId }) => this.#remove(producerId));
    signaling.on('producerPaused', ({ producerId }) => this.#setPaused(producerId, true));
    signaling.on('producerResumed', ({ producerId }) => this.#setPaused(producerId, false));
  }

  /** Brings tracks and names to what the server says, telling of each difference. */
  read({ peers }: RoomSnapshot): void {
    this.#names.clear();
    for (const { peerId, name } of peers) this.#names.set(peerId, name);
    const producers = peers.flatMap((peer) => peer.producers);
    const alive = new Set(producers.map(({ producerId }) => producerId));
    for (const trackId of [...this.#tracks.keys()]) if (!alive.has(trackId)) this.#remove(trackId);
    for (const producer of producers) this.#add(producer);
  }

  #add({ producerId, peerId, kind, source, paused, replaces }: ProducerInfo): void {
    if (peerId === this.#own) return;
    if (this.#tracks.has(producerId)) {
      // Of what a snapshot told already, this is the later word.
      this.#setPaused(producerId, paused);
      return;
    }
    const name = this.#names.get(peerId) ?? '';
    const track: RemoteTrack = { trackId: producerId, participantId: peerId, name, kind, source, paused };
    if (replaces !== undefined) track.replaces = replaces;
    this.#insert(track);
    this.emit('trackAdded', track);
  }

  /** Last, or behind the one whose place it takes, so that it stands there once that is gone. */
  #insert(track: RemoteTrack): void {
    const { replaces = '' } = track;
    const isBehind = this.#tracks.has(replaces);
    const all = isBehind ? [...this.#tracks.values()] : [];
    if (isBehind) this.#tracks.clear();
    for (const each of all) {
      this.#tracks.set(each.trackId, each);
      if (each.trackId === replaces) this.#tracks.set(track.trackId, track);
    }
    this.#tracks.set(track.trackId, track);
  }

  #remove(producerId: string): void {
    if (this.#tracks.delete(producerId)) this.emit('trackRemoved', producerId);
  }

  #setPaused(producerId: string, paused: boolean): void {
    const track = this.#tracks.get(producerId);
    if (!track || track.paused === paused) return;
    track.paused = paused;
    this.emit('trackPaused', producerId, paused);
  }
}
