import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Consumer } from 'mediasoup/types';
import type { ForwardingSettings, PeerQuality, SenderLimit } from '../../protocol/models.ts';
import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { Peer } from '../Peer.ts';
import type { LocalTrack } from '../LocalTrack.ts';
import type { RemoteTrack } from '../RemoteTrack.ts';
import type { RoomTracks } from '../RoomTracks.ts';
import type { Track, TrackProducer } from '../Track.ts';
import { qualityOf, type Quality } from './quality.ts';
import { RoomConnections } from './RoomConnections.ts';
import { RoomLinks } from './RoomLinks.ts';
import { trackFacts } from './trackFacts.ts';

/** ms between two messages to a peer, for each peer of the room: all together get some 200 a second at most. */
const SOONEST = 250;
const PER_PEER = 5;
const LATEST = 1000;
/** ms between two looks at what causes no event. */
const TURN = 1000;
/** ms for which an overload is told after it was seen last: it comes in bursts, and what it did takes time to mend. */
const LINGER = 5000;
/** Of mediasoup's scores, 0 to 10; below is lost for good more than a little. */
const UNTROUBLED = 10;

/** Peers that are told in one turn of the event loop, which others wait for meanwhile. */
const PER_LOOP = 16;

export interface RoomQualityParts {
  peers: () => Iterable<Peer>;
  tracks: RoomTracks;
  settings: () => ForwardingSettings;
  /** Whether a peer's media worker or control plane have no time left. */
  isOverloaded: (peer: Peer) => boolean;
  logger: Logger;
}

interface RoomQualityEvents {
  /** Others are connected better or worse now. */
  peersChanged: [peers: PeerQuality[]];
  /** The same for peers on other nodes. */
  peersChangedElsewhere: [peers: readonly PeerQuality[]];
  /** The links of some were measured; once a second. */
  measured: [];
}

/**
 * Keeps what is told of a room's quality up to date: gathers the facts, and tells each peer the differences.
 *
 * Events mark the tracks that they concern and nothing else is looked at, because a room of 200 has 80,000 pairs of
 * peer and producer.
 */
export class RoomQuality extends TypedEmitter<RoomQualityEvents> {
  readonly links: RoomLinks;
  readonly #parts: RoomQualityParts;
  readonly #watched = new WeakSet<Consumer>();
  readonly #topTemporal = new WeakMap<Track, number>();
  readonly #connections: RoomConnections;
  /** Until everybody is told. */
  #telling: NodeJS.Timeout | undefined;
  /** Something is different since that began. */
  #isTouched = false;
  readonly #turns: NodeJS.Timeout;
  /** Those whose worker or control plane has no time left, and when that was seen last. */
  readonly #overloaded = new Map<Peer, number>();
  #isClosed = false;

  constructor(parts: RoomQualityParts) {
    super();
    this.#parts = parts;
    this.links = new RoomLinks(parts.tracks);
    this.#connections = new RoomConnections(parts.tracks, this.links);
    this.#turns = setInterval(() => void this.#turn(), TURN).unref();
  }

  /** How well a peer is connected, 0 to 5. */
  connection(peer: Peer): number {
    return this.#connections.of(peer);
  }

  /** As far as it was told, of the peers on this node. */
  get connectionsHere(): readonly PeerQuality[] {
    return this.#connections.here;
  }

  /** Another node tells how its peers are connected. */
  connectedElsewhere(peers: readonly PeerQuality[]): void {
    this.#connections.setElsewhere(peers);
    this.emit('peersChangedElsewhere', peers);
  }

  remotePeerLeft(peerId: string): void {
    this.#connections.removeElsewhere(peerId);
  }

  add(track: LocalTrack | RemoteTrack): void {
    const producer: TrackProducer = track.producer;
    const mark = (): void => this.#markEverywhere(producer.id);
    producer.observer.on('pause', mark);
    producer.observer.on('resume', mark);
    if (track.owner === undefined) {
      track.on('sending', mark);
      return;
    }
    const { owner } = track;
    track.producer.on('score', (scores) => {
      if (scores.some(({ score }) => score < UNTROUBLED)) this.links.hint(owner);
    });
  }

