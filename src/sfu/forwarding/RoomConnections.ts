import type { PeerQuality } from '../../protocol/models.ts';
import type { Peer } from '../Peer.ts';
import type { RoomTracks } from '../RoomTracks.ts';
import { connectionScore } from './connectionScore.ts';
import type { RoomLinks } from './RoomLinks.ts';
import { hasLayers } from './trackFacts.ts';

/** Points by which a connection must have changed to be told again. */
const STEP = 0.5;

/** How well the peers of a room are connected, as far as it was told. */
export class RoomConnections {
  readonly #tracks: RoomTracks;
  readonly #links: RoomLinks;
  /** Those of whom the others have heard, which takes a moment in a large room. */
  readonly #known = new WeakSet<Peer>();
  readonly #told = new Map<Peer, number>();
  /** By peer id. */
  readonly #elsewhere = new Map<string, PeerQuality>();

  constructor(tracks: RoomTracks, links: RoomLinks) {
    this.#tracks = tracks;
    this.#links = links;
  }

  /** Of the peers on this node. */
  get here(): PeerQuality[] {
    return [...this.#told].map(([{ id: peerId }, score]) => ({ peerId, score }));
  }

  get all(): PeerQuality[] {
    return [...this.here, ...this.#elsewhere.values()];
  }

  setElsewhere(peers: readonly PeerQuality[]): void {
    for (const peer of peers) this.#elsewhere.set(peer.peerId, peer);
  }

  removeElsewhere(peerId: string): void {
    this.#elsewhere.delete(peerId);
  }

  /** 0 to 5. */
  of(peer: Peer): number {
    return this.#told.get(peer) ?? 5;
  }

  remove(peer: Peer): void {
    this.#told.delete(peer);
  }

  /** Looks at what flows to each. Returns those that are connected better or worse now. */
  look(peers: Iterable<Peer>): PeerQuality[] {
    const arriving = this.#arriving();
    return [...peers].flatMap((peer) => {
      if (peer.closed) return [];
      if (!this.#known.has(peer)) {
        this.#known.add(peer);
        return [];
      }
      const score = this.#score(peer, this.#count(peer, arriving));
      const told = this.#told.get(peer);
      const isSame =
        told !== undefined && (score === told || (Math.abs(score - told) < STEP && !isEnd(score)));
      if (isSame) return [];
      this.#told.set(peer, score);
      return { peerId: peer.id, score };
    });
  }

  /** Producers of which something arrives here. */
  #arriving(): Set<string> {
    const arriving = new Set<string>();
    for (const { producer, sent } of this.#tracks.all) {
      if (producer.kind === 'video' && sent.length > 0) arriving.add(producer.id);
    }
    return arriving;
  }

  /** Counts the videos of a peer; returns whether one of them does not fit in. */
  #count({ consumers, quality }: Peer, arriving: ReadonlySet<string>): boolean {
    let [videos, flowing] = [0, 0];
    let isLimited = false;
    for (const { consumer, isReady, isWanted } of consumers.videos) {
      if (!arriving.has(consumer.producerId) || !isReady || !isWanted || consumer.producerPaused) continue;
      if (quality.get(consumer.producerId)?.cause === 'receiverBandwidth') isLimited = true;
      videos += 1;
      if (!hasLayers(consumer) || consumer.currentLayers) flowing += 1;
    }
    quality.countVideos(videos, flowing, performance.now());
    return isLimited;
  }

  #score(peer: Peer, isDownLimited: boolean): number {
    const { reports, isAudioOnly } = peer.quality;
    return connectionScore({
      ...this.#links.of(peer),
      isDisconnected: peer.transports.isDisconnected,
      isUpLimited: reports.isBandwidthLimited,
      isDownLimited,
      isAudioOnly,
    });
  }
}

const isEnd = (score: number): boolean => score === 0 || score === 5;
