import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildServer } from '../../loadtest/servers/ChildServer.ts';
import { findProgram } from '../../src/support/findProgram.ts';
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

/** @param port `0`: whichever is free. */
type StartNode = (name: NodeName, port: string) => Promise<ServerProcess>;

/** Nodes with two media workers each, one Redis, and a load balancer in front that knows nothing of rooms. */
export class TrialCluster {
  readonly redis: RedisServer;
  /** Of the load balancer. */
  readonly url: string;
  readonly #nodes: Map<NodeName, ServerProcess>;
  readonly #balancer: ChildServer;
  readonly #startNode: StartNode;

  private constructor(parts: {
    redis: RedisServer;
    nodes: Map<NodeName, ServerProcess>;
    balancer: ChildServer;
    url: string;
    startNode: StartNode;
  }) {
    this.redis = parts.redis;
    this.#nodes = parts.nodes;
    this.#balancer = parts.balancer;
    this.url = parts.url;
    this.#startNode = parts.startNode;
  }

  /** @param settings Further ones, of all nodes. @throws ParleyError `unavailable` without HAProxy. */
  static async start(
    ground: Ground,
    names: readonly NodeName[] = NODES,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<TrialCluster> {
    const redis = await RedisServer.start(ground ? { host: ground.redis } : {});
    const nodes = new Map<NodeName, ServerProcess>();
    const start: StartNode = (name, port) =>
      startNode(name, ground, { ...settings, PARLEY_REDIS_URL: redis.url, PARLEY_PORT: port });
    let balancer: ChildServer | undefined;
    try {
      for (const name of names) nodes.set(name, await start(name, '0'));
      const { url, process } = await startBalancer(nodes);
      balancer = process;
      const cluster = new TrialCluster({ redis, nodes, balancer, url, startNode: start });
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
  async seats(room: string, names: Iterable<NodeName> = this.#nodes.keys()): Promise<Map<string, Seat>> {
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

  /** Starts a node that has ended, where it was. */
  async startAnew(name: NodeName): Promise<void> {
    this.#nodes.set(name, await this.#startNode(name, new URL(this.node(name).url).port));
    await this.#isTogether();
  }

  async #isTogether(): Promise<void> {
    for (const name of this.#nodes.keys())
      await until(`${name} to see the other nodes`, async () => {
        const { cluster } = (await this.state(name)) as NodeState & { cluster?: { nodes: number } };
        return cluster?.nodes === this.#nodes.size;
      });
  }
}

function startNode(
  name: NodeName,
  ground: Ground,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const first = FIRST_PIPE_PORT + NODES.indexOf(name) * PIPE_PORTS;
  return ServerProcess.start(
    {
      ...SETTINGS,
      PARLEY_NODE_ID: name,
      PARLEY_NODE_ADDRESS: ground?.[name].address ?? '127.0.0.1',
      PARLEY_PIPE_PORTS: `${first}-${first + PIPE_PORTS - 1}`,
      ...settings,
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