  /** The settings are different now. */
  configured(): void {
    for (const peer of this.#parts.peers()) this.#markFlowing(peer);
    this.touch();
  }

  peerLeft(peer: Peer): void {
    this.links.remove(peer);
    this.#overloaded.delete(peer);
    this.#connections.remove(peer);
  }

  /** What a peer subscribes to, is ready for or should get is different now for these producers. */
  changed(peer: Peer, producerIds: readonly string[]): void {
    for (const producerId of producerIds) {
      peer.quality.mark(producerId);
      const forwarded = peer.consumers.forwarded(producerId);
      if (forwarded) this.#watch(peer, forwarded.consumer);
    }
  }

  /** Decisions, subscriptions or tracks may be different now. */
  touch(): void {
    if (this.#isClosed) return;
    this.#isTouched = true;
    if (this.#telling) return;
    const peers = [...this.#parts.peers()].length;
    const delay = Math.min(Math.max(SOONEST, peers * PER_PEER), LATEST);
    this.#telling = setTimeout(() => {
      this.#isTouched = false;
      void this.#tell();
    }, delay).unref();
  }

  /** A peer says what only its client knows. Producers that are not its own, or not subscribed to, are ignored. */
  report(
    peer: Peer,
    sending: readonly { producerId: string; limitedBy: SenderLimit }[],
    receiving: readonly { producerId: string; cpuLimited: boolean; missing: boolean }[],
  ): void {
    const { reports } = peer.quality;
    for (const { producerId, limitedBy } of sending) {
      if (peer.producers.has(producerId) && reports.setLimit(producerId, limitedBy)) {
        this.#markEverywhere(producerId);
      }
    }
    for (const { producerId, cpuLimited, missing } of receiving) {
      if (!peer.consumers.subscriptions.has(producerId)) continue;
      reports.setCpuLimited(producerId, cpuLimited);
      const forwarded = peer.consumers.forwarded(producerId);
      if (forwarded) forwarded.missing = missing;
      peer.quality.mark(producerId);
    }
    this.touch();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#turns);
    clearTimeout(this.#telling);
  }

  async #tell(): Promise<void> {
    const now = performance.now();
    let isPending = false;
    let told = 0;
    for (const peer of [...this.#parts.peers()]) {
      if (++told % PER_LOOP === 0) await nextTurn();
      if (this.#isClosed) return;
      if (!peer.closed && this.#tellOne(peer, now)) isPending = true;
    }
    this.#telling = undefined;
    if (isPending || this.#isTouched) this.touch();
  }

  /** Returns whether there is something to look at again. Never throws, so that the others are told. */
  #tellOne(peer: Peer, now: number): boolean {
    try {
      const read = (producerId: string): Quality | undefined => this.#read(peer, producerId);
      return peer.quality.tell(now, read, () => this.#connections.all);
    } catch (error) {
      this.#parts.logger.error({ error, peer: peer.id }, 'judging the quality failed');
      return false;
    }
  }

  #read(peer: Peer, producerId: string): Quality | undefined {
    const track = this.#parts.tracks.get(producerId);
    if (!track || !peer.consumers.subscriptions.has(producerId)) return undefined;
    return qualityOf(
      trackFacts({
        peer,
        track,
        link: this.links.of(peer),
        senderLink: track.owner ? this.links.of(track.owner) : track.link,
        isOverloaded:
          this.#overloaded.has(peer) || (track.owner !== undefined && this.#overloaded.has(track.owner)),
        favouriteCodec: this.#parts.settings().videoCodecs[0],
        topTemporal: this.#topTemporal.get(track) ?? 0,
      }),
    );
  }

  #watch(peer: Peer, consumer: Consumer): void {
    if (this.#watched.has(consumer)) return;
    this.#watched.add(consumer);
    const { producerId } = consumer;
    const mark = (): void => {
      peer.quality.mark(producerId);
      this.touch();
    };
    consumer.on('score', ({ score }) => {
      if (score < UNTROUBLED && !consumer.paused) this.links.hint(peer);
      mark();
    });
    consumer.on('layerschange', (layers) => {
      const track = this.#parts.tracks.get(producerId);
      const temporal = layers?.temporalLayer ?? 0;
      if (track && temporal > (this.#topTemporal.get(track) ?? 0)) this.#topTemporal.set(track, temporal);
      mark();
    });
  }

  #markEverywhere(producerId: string): void {
    for (const peer of this.#parts.peers()) if (peer.quality.has(producerId)) peer.quality.mark(producerId);
    this.touch();
  }

  #markFlowing(peer: Peer): void {
    for (const { consumer } of peer.consumers.all) peer.quality.mark(consumer.producerId);
  }

  async #turn(): Promise<void> {
    try {
      // Where nothing is published there is nothing whose packets could be counted.
      if (this.#parts.tracks.size > 0) {
        for (const peer of this.#parts.peers()) {
          this.#lookAtLoad(peer);
          this.#lookAtMissing(peer);
        }
        for (const peer of await this.links.measure(this.#parts.peers())) this.#linkChanged(peer);
      }
      const changed = this.#connections.look(this.#parts.peers());
      if (changed.length > 0) this.emit('peersChanged', changed);
      this.emit('measured');
    } catch (error) {
      this.#parts.logger.error({ error }, 'measuring the quality failed');
    }
  }

  #lookAtLoad(peer: Peer): void {
    const now = performance.now();
    const since = now - (this.#overloaded.get(peer) ?? -Infinity);
    const isOverloaded = this.#parts.isOverloaded(peer);
    if (isOverloaded) this.#overloaded.set(peer, now);
    else if (since < LINGER || !this.#overloaded.delete(peer)) return;
    if (!isOverloaded || since === Infinity) this.#linkChanged(peer);
  }

  /** That nothing arrives counts only after a while, which causes no event. */
  #lookAtMissing(peer: Peer): void {
    for (const { consumer, isMissing } of peer.consumers.all) {
      if (!isMissing) continue;
      peer.quality.mark(consumer.producerId);
      this.touch();
    }
  }

  /** What it receives, and what others receive of it, may be judged otherwise now. */
  #linkChanged(peer: Peer): void {
    this.#markFlowing(peer);
    for (const { producerId } of peer.producers.list()) this.#markEverywhere(producerId);
    this.touch();
  }
}
