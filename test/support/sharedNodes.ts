import type { RedisCluster } from '../../src/cluster/redis/RedisCluster.ts';
import type { Limits } from '../../src/sfu/limits.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from './processes.ts';
import type { RedisServer } from './redisServer.ts';
import { accessToken, SignalingHarness } from './signalingHarness.ts';
import { TcpProxy } from './tcpProxy.ts';
import { TestNode } from './testCluster.ts';

export const ROOM = 'standup';

/** A signaling server that is a node of a cluster, and the cable between it and Redis. */
export class SharedNode {
  readonly id: string;
  readonly harness: SignalingHarness;
  readonly cable: TcpProxy;
  readonly #node: TestNode;

  private constructor(node: TestNode, harness: SignalingHarness, cable: TcpProxy) {
    this.id = node.id;
    this.#node = node;
    this.harness = harness;
    this.cable = cable;
  }

  static async start(
    pool: WorkerPool,
    redis: RedisServer,
    limits: Partial<Limits> = {},
    firstIsHost = false,
  ): Promise<SharedNode> {
    const cable = await TcpProxy.before(redis.url);
    const node = new TestNode(cable.url.replace('http:', 'redis:'));
    const harness = await SignalingHarness.start(pool, { limits, cluster: node.cluster, firstIsHost });
    return new SharedNode(node, harness, cable);
  }

  get cluster(): RedisCluster {
    return this.#node.cluster;
  }

  get connected(): boolean {
    return this.#node.cluster.connected;
  }

  /** Joins the room; an admin with `admin`, somebody known with `sub`. */
  async join(name: string, { sub, admin = false }: { sub?: string; admin?: boolean } = {}) {
    if (sub === undefined && !admin) return this.harness.joined(ROOM, { name });
    const video = { roomJoin: true, ...(admin ? { roomAdmin: true } : {}) };
    const token = await accessToken({ ...(sub === undefined ? {} : { sub }), name, video });
    return this.harness.joined(ROOM, { token });
  }

  /** Joins the room so that the others are not told. */
  async hidden(name: string) {
    const token = await accessToken({ sub: name, name, video: { roomJoin: true, hidden: true } });
    return this.harness.joined(ROOM, { token });
  }

  /** Names of those whom it knows on other nodes. */
  remoteNames(): string[] {
    const peers = this.harness.registry.rooms.get(ROOM)?.elsewhere.peers.values() ?? [];
    return [...peers].map(({ info }) => info.name).sort();
  }

  /** Resolves once it knows these, and nobody else, on other nodes. */
  async knows(...names: string[]): Promise<void> {
    await until(
      `${this.id} knows ${names.join(', ')} elsewhere`,
      () => this.remoteNames().join() === [...names].sort().join(),
    );
  }

  async sees(...nodes: SharedNode[]): Promise<void> {
    await this.#node.sees(...nodes.map((node) => node.#node));
  }

  /** Resolves once Redis is (not) within its reach. */
  async isConnected(connected: boolean): Promise<void> {
    await until(`${this.id} notices`, () => this.connected === connected);
  }

  async close(): Promise<void> {
    await this.harness.close();
    this.cable.close();
  }
}
