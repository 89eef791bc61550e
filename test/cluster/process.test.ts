import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { guessNodeAddress } from '../../src/cluster/nodeAddress.ts';
import { shownUrl } from '../../src/cluster/redis/redisUrl.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { TestNode } from '../support/testCluster.ts';

/* The built server as a node, beside one of the test's. */

const PASSWORD = 'hush-hush';

let redis: RedisServer;
const servers: ServerProcess[] = [];
const nodes: TestNode[] = [];

beforeAll(async () => {
  redis = await RedisServer.start({ password: PASSWORD });
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.kill();
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});
afterAll(() => redis.close());

async function start(env: Record<string, string>): Promise<ServerProcess> {
  const server = await ServerProcess.start(env);
  servers.push(server);
  return server;
}

function observer(): TestNode {
  const node = new TestNode(redis.url);
  nodes.push(node);
  return node;
}

describe('the server process in a cluster', () => {
  it('says who it is, and leaves at once when it ends', async () => {
    const node = observer();
    const joined = node.cluster.nodes.next('nodeJoined');
    const server = await start({
      PARLEY_REDIS_URL: redis.url,
      PARLEY_NODE_ADDRESS: '127.0.0.1',
      PARLEY_NODE_ID: 'north',
      PARLEY_REGION: 'eu',
      PARLEY_MAX_PEERS: '77',
      PARLEY_PUBLIC_URL: 'https://north.example.org',
    });
    const [info] = await joined;
    expect(info).toEqual({
      id: expect.stringMatching(/^north-[0-9a-f]{8}$/),
      address: '127.0.0.1',
      region: 'eu',
      capacity: 77,
      url: 'https://north.example.org',
      peers: 0,
      cpu: expect.any(Number),
      accepting: true,
    });
    await until('it sees the other one', async () => (await clusterOf(server))?.nodes === 2);
    expect(await clusterOf(server)).toEqual({ node: info.id, region: 'eu', connected: true, nodes: 2 });
    const left = node.cluster.nodes.next('nodeLeft');
    expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
    expect(await left).toEqual([info.id]);
    expect((await redis.keys()).has(`parley:node:${info.id}`)).toBe(false);
  });

  it('is missed when it is killed', async () => {
    const node = observer();
    const joined = node.cluster.nodes.next('nodeJoined');
    const server = await start({ PARLEY_REDIS_URL: redis.url, PARLEY_NODE_ADDRESS: '127.0.0.1' });
    const [{ id }] = await joined;
    const left = node.cluster.nodes.next('nodeLeft');
    server.kill();
    expect(await left).toEqual([id]);
  });

  it('is missed while it is stopped, and taken back when it goes on', async () => {
    const node = observer();
    const joined = node.cluster.nodes.next('nodeJoined');
    const server = await start({ PARLEY_REDIS_URL: redis.url, PARLEY_NODE_ADDRESS: '127.0.0.1' });
    const [{ id }] = await joined;
    const left = node.cluster.nodes.next('nodeLeft');
    process.kill(server.pid, 'SIGSTOP');
    expect(await left).toEqual([id]);
    const back = node.cluster.nodes.next('nodeJoined');
    process.kill(server.pid, 'SIGCONT');
    expect((await back)[0].id).toBe(id);
    await until('it sees the other one', async () => (await clusterOf(server))?.nodes === 2);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('starts without Redis, says so without the password, and joins when it is there', async () => {
    await redis.kill();
    const env = { PARLEY_REDIS_URL: redis.url, PARLEY_NODE_ADDRESS: '127.0.0.1' };
    const server = await start(env);
    await until('it says so', () => server.output.includes('Redis cannot be reached'));
    expect(await clusterOf(server)).toMatchObject({ connected: false, nodes: 1 });
    expect(server.output).toContain(shownUrl(redis.url));
    expect(server.output).not.toContain(PASSWORD);
    await redis.restart();
    const node = observer();
    await node.cluster.nodes.next('nodeJoined');
    expect((await clusterOf(server))?.connected).toBe(true);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('says that the password is wrong, and goes on', async () => {
    const env = {
      PARLEY_REDIS_URL: redis.url.replace(PASSWORD, 'guessed-wrong'),
      PARLEY_NODE_ADDRESS: '127.0.0.1',
    };
    const server = await start(env);
    await until('it says so', () => server.output.includes('look at user and password in PARLEY_REDIS_URL'));
    expect(server.output).not.toContain('guessed-wrong');
    expect(await server.end('SIGTERM')).toBe(0);
  });
});

describe('the guess of a node’s address', () => {
  it('is the one from which Redis is reached', async () => {
    // Addresses of documentation are reached by the default route, where there is one.
    const guessed = await guessNodeAddress('redis://127.0.0.1:6379', ['192.0.2.1', '2001:db8::1']);
    expect(guessed).toBe('192.0.2.1');
    expect(await guessNodeAddress('redis://[::1]:6379', ['2001:db8::1'])).toBe('2001:db8::1');
    expect(await guessNodeAddress('redis://localhost', [])).toBe('127.0.0.1');
  });

  it('is refused when there are several', async () => {
    await expect(guessNodeAddress('redis://127.0.0.1', ['192.0.2.1', '198.51.100.1'])).rejects.toMatchObject({
      code: 'badRequest',
      message: expect.stringContaining('192.0.2.1, 198.51.100.1'),
    });
  });
});

async function clusterOf(server: ServerProcess) {
  const answer = await fetch(`${server.url}/readyz`);
  const { cluster } = (await answer.json()) as {
    cluster?: { node: string; region: string | null; connected: boolean; nodes: number };
  };
  return cluster;
}
