import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Lease } from '../../src/cluster/cluster.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { TcpProxy } from '../support/tcpProxy.ts';
import { TestNode } from '../support/testCluster.ts';

const TTL = 1500;

let redis: RedisServer;
const nodes: TestNode[] = [];
const proxies: TcpProxy[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
  for (const proxy of proxies.splice(0)) proxy.close();
});
afterAll(() => redis.close());

async function start(url = redis.url): Promise<TestNode> {
  const node = new TestNode(url);
  nodes.push(node);
  await until('the node is there', () => node.cluster.connected);
  return node;
}

async function take(node: TestNode, name: string): Promise<Lease> {
  const lease = await node.cluster.leases.acquire(name, { ttl: TTL });
  if (!lease) throw new Error('another node has it');
  return lease;
}

/** Tries until it is free. */
async function eventually(node: TestNode, name: string): Promise<Lease> {
  let lease: Lease | undefined;
  await until(`${name} is free`, async () => {
    lease = await node.cluster.leases.acquire(name, { ttl: TTL }).catch(() => undefined);
    return lease !== undefined;
  });
  return lease!;
}

describe('a lease', () => {
  it('is had by one node at a time, for longer than its time when it is renewed', async () => {
    const [a, b] = [await start(), await start()];
    const lease = await take(a, 'owner');
    const [key] = await redis.ask(async (client) => {
      // Renewed, it is longer there than it would have been.
      await new Promise((resolve) => setTimeout(resolve, TTL + 200));
      return client.keys('parley:lease:owner');
    });
    expect(key).toBe('parley:lease:owner');
    expect(lease.held).toBe(true);
    expect(await b.cluster.leases.acquire('owner', { ttl: TTL })).toBeUndefined();
    await lease.release();
    expect((await take(b, 'owner')).token).toBeGreaterThan(lease.token);
  });

  it('is given up when its node leaves', async () => {
    const [a, b] = [await start(), await start()];
    const lease = await take(a, 'owner');
    await a.close();
    expect((await take(b, 'owner')).token).toBeGreaterThan(lease.token);
  });

  it('is lost by its own clock when its node is cut off, before another one has it', async () => {
    const proxy = await TcpProxy.before(redis.url);
    proxies.push(proxy);
    const [a, b] = [await start(proxy.url.replace('http', 'redis')), await start()];
    const lease = await take(a, 'owner');
    const order: string[] = [];
    lease.on('lost', () => order.push('lost'));
    proxy.cut();
    const successor = await eventually(b, 'owner');
    order.push('taken');
    expect(order).toEqual(['lost', 'taken']);
    expect(lease.held).toBe(false);
    expect(successor.token).toBeGreaterThan(lease.token);
    await proxy.restore();
    await until('it is back', () => a.cluster.connected);
    await lease.release();
    expect(successor.held).toBe(true);
    expect(await a.cluster.leases.acquire('owner', { ttl: TTL })).toBeUndefined();
  });

  it('is lost when Redis forgot it, and the next token is greater nevertheless', async () => {
    const [a, b] = [await start(), await start()];
    const lease = await take(a, 'owner');
    const lost = lease.next('lost');
    await redis.flush();
    const successor = await eventually(b, 'owner');
    expect(successor.token).toBeGreaterThan(lease.token);
    await lost;
    expect(lease.held).toBe(false);
  });

  it('has a token that grows when the clock was put back, too', async () => {
    const [a, b] = [await start(), await start()];
    // As if the clock had been ahead until now.
    const ahead = (Date.now() + 3_600_000) * 1000;
    await redis.ask((client) => client.set('parley:fence', String(ahead), 'PX', 60_000));
    const first = await take(a, 'one');
    expect(first.token).toBe(ahead + 1);
    const lost = first.next('lost');
    await redis.flush();
    // Its holder finds it gone and tells what the last token was.
    await lost;
    expect((await take(b, 'one')).token).toBe(ahead + 2);
    await redis.flush();
    expect((await take(a, 'two')).token).toBe(ahead + 2);
  });

  it('is refused while Redis is away', async () => {
    const node = await start();
    redis.freeze();
    const refused = expect(node.cluster.leases.acquire('owner', { ttl: TTL })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await refused;
    await expect(node.cluster.leases.acquire('owner', { ttl: TTL })).rejects.toMatchObject({
      code: 'unavailable',
    });
    redis.thaw();
    // What Redis did afterwards is found out: it is this node's.
    await eventually(node, 'owner');
  });
});
