import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type {
  Cluster,
  ClusterEvents,
  ClusterNodes,
  NodeEvents,
  NodeIdentity,
  NodeInfo,
  NodeStatus,
} from '../cluster.ts';
import { LocalBus } from './LocalBus.ts';
import { LocalLeases } from './LocalLeases.ts';
import { LocalRooms } from './LocalRooms.ts';

/** One node, alone. */
class LocalNodes extends TypedEmitter<NodeEvents> implements ClusterNodes {
  readonly others: ReadonlyMap<string, NodeInfo> = new Map();
  readonly #identity: NodeIdentity;
  readonly #status: () => NodeStatus;

  constructor(identity: NodeIdentity, status: () => NodeStatus) {
    super();
    this.#identity = identity;
    this.#status = status;
  }

  get self(): NodeInfo {
    return { ...this.#identity, ...this.#status() };
  }
}

/** A cluster of one node, in this process: what a server without Redis has. */
export class LocalCluster extends TypedEmitter<ClusterEvents> implements Cluster {
  readonly nodes: ClusterNodes;
  readonly leases = new LocalLeases();
  readonly rooms: LocalRooms;
  readonly bus: LocalBus;
  readonly connected = true;

  constructor(options: { identity: NodeIdentity; status: () => NodeStatus; logger: Logger }) {
    super();
    this.nodes = new LocalNodes(options.identity, options.status);
    this.rooms = new LocalRooms(options.identity.id);
    this.bus = new LocalBus(options.identity.id, options.logger);
  }

  async close(): Promise<void> {
    this.rooms.close();
    this.bus.close();
    await this.leases.close();
  }
}
