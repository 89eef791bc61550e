import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildServer } from '../../loadtest/servers/ChildServer.ts';
import { findProgram } from '../../loadtest/servers/findProgram.ts';
import { freePort } from '../../src/workers/freePort.ts';
import { until } from '../../test/support/processes.ts';
import { RedisServer } from '../../test/support/redisServer.ts';
import { ServerProcess } from '../../test/support/serverProcess.ts';
import { operated, reportOf } from '../cores/operator.ts';
import { NODES, type Ground, type NodeName } from './ground.ts';

/** Links between nodes take ports of their own where all nodes are on one address. */
const FIRST_PIPE_PORT = 50_000;
const PIPE_PORTS = 1000;

/** Everything to everybody, so that what does not come was lost and not left out; and every worker is used. */
const SETTINGS = {
  ...operated,
  PARLEY_LOUDEST: '0',
  PARLEY_LAST_N: '0',
  PARLEY_DYNACAST: 'false',
  PARLEY_WORKERS: '2',
  PARLEY_SPREAD_ROOMS: 'true',
  PARLEY_EMPTY_ROOM_GRACE: '0',
};

/** On which node, and on which of its workers, somebody is. */
export interface Seat {
  node: NodeName;
  worker: number;
}

/** What `/readyz` tells of a node, as far as it is of use here. */
export interface NodeState {
  rooms: number;
  peers: number;
  workers: { pid: number }[];
}

/** Three nodes with two media workers each, one Redis, and a load balancer in front that knows nothing of rooms. */
export class TrialCluster {
  readonly redis: RedisServer;
  /** Of the load balancer. */
  readonly url: string;
  readonly #nodes: ReadonlyMap<NodeName, ServerProcess>;
  readonly #balancer: ChildServer;

  private constructor(
    redis: RedisServer,
    nodes: ReadonlyMap<NodeName, ServerProcess>,
    balancer: ChildServer,
    url: string,
  ) {
    this.redis = redis;
    this.#nodes = nodes;
    this.#balancer = balancer;
    this.url = url;
  }

  /** @throws ParleyError `unavailable` without HAProxy. */
  static async start(ground: Ground): Promise<TrialCluster> {
    const redis = await RedisServer.start(ground ? { host: ground.redis } : {});
    const nodes = new Map<NodeName, ServerProcess>();
    let balancer: ChildServer | undefined;
    try {
      for (const [index, name] of NODES.entries())
        nodes.set(name, await startNode(name, index, redis.url, ground));
      const { url, process } = await startBalancer(nodes);
      balancer = process;
      const cluster = new TrialCluster(redis, nodes, process, url);
      await cluster.#isTogether();
      return cluster;
    } catch (error) {
      await balancer?.stop();
      for (const node of nodes.values()) node.kill();
      await redis.close();
      throw error;
    }
  }

  node(name: NodeName): ServerProcess {
    const node = this.#nodes.get(name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** Who of a room is where, by name. @param names Nodes that are asked; default all. */
  async seats(room: string, names: readonly NodeName[] = NODES): Promise<Map<string, Seat>> {
    const seats = new Map<string, Seat>();
    for (const node of names)
      for (const { name, worker } of (await reportOf(this.node(node).url, room))?.peers ?? [])
        seats.set(name, { node, worker: worker ?? -1 });
    return seats;
  }

  async state(name: NodeName): Promise<NodeState> {
    return (await (await fetch(`${this.node(name).url}/readyz`)).json()) as NodeState;
  }

  async close(): Promise<void> {
    await this.#balancer.stop();
    for (const node of this.#nodes.values()) node.kill();
    await this.redis.close();
  }

  async #isTogether(): Promise<void> {
    for (const name of NODES)
      await until(`${name} to see the other nodes`, async () => {
        const { cluster } = (await this.state(name)) as NodeState & { cluster?: { nodes: number } };
        return cluster?.nodes === NODES.length;
      });
  }
}

function startNode(name: NodeName, index: number, redis: string, ground: Ground): Promise<ServerProcess> {
  const first = FIRST_PIPE_PORT + index * PIPE_PORTS;
  return ServerProcess.start(
    {
      ...SETTINGS,
      PARLEY_REDIS_URL: redis,
      PARLEY_NODE_ID: name,
      PARLEY_NODE_ADDRESS: ground?.[name].address ?? '127.0.0.1',
      PARLEY_PIPE_PORTS: `${first}-${first + PIPE_PORTS - 1}`,
    },
    ground ? { host: ground[name] } : {},
  );
}

/** As `deploy/` has it, without TLS: in turn, checked once a second, another node where one refuses. */
async function startBalancer(
  nodes: ReadonlyMap<NodeName, ServerProcess>,
): Promise<{ process: ChildServer; url: string }> {
  const program = findProgram('haproxy');
  if (program === undefined) throw new Error('HAProxy is not installed; on Debian: apt-get install haproxy');
  const port = await freePort(['127.0.0.1']);
  const directory = mkdtempSync(join(tmpdir(), 'parley-balancer-'));
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(
    file,
    `defaults
    mode http
    option redispatch
    retries 2
    timeout connect 3s
    timeout http-request 10s
    timeout client 60s
    timeout server 60s
    timeout tunnel 60s

frontend pages
    bind 127.0.0.1:${port}
    default_backend parley

backend parley
    balance roundrobin
    option httpchk
    http-check send meth GET uri /readyz
    http-check expect status 200
    default-server check inter 1s fall 1 rise 1
${[...nodes].map(([name, { url }]) => `    server ${name} ${new URL(url).host}\n`).join('')}`,
  );
  const url = `http://127.0.0.1:${port}`;
  const child = await ChildServer.start({
    name: 'HAProxy',
    command: program,
    args: ['-db', '-q', '-f', file],
    env: process.env,
    directory,
  });
  await child.answers(async () => {
    const { ok } = await fetch(`${url}/readyz`);
    if (!ok) throw new Error('no node is ready');
  });
  return { process: child, url };
}
