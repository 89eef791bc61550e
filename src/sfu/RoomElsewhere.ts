import type { MediaCloseReason } from '../protocol/events.ts';
import type { ChatMessage, PeerCloseReason, PeerInfo, ProducerInfo } from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { TrackDescription } from './RemoteTrack.ts';

/** A peer of the room that is on another node: what that node tells of it. */
export interface RemotePeer {
  readonly node: string;
  readonly info: PeerInfo;
}

/** By producer id. */
export type TrackDescriptions = Readonly<Record<string, TrackDescription>>;

/** The facts of a room, about what is not on this node. */
interface RoomElsewhereEvents {
  peerJoined: [info: PeerInfo];
  peerLeft: [peer: RemotePeer, reason: PeerCloseReason];
  /** Name or metadata changed. */
  peerUpdated: [info: PeerInfo];
  producerAdded: [info: ProducerInfo];
  producerClosed: [info: ProducerInfo, reason: MediaCloseReason];
  producerPaused: [info: ProducerInfo];
  producerResumed: [info: ProducerInfo];
  /** What a track is like. */
  described: [producerId: string, description: TrackDescription];
  /** The room is not on that node any more, or nobody knows. */
  nodeGone: [node: string];
  chat: [message: ChatMessage];
  /** What the peers on other nodes decode is different now. */
  decodersChanged: [];
}

/**
 * What of a room is on other nodes, as each of them told it last; nothing while this node is alone.
 *
 * Whoever knows of other nodes puts in what their peers are like now, and what is different from before is told.
 */
export class RoomElsewhere extends TypedEmitter<RoomElsewhereEvents> {
  readonly #peers = new Map<string, RemotePeer>();
  /** By producer id. */
  readonly #producers = new Map<string, ProducerInfo>();
  readonly #descriptions = new Map<string, TrackDescription>();
  /** Of each node: the different lists of video codecs that its peers decode. */
  readonly #decoders = new Map<string, readonly (readonly string[])[]>();
  /** When the room came to be on each node, ms since the epoch. */
  readonly #createdAt = new Map<string, number>();

  /** By id. */
  get peers(): ReadonlyMap<string, RemotePeer> {
    return this.#peers;
  }

  get producerCount(): number {
    return this.#producers.size;
  }

  /** Mime types that peers decode, each list once per node. */
  get decoders(): (readonly string[])[] {
    return [...this.#decoders.values()].flat();
  }

  /** ms since the epoch; Infinity while it is on no other node. */
  get createdAt(): number {
    return Math.min(...this.#createdAt.values());
  }

  producer(producerId: string): ProducerInfo | undefined {
    return this.#producers.get(producerId);
  }

  description(producerId: string): TrackDescription | undefined {
    return this.#descriptions.get(producerId);
  }

  /** The node whose peer publishes it. */
  nodeOfProducer(producerId: string): string | undefined {
    return this.#peers.get(this.#producers.get(producerId)?.peerId ?? '')?.node;
  }

  /** The one that came last, if there are several. */
  peerOfIdentity(identity: string | undefined): RemotePeer | undefined {
    if (identity === undefined) return undefined;
    return [...this.#peers.values()]
      .filter(({ info }) => info.identity === identity)
      .sort((a, b) => b.info.joinedAt - a.info.joinedAt)[0];
  }

  /** A peer as it is now; `closed` says why producers are gone, `closed` where it is silent. */
  put(
    node: string,
    info: PeerInfo,
    told: { closed?: Readonly<Record<string, MediaCloseReason>>; tracks?: TrackDescriptions } = {},
  ): void {
    const { closed = {}, tracks = {} } = told;
    const before = this.#peers.get(info.peerId);
    for (const [producerId, description] of Object.entries(tracks)) {
      this.#descriptions.set(producerId, description);
      if (this.#producers.has(producerId)) this.emit('described', producerId, description);
    }
    this.#peers.set(info.peerId, { node, info });
    const producers = new Map(info.producers.map((producer) => [producer.producerId, producer]));
    for (const producer of before?.info.producers ?? []) {
      if (producers.has(producer.producerId)) continue;
      this.#forget(producer.producerId);
      this.emit('producerClosed', producer, closed[producer.producerId] ?? 'closed');
    }
    const formerly = new Map(
      info.producers.map(({ producerId }) => [producerId, this.#producers.get(producerId)]),
    );
    for (const [producerId, producer] of producers) this.#producers.set(producerId, producer);
    if (!before) {
      this.emit('peerJoined', info);
      return;
    }
    if (before.info.name !== info.name || before.info.metadata !== info.metadata)
      this.emit('peerUpdated', info);
    for (const producer of producers.values()) {
      const former = formerly.get(producer.producerId);
      if (!former) this.emit('producerAdded', producer);
      else if (former.paused && !producer.paused) this.emit('producerResumed', producer);
      else if (!former.paused && producer.paused) this.emit('producerPaused', producer);
    }
  }

  /** What is not that node's own, or gone already, stays as it is. */
  remove(node: string, peerId: string, reason: PeerCloseReason): void {
    const peer = this.#peers.get(peerId);
    if (peer?.node !== node) return;
    this.#peers.delete(peerId);
    for (const { producerId } of peer.info.producers) this.#forget(producerId);
    this.emit('peerLeft', peer, reason);
  }

  /** All peers of a node: who is not among them has left. */
  replace(
    node: string,
    state: { createdAt: number; peers: readonly PeerInfo[]; tracks?: TrackDescriptions },
  ): void {
    const { createdAt, peers, tracks = {} } = state;
    this.#createdAt.set(node, createdAt);
    const present = new Set(peers.map(({ peerId }) => peerId));
    for (const [peerId, peer] of this.#peers)
      if (peer.node === node && !present.has(peerId)) this.remove(node, peerId, 'left');
    for (const info of peers) this.put(node, info, { tracks: pick(tracks, info) });
  }

  setDecoders(node: string, decoders: readonly (readonly string[])[]): void {
    this.#decoders.set(node, decoders);
    this.emit('decodersChanged');
  }

  /** The room is not on that node any more, or nobody knows. */
  nodeGone(node: string): void {
    for (const [peerId, peer] of this.#peers) if (peer.node === node) this.remove(node, peerId, 'timeout');
    this.#createdAt.delete(node);
    if (this.#decoders.delete(node)) this.emit('decodersChanged');
    this.emit('nodeGone', node);
  }

  /** Somebody on another node said something. */
  said(message: ChatMessage): void {
    this.emit('chat', message);
  }

  #forget(producerId: string): void {
    this.#producers.delete(producerId);
    this.#descriptions.delete(producerId);
  }
}

function pick(tracks: TrackDescriptions, { producers }: PeerInfo): TrackDescriptions {
  return Object.fromEntries(
    producers.flatMap(({ producerId }) => {
      const description = tracks[producerId];
      return description ? [[producerId, description]] : [];
    }),
  );
}
