import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from '../../loadtest/servers/processUsage.ts';
import { until } from '../../test/support/processes.ts';
import type { RedisServer } from '../../test/support/redisServer.ts';
import type { ServerProcess } from '../../test/support/serverProcess.ts';
import { startServer } from '../ownMachine.ts';

/** Bytes, or s of CPU: of the control planes, and of the media workers, all nodes together. */
export interface Share {
  control: number;
  workers: number;
}

/** ms between two looks at memory. */
const LOOK = 500;
/** ms until a cluster that does not come to rest fails the benchmark. */
const PATIENCE = 120_000;

/** Two nodes of one cluster on this machine, each a process with one media worker. */
export class NodePair {
  readonly #nodes: readonly ServerProcess[];

  private constructor(nodes: readonly ServerProcess[]) {
    this.#nodes = nodes;
  }

  static async start(redis: RedisServer, env: Record<string, string>): Promise<NodePair> {
    const start = (id: string): Promise<ServerProcess> =>
      startServer({
        PARLEY_REDIS_URL: redis.url,
        PARLEY_NODE_ADDRESS: '127.0.0.1',
        PARLEY_NODE_ID: id,
        PARLEY_WORKERS: '1',
        ...env,
      });
    const started = await Promise.allSettled([start('north'), start('south')]);
    const pair = new NodePair(started.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])));
    try {
      for (const one of started) if (one.status === 'rejected') throw one.reason;
      await until('both nodes know each other', async () => {
        const states = await pair.#states();
        return states.every(({ cluster }) => cluster.nodes === 2);
      });
    } catch (error) {
      pair.kill();
      throw error;
    }
    return pair;
  }

  url(node: number): string {
    const server = this.#nodes[node];
    if (!server) throw new Error(`there is no node ${node}`);
    return server.url;
  }

  /** Rooms, peers and routers of each node. */
  async counts(): Promise<{ rooms: number; peers: number; routers: number }[]> {
    const states = await this.#states();
    return states.map(({ rooms, peers, workers }) => ({
      rooms,
      peers,
      routers: workers.reduce((sum, worker) => sum + worker.routers, 0),
    }));
  }

  /** Resolves once nothing is left on any node. */
  async isEmpty(): Promise<void> {
    await until(
      'no rooms, peers and routers are left',
      async () => (await this.counts()).every(({ rooms, peers, routers }) => rooms + peers + routers === 0),
      PATIENCE,
    );
  }

  cpu(): Share {
    return this.#usage('cpu');
  }

  /** Resident memory at its lowest within so many ms: it rises between two collections. */
  async lowestMemory(ms: number): Promise<Share> {
    let lowest = this.#usage('memory');
    const end = performance.now() + ms;
    while (performance.now() < end) {
      await sleep(LOOK);
      const { control, workers } = this.#usage('memory');
      lowest = { control: Math.min(lowest.control, control), workers: Math.min(lowest.workers, workers) };
    }
    return lowest;
  }

  /** @throws Error when a node did not end well, or left a media worker behind. */
  async stop(): Promise<void> {
    for (const { status, leftovers } of await Promise.all(this.#nodes.map((node) => node.stop())))
      if (status !== 0 || leftovers.length > 0)
        throw new Error(`a node ended with ${status ?? 'no status'}, ${leftovers.length} workers left`);
  }

  kill(): void {
    for (const node of this.#nodes) node.kill();
  }

  async #states() {
    type State = Awaited<ReturnType<ServerProcess['ready']>> & { cluster: { nodes: number } };
    return Promise.all(this.#nodes.map(async (node) => (await node.ready()) as State));
  }

  #usage(what: 'cpu' | 'memory'): Share {
    const of = (pids: readonly number[]): number =>
      pids.reduce((sum, pid) => sum + (usageOf(pid)?.[what] ?? 0), 0);
    return {
      control: of(this.#nodes.map(({ pid }) => pid)),
      workers: of(this.#nodes.flatMap(({ workers }) => workers)),
    };
  }
}
