import { redirected } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { chooseNode, type PlacementPolicy } from './chooseNode.ts';
import type { Cluster, NodeInfo } from './cluster.ts';

/** ms: nodes tell how they are doing twice as often. */
const MOMENT = 1000;

export interface ClientPlacementOptions {
  cluster: Cluster;
  policy: PlacementPolicy;
  logger: Logger;
}

/** Sends clients that join to the node that is to serve them. */
export class ClientPlacement {
  readonly #cluster: Cluster;
  readonly #policy: PlacementPolicy;
  readonly #logger: Logger;
  /** How many were sent to a node since it last told how it is doing, within a moment from the first of them. */
  readonly #sent = new Map<string, { count: number; since: number }>();

  constructor({ cluster, policy, logger }: ClientPlacementOptions) {
    this.#cluster = cluster;
    this.#policy = policy;
    this.#logger = logger;
    cluster.nodes.on('nodeChanged', ({ id }) => this.#sent.delete(id));
    cluster.nodes.on('nodeLeft', (id) => this.#sent.delete(id));
  }

  /**
   * Resolves when this node is to serve the client, also when the others cannot be asked.
   *
   * @param region Where the client says that it is.
   * @throws ParleyError `redirected` with the URL of the node that is to.
   */
  async assertHere(room: string, region: string | undefined): Promise<void> {
    const { nodes } = this.#cluster;
    if (this.#policy === 'off' || nodes.others.size === 0) return;
    const members = this.#policy === 'load' ? [] : await this.#membersOf(room);
    const node = chooseNode({
      policy: this.#policy,
      room,
      region: region ?? null,
      self: nodes.self,
      others: [...nodes.others.values()].map((one) => this.#withSent(one)),
      members: new Set(members),
    });
    if (!node || node.url === null) return;
    this.#noteSent(node.id);
    this.#logger.debug({ room, node: node.id }, 'a client is sent to another node');
    throw redirected(node.url);
  }

  async #membersOf(room: string): Promise<string[]> {
    try {
      return await this.#cluster.rooms.locate(room);
    } catch (error) {
      this.#logger.debug({ room, error }, 'it is not known which nodes have a room');
      return [];
    }
  }

  #noteSent(id: string): void {
    const sent = this.#sentLately(id);
    if (sent) sent.count += 1;
    else this.#sent.set(id, { count: 1, since: performance.now() });
  }

  /** Those who were sent long ago are counted where they are, or did not go. */
  #sentLately(id: string): { count: number } | undefined {
    const sent = this.#sent.get(id);
    return sent && performance.now() - sent.since < MOMENT ? sent : undefined;
  }

  /** Until a node tells how it is doing, not all who arrive must go to the one that was the least loaded before them. */
  #withSent(node: NodeInfo): NodeInfo {
    return { ...node, peers: node.peers + (this.#sentLately(node.id)?.count ?? 0) };
  }
}
