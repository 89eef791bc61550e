import { isDeepStrictEqual } from 'node:util';
import type { MediaCloseReason } from '../protocol/events.ts';
import type {
  ChatMessage,
  MediaSource,
  PeerCloseReason,
  PeerInfo,
  Permissions,
  ProducerInfo,
} from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { PeerHomes, type RemotePeer } from './PeerHomes.ts';
import type { TrackDescription } from './RemoteTrack.ts';

/** By producer id. */
export type TrackDescriptions = Readonly<Record<string, TrackDescription>>;

/** What the peers of a node may do, by their ids. */
export type PermissionsById = Readonly<Record<string, Permissions>>;

/** The facts of a room, about what is not on this node. */
interface RoomElsewhereEvents {
  peerJoined: [info: PeerInfo];
  /** A peer of this node is on another one too, to which it moves. */
  peerArrived: [peerId: string];
  peerLeft: [peer: RemotePeer, reason: PeerCloseReason];
  /** Name, metadata, attributes or standing changed. */
  peerUpdated: [info: PeerInfo];
  producerAdded: [info: ProducerInfo];
  producerClosed: [info: ProducerInfo, reason: MediaCloseReason];
  producerPaused: [info: ProducerInfo];
  producerResumed: [info: ProducerInfo];
  /** What a track is like. */
  described: [producerId: string, description: TrackDescription];
  chat: [message: ChatMessage];
  /** What the peers on other nodes decode is different now. */
  decodersChanged: [];
}

/**
 * What of a room is on other nodes, as each of them told it last; nothing while this node is alone.
 *
 * Whoever knows of other nodes puts in what their peers are like now, and what is different from before is told. A peer
 * may be on two nodes, this one included, while it moves from one to the other: it joined with the first and leaves with
 * the last of them.
 */
export class RoomElsewhere extends TypedEmitter<RoomElsewhereEvents> {
  readonly #homes = new PeerHomes();
  readonly #peers = new Map<string, RemotePeer>();
  /** By producer id. */
  readonly #producers = new Map<string, ProducerInfo>();
  readonly #permissions = new Map<string, Permissions>();
  readonly #descriptions = new Map<string, TrackDescription>();
  /** Of each node: the different lists of video codecs that its peers decode. */
  readonly #decoders = new Map<string, readonly (readonly string[])[]>();
  /** When the room came to be on each node, ms since the epoch. */
  readonly #createdAt = new Map<string, number>();

  readonly #isHere: (peerId: string) => boolean;

  /** @param isHere Whether a peer is on this node. */
  constructor(isHere: (peerId: string) => boolean = () => false) {
    super();
    this.#isHere = isHere;
  }

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

  description(producerId: string): TrackDescription | undefined {
    return this.#descriptions.get(producerId);
  }

  /** What a peer on another node may do. */
  permissionsOf(peerId: string): Permissions | undefined {
    return this.#permissions.get(peerId);
  }

  /** The node whose peer publishes it. */
  nodeOfProducer(producerId: string): string | undefined {
    return this.#homes.nodeOf(this.#producers.get(producerId)?.peerId ?? '', producerId);
  }

  /** Whether a peer is on another node. */
  isThere(peerId: string): boolean {
    return this.#peers.has(peerId);
  }

