import type { Cluster } from '../cluster/cluster.ts';
import type { Drain } from '../cluster/Drain.ts';
import type { NodeMedia } from '../cluster/media/NodeMedia.ts';
import { only, type Instruments } from './Instruments.ts';

/** s. */
const COMMAND_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export interface ClusterFacts {
  cluster: Pick<Cluster, 'nodes' | 'connected' | 'on'>;
  /** Whether what is shared is in Redis: a node that is alone has none. */
  hasRedis: boolean;
  nodeMedia: Pick<NodeMedia, 'links' | 'arrivals' | 'departures'>;
  drain: Pick<Drain, 'begun'>;
  isReady: () => boolean;
}

/** This node and the others, and how Redis is doing between them. */
export function clusterMetrics(instruments: Instruments, facts: ClusterFacts): void {
  const { cluster, hasRedis, nodeMedia, drain, isReady } = facts;
  instruments.gauge({ name: 'ready', help: 'Whether this node takes joins, as /readyz tells.' }, () =>
    only(isReady() ? 1 : 0),
  );
  instruments.gauge({ name: 'draining', help: 'Whether this node is about to end and lets nobody in.' }, () =>
    only(drain.begun ? 1 : 0),
  );
  instruments.gauge({ name: 'cluster_nodes', help: 'Nodes that this one knows, itself included.' }, () =>
    only(cluster.nodes.others.size + 1),
  );
  instruments.gauge({ name: 'cluster_nodes_accepting', help: 'Those of them that take peers.' }, () => {
    const { self, others } = cluster.nodes;
    return only([self, ...others.values()].filter(({ accepting }) => accepting).length);
  });
  instruments.gauge(
    { name: 'node_links', help: 'Ways on which media crosses between this node and others.' },
    () => only(nodeMedia.links),
  );
  instruments.gauge(
    {
      name: 'node_streams',
      help: 'Tracks that come from other nodes (in) and go to them (out).',
      labels: ['direction'],
    },
    () => [
      [{ direction: 'in' }, nodeMedia.arrivals],
      [{ direction: 'out' }, nodeMedia.departures],
    ],
  );
  instruments.gauge(
    { name: 'redis_connected', help: 'Whether Redis can be reached; absent on a node that has none.' },
    () => (hasRedis ? only(cluster.connected ? 1 : 0) : []),
  );
  const outages = instruments.counter({
    name: 'redis_outages_total',
    help: 'How often Redis was there and then could not be reached.',
  });
  const commands = instruments.counter(
    {
      name: 'redis_commands_total',
      help: 'Commands to Redis that were answered, and that failed.',
      labels: ['result'],
    },
    [{ result: 'answered' }, { result: 'failed' }],
  );
  const latency = instruments.histogram({
    name: 'redis_command_seconds',
    help: 'From a command to Redis to its answer.',
    buckets: COMMAND_BUCKETS,
  });
  cluster.on('disconnected', () => outages.inc());
  cluster.on('commandEnded', (ms, isAnswered) => {
    commands.inc({ result: isAnswered ? 'answered' : 'failed' });
    if (isAnswered) latency.observe(ms / 1000);
  });
}
