import type { TypedEmitter } from '../support/TypedEmitter.ts';

/*
 * What the nodes of a cluster share. A node is one process: its id is made for its lifetime and never comes again.
 * `RedisCluster` shares over Redis, `LocalCluster` is the same for a node that is alone.
 */

/** The listening side of an emitter. */
export type Emits<Events extends { [E in keyof Events]: unknown[] }> = Pick<
  TypedEmitter<Events>,
  'on' | 'once' | 'off' | 'next'
>;

/** What a node says of itself for its lifetime. */
export interface NodeIdentity {
  readonly id: string;
  /** IP address under which the other nodes reach it. */
  readonly address: string;
  /** Label by which clients are placed near it. */
  readonly region: string | null;
  /** Peers that it takes. */
  readonly capacity: number;
  /** Origin under which clients reach it and no other node; null: they are not sent to it. */
  readonly url: string | null;
}

/** How a node is doing. */
export interface NodeStatus {
  readonly peers: number;
  /** CPU time per wall time and core of its media workers, 0 to 1. */
  readonly cpu: number;
  /** Whether it takes peers; not while it ends, or has no media worker. */
  readonly accepting: boolean;
}

export interface NodeInfo extends NodeIdentity, NodeStatus {}

export interface NodeEvents {
  nodeJoined: [node: NodeInfo];
  /** Its status is another one. */
  nodeChanged: [node: NodeInfo];
  /** It left, or gave no sign of life for 3 s in which Redis was there. */
  nodeLeft: [id: string];
}

/** Which nodes there are. While Redis is away they stay as they were. */
export interface ClusterNodes extends Emits<NodeEvents> {
  readonly self: NodeInfo;
  /** The other nodes, by id. */
  readonly others: ReadonlyMap<string, NodeInfo>;
}

export interface LeaseEvents {
  /** It is no longer ours: Redis forgot it, or was away for too long. Once; not after `release()`. */
  lost: [];
}

/** Something that one node at a time has, renewed by itself for as long as it is held. */
export interface Lease extends Emits<LeaseEvents> {
  readonly name: string;
  /**
   * Fencing token: greater than that of every lease which was given before, whatever Redis forgot. Whoever is told
   * to do something in the lease's name refuses a smaller one than it has seen.
   */
  readonly token: number;
  /** Whether it is ours by this machine's own clock. */
  readonly held: boolean;
  /** Lets go of it. Idempotent; without Redis it runs out by itself. */
  release(): Promise<void>;
}

export interface ClusterLeases {
  /**
   * Takes a lease; undefined when another node has it.
   *
   * @param ttl ms for which it lasts without being renewed, 1000 to 3,600,000.
   * @throws ParleyError `unavailable` without Redis, `conflict` when this node has it, `badRequest`, `invalidState`.
   */
  acquire(name: string, options: { ttl: number }): Promise<Lease | undefined>;
}

/** A message as it is received. */
export interface ClusterMessage {
  /** The node that sent it. */
  readonly from: string;
  readonly type: string;
  /** Anything that JSON can carry. */
  readonly data: unknown;
}

export interface RoomEvents {
  /** It is known who else is in it; once, after `memberJoined` of each. */
  entered: [];
  /** That node has peers in the room: from now on it gets what is published, and what it publishes arrives. */
  memberJoined: [node: string];
  memberLeft: [node: string];
  message: [message: ClusterMessage];
  /**
   * Messages may be missing, of one node or (null) of any: ask the members for their state again. What was sent
   * before the state was asked for is part of it, even where it arrives later than this event.
   */
  resync: [from: string | null];
}

/** This node's part in a room that may be on other nodes as well. */
export interface ClusterRoom extends Emits<RoomEvents> {
  readonly name: string;
  /** Whether it is known who else is in it. */
  readonly isEntered: boolean;
  /** The other nodes which have peers in it. */
  readonly members: ReadonlySet<string>;
  /**
   * Sends to all other members, in order with everything else that this node sends. While Redis is away messages
   * wait; when too many wait, they make place for a `resync`.
   *
   * @throws ParleyError `badRequest` for what JSON cannot carry or is too large, `invalidState` after `leave()`.
   */
  publish(type: string, data: unknown): void;
  /** This node has no peers in it any more. Idempotent. */
  leave(): void;
}

export interface ClusterRooms {
  /**
   * Registers this node in a room. It is never refused for want of Redis: the others hear of it when they can.
   *
   * @throws ParleyError `conflict` when this node is in it, `badRequest` for a bad name, `invalidState` once closed.
   */
  enter(name: string): ClusterRoom;
  /**
   * The living nodes that have peers in a room, this one included.
   *
   * @throws ParleyError `unavailable` without Redis, `invalidState` once closed.
   */
  locate(name: string): Promise<string[]>;
}

export interface BusEvents {
  message: [message: ClusterMessage];
  /** Messages to this node may be missing. Of rooms each `ClusterRoom` tells by itself. */
  resync: [from: string | null];
}

/** Answers a question of another node; what it throws travels when it is a ParleyError, else as `internal`. */
export type Answerer = (data: unknown, from: string) => unknown;

/** From node to node. */
export interface ClusterBus extends Emits<BusEvents> {
  /**
   * Sends to one node, in order with everything else that this node sends, and as patiently as `publish`.
   *
   * @throws ParleyError `badRequest` for what JSON cannot carry or is too large, `invalidState` once closed.
   */
  send(node: string, type: string, data: unknown): void;
  /**
   * Asks one node. After `unavailable` and `timeout` it may have been done nevertheless.
   *
   * @param timeout ms, 5000 by default.
   * @throws ParleyError `unavailable` at once while Redis is away or when the node is gone, `timeout`, or what the
   * other node answered.
   */
  request(node: string, type: string, data: unknown, options?: { timeout?: number }): Promise<unknown>;
  /**
   * Answers requests of a type; returns the function that ends it.
   *
   * @throws ParleyError `conflict` when somebody does already.
   */
  answer(type: string, answerer: Answerer): () => void;
}

export interface ClusterEvents {
  connected: [];
  disconnected: [];
  /** A command to what is shared was answered, or failed, so many ms after it was sent. */
  commandEnded: [ms: number, isAnswered: boolean];
}

/** One node's view of the cluster. */
export interface Cluster extends Emits<ClusterEvents> {
  readonly nodes: ClusterNodes;
  readonly leases: ClusterLeases;
  readonly rooms: ClusterRooms;
  readonly bus: ClusterBus;
  /** Whether what is shared can be reached now. */
  readonly connected: boolean;
  /** Leaves: the others are told at once. Idempotent. */
  close(): Promise<void>;
}