  /** The source of what that peer publishes on another node. */
  sourceOf(peerId: string, producerId: string): MediaSource | undefined {
    const producer = this.#producers.get(producerId);
    return producer?.peerId === peerId ? producer.source : undefined;
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
    told: {
      closed?: Readonly<Record<string, MediaCloseReason>>;
      tracks?: TrackDescriptions;
      permissions?: Permissions;
    } = {},
  ): void {
    const { closed = {}, tracks = {} } = told;
    if (told.permissions) this.#permissions.set(info.peerId, told.permissions);
    const before = this.#homes.on(node, info.peerId);
    const known = this.#peers.get(info.peerId)?.info;
    for (const [producerId, description] of Object.entries(tracks)) {
      this.#descriptions.set(producerId, description);
      if (this.#producers.has(producerId)) this.emit('described', producerId, description);
    }
    this.#homes.set(node, info);
    this.#look(info.peerId);
    const producers = new Map(info.producers.map((producer) => [producer.producerId, producer]));
    for (const producer of before?.producers ?? []) {
      if (producers.has(producer.producerId)) continue;
      this.#forget(producer.producerId);
      this.emit('producerClosed', producer, closed[producer.producerId] ?? 'closed');
    }
    const formerly = new Map(
      info.producers.map(({ producerId }) => [producerId, this.#producers.get(producerId)]),
    );
    for (const [producerId, producer] of producers) this.#producers.set(producerId, producer);
    if (!known && !this.#isHere(info.peerId)) {
      this.emit('peerJoined', info);
      return;
    }
    if (!known) this.emit('peerArrived', info.peerId);
    else if (!isSamePerson(known, info)) this.emit('peerUpdated', info);
    for (const producer of producers.values()) {
      const former = formerly.get(producer.producerId);
      if (!former) this.emit('producerAdded', producer);
      else if (former.paused && !producer.paused) this.emit('producerResumed', producer);
      else if (!former.paused && producer.paused) this.emit('producerPaused', producer);
    }
  }

  /** What is not that node's own, or gone already, stays as it is. */
  remove(node: string, peerId: string, reason: PeerCloseReason): void {
    const info = this.#homes.on(node, peerId);
    if (!info) return;
    this.#homes.delete(node, peerId);
    this.#look(peerId);
    for (const { producerId } of info.producers) this.#forget(producerId);
    if (!this.#peers.has(peerId) && !this.#isHere(peerId)) this.emit('peerLeft', { node, info }, reason);
    // It is somewhere else by now.
    else for (const producer of info.producers) this.emit('producerClosed', producer, 'closed');
    if (!this.#peers.has(peerId)) this.#permissions.delete(peerId);
  }

  /** All peers of a node: who is not among them has left. */
  replace(
    node: string,
    state: {
      createdAt: number;
      peers: readonly PeerInfo[];
      tracks?: TrackDescriptions;
      permissions?: PermissionsById | undefined;
    },
  ): void {
    const { createdAt, peers, tracks = {}, permissions = {} } = state;
    this.#createdAt.set(node, createdAt);
    const present = new Set(peers.map(({ peerId }) => peerId));
    for (const peerId of this.#homes.peersOn(node))
      if (!present.has(peerId)) this.remove(node, peerId, 'left');
    for (const info of peers) {
      const may = permissions[info.peerId];
      this.put(node, info, { tracks: pick(tracks, info), ...(may ? { permissions: may } : {}) });
    }
  }

  setDecoders(node: string, decoders: readonly (readonly string[])[]): void {
    this.#decoders.set(node, decoders);
    this.emit('decodersChanged');
  }

  /** The room is not on that node any more, or nobody knows. */
  nodeGone(node: string): void {
    for (const peerId of this.#homes.peersOn(node)) this.remove(node, peerId, 'timeout');
    this.#createdAt.delete(node);
    if (this.#decoders.delete(node)) this.emit('decodersChanged');
  }

  /** Somebody on another node said something. */
  said(message: ChatMessage): void {
    this.emit('chat', message);
  }

  #look(peerId: string): void {
    const peer = this.#homes.all(peerId);
    if (peer) this.#peers.set(peerId, peer);
    else this.#peers.delete(peerId);
  }

  #forget(producerId: string): void {
    this.#producers.delete(producerId);
    this.#descriptions.delete(producerId);
  }
}

function isSamePerson(a: PeerInfo, b: PeerInfo): boolean {
  if (a.name !== b.name || a.metadata !== b.metadata || a.role !== b.role) return false;
  if (a.handRaisedAt !== b.handRaisedAt || a.spotlightAt !== b.spotlightAt) return false;
  return isDeepStrictEqual(a.attributes ?? {}, b.attributes ?? {});
}

function pick(tracks: TrackDescriptions, { producers }: PeerInfo): TrackDescriptions {
  return Object.fromEntries(
    producers.flatMap(({ producerId }) => {
      const description = tracks[producerId];
      return description ? [[producerId, description]] : [];
    }),
  );
}
