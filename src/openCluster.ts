import { randomBytes } from 'node:crypto';
import type { Cluster, NodeIdentity, NodeStatus } from './cluster/cluster.ts';
import { LocalCluster } from './cluster/local/LocalCluster.ts';
import { NodeMedia } from './cluster/media/NodeMedia.ts';
import { guessNodeAddress } from './cluster/nodeAddress.ts';
import { RedisCluster } from './cluster/redis/RedisCluster.ts';
import { shownUrl } from './cluster/redis/redisUrl.ts';
import { ConfigError, type Config } from './config.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';
import { ParleyError } from './support/errors.ts';
import type { Logger } from './support/logger.ts';
import { lanAddresses, pipeListenInfo } from './workers/listenAddresses.ts';
import type { WorkerPool } from './workers/WorkerPool.ts';

/** CPU is told in steps of this, so that nodes which idle do not tell each other news all the time. */
const CPU_STEP = 0.05;

/** What this process is as a node. @throws ConfigError when its address is not given and cannot be guessed. */
export async function nodeIdentity(config: Config): Promise<NodeIdentity> {
  return {
    // Another one for each start, so that nobody takes a process for the one that was there before.
    id: `${config.nodeId}-${randomBytes(4).toString('hex')}`,
    address: await nodeAddress(config),
    region: config.region ?? null,
    capacity: config.maxPeers,
    url: config.publicUrl ?? null,
  };
}

/**
 * Joins the cluster that is configured; without Redis, one of this node alone.
 *
 * It does not wait for Redis: a node that cannot reach it serves its own rooms, and joins when it can.
 */
export function openCluster(options: {
  config: Config;
  identity: NodeIdentity;
  pool: Pick<WorkerPool, 'status'>;
  rooms: Pick<RoomRegistry, 'peerCount'>;
  isClosing: () => boolean;
  logger: Logger;
}): Cluster {
  const { config, identity, pool, rooms, isClosing, logger } = options;
  const status = (): NodeStatus => {
    const alive = pool.status().filter((worker) => worker.alive);
    const cpu = alive.reduce((sum, worker) => sum + worker.cpu, 0) / Math.max(1, alive.length);
    return {
      peers: rooms.peerCount,
      cpu: Math.min(1, Number((Math.round(cpu / CPU_STEP) * CPU_STEP).toFixed(2))),
      accepting: alive.length > 0 && !isClosing(),
    };
  };
  if (config.redisUrl === undefined) return new LocalCluster({ identity, status, logger });
  logger.info({ ...identity, redis: shownUrl(config.redisUrl) }, 'joining the cluster');
  return new RedisCluster({ url: config.redisUrl, identity, status, logger });
}

/** The ways on which media comes from other nodes and goes to them. */
export function openNodeMedia(options: { config: Config; cluster: Cluster; logger: Logger }): NodeMedia {
  const { config, cluster, logger } = options;
  const listenInfo = pipeListenInfo(cluster.nodes.self.address, config.pipePorts);
  return new NodeMedia({ cluster, listenInfo, logger });
}

async function nodeAddress({ nodeAddress: given, redisUrl }: Config): Promise<string> {
  if (given !== undefined) return given;
  if (redisUrl === undefined) return lanAddresses()[0] ?? '127.0.0.1';
  try {
    return await guessNodeAddress(redisUrl, lanAddresses());
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    throw new ConfigError([`PARLEY_NODE_ADDRESS: ${error.message}`]);
  }
}
