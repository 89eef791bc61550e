import type { Cluster } from './cluster/cluster.ts';
import type { Drain } from './cluster/Drain.ts';
import type { Config } from './config.ts';
import { HealthChecks } from './http/HealthChecks.ts';
import type { Turn } from './openTurn.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';
import type { WorkerPool } from './workers/WorkerPool.ts';

interface ServerHealthOptions {
  config: Pick<Config, 'redisUrl'>;
  pool: WorkerPool;
  rooms: RoomRegistry;
  drain: Drain;
  turn: Turn;
  cluster: Cluster;
  isClosing: () => boolean;
}

/** Whether this server takes joins, by what it needs for that; doors add checks of their own. */
export class ServerHealth extends HealthChecks {
  constructor({ config, pool, rooms, drain, turn, cluster, isClosing }: ServerHealthOptions) {
    const hasRedis = config.redisUrl !== undefined;
    super(() => ({
      draining: drain.begun,
      rooms: rooms.rooms.size,
      peers: rooms.peerCount,
      workers: pool.status(),
      ...(turn.managed ? { turn: turn.managed.state } : {}),
      ...(hasRedis ? { cluster: clusterHealth(cluster) } : {}),
    }));
    this.add('lifecycle', { problem: () => endOf(isClosing(), drain.begun) });
    this.add('workers', { problem: () => (pool.ready ? undefined : 'no media worker runs') });
    // Without Redis a node serves its own rooms.
    if (hasRedis) {
      const problem = (): string | undefined => (cluster.connected ? undefined : 'Redis cannot be reached');
      this.add('redis', { problem, optional: true });
    }
    // Most clients need no relay.
    const { managed } = turn;
    if (managed) {
      const problem = (): string | undefined =>
        managed.state === 'running' ? undefined : `the TURN server is ${managed.state}`;
      this.add('turn', { problem, optional: true });
    }
  }
}

function endOf(isClosing: boolean, isDraining: boolean): string | undefined {
  if (isClosing) return 'the server ends';
  return isDraining ? 'the server is about to end' : undefined;
}

function clusterHealth({ connected, nodes }: Cluster) {
  const { id, region } = nodes.self;
  return { node: id, region, connected, nodes: nodes.others.size + 1 };
}
