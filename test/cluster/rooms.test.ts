import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { TcpProxy } from '../support/tcpProxy.ts';
import { TestNode } from '../support/testCluster.ts';

let redis: RedisServer;
const nodes: TestNode[] = [];
const proxies: TcpProxy[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
  for (const proxy of proxies.splice(0)) proxy.close();
  await redis.flush();
});
afterAll(() => redis.close());

function start(url = redis.url): TestNode {
  const node = new TestNode(url);
  nodes.push(node);
  return node;
}

async function startBehindProxy(): Promise<{ node: TestNode; proxy: TcpProxy }> {
  const proxy = await TcpProxy.before(redis.url);
  proxies.push(proxy);
  return { node: start(proxy.url.replace('http', 'redis')), proxy };
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a room on several nodes', () => {
  it('has the nodes that are in it, and each knows of a node before it is a member', async () => {
    const [a, b, c] = [start(), start(), start()];
    const unknown: string[] = [];
    const inA = a.enter('standup');
    inA.room.on('memberJoined', (id) => {
      if (!a.cluster.nodes.others.has(id)) unknown.push(id);
    });
    const inB = b.enter('standup');
    await Promise.all([inA.has(b), inB.has(a)]);
    const inC = c.enter('standup');
    await Promise.all([inA.has(b, c), inB.has(a, c), inC.has(a, b)]);
    expect(unknown).toEqual([]);
    expect((await c.cluster.rooms.locate('standup')).sort()).toEqual([a.id, b.id, c.id].sort());
    inB.room.leave();
    await Promise.all([inA.has(c), inC.has(a)]);
    await c.close();
    await inA.has();
    expect(await a.cluster.rooms.locate('standup')).toEqual([a.id]);
    expect(inA.heard).toEqual([`joined ${b.id}`, `joined ${c.id}`, `left ${b.id}`, `left ${c.id}`]);
  });

  it('has every message for all other members, once, and in order per sender', async () => {
    const [a, b, c] = [start(), start(), start()];
    const rooms = [a, b, c].map((node) => node.enter('standup'));
    const other = b.enter('other');
    const [inA, inB, inC] = rooms as [typeof other, typeof other, typeof other];
    await Promise.all([inA.has(b, c), inB.has(a, c), inC.has(a, b)]);
    for (const i of range(500)) {
      inA.room.publish('a', i);
      inC.room.publish('c', i);
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until('all arrive', () =>
      [inA.dataOf('c'), inB.dataOf('a'), inB.dataOf('c'), inC.dataOf('a')].every(
        ({ length }) => length === 500,
      ),
    );
    for (const got of [inA.dataOf('c'), inB.dataOf('a'), inB.dataOf('c'), inC.dataOf('a')]) {
      expect(got).toEqual(range(500));
    }
    expect(inA.dataOf('a')).toEqual([]);
    expect(other.messages).toEqual([]);
    expect(inB.messages[0]).toMatchObject({ from: expect.stringMatching(/^node-/) });
  });

  it('is told in order: what was said before leaving comes before it, and direct messages keep their place', async () => {
    const [a, b] = [start(), start()];
    const inA = a.enter('standup');
    a.cluster.bus.on('message', ({ type }) => inA.heard.push(`direct ${type}`));
    let inB = b.enter('standup');
    await Promise.all([inA.has(b), inB.has(a)]);
    inB.room.publish('say', 1);
    b.cluster.bus.send(a.id, 'aside', 2);
    inB.room.leave();
    inB = b.enter('standup');
    inB.room.publish('say', 3);
    await inA.hears('say 3');
    expect(inA.heard).toEqual([
      `joined ${b.id}`,
      'say 1',
      'direct aside',
      `left ${b.id}`,
      `joined ${b.id}`,
      'say 3',
    ]);
    await inB.has(a);
  });

  it('is left by nodes that die, and found again without ghosts when they were only cut off', async () => {
    const a = start();
    const { node: b, proxy } = await startBehindProxy();
    const [inA, inB] = [a.enter('standup'), b.enter('standup')];
    const bOther = b.enter('other');
    await Promise.all([inA.has(b), inB.has(a)]);
    const pending = expect(
      a.cluster.bus.request(b.id, 'anything', 1, { timeout: 30_000 }),
    ).rejects.toMatchObject({ code: 'unavailable' });
    b.cluster.bus.answer('anything', () => new Promise(() => undefined));
    proxy.cut();
    await inA.has();
    await pending;
    inA.room.publish('missed', 1);
    inB.room.publish('kept', 1);
    // Meanwhile it does what it likes.
    bOther.room.leave();
    const bThird = b.enter('third');
    await proxy.restore();
    await Promise.all([inA.has(b), inB.hears('resync all')]);
    await inA.hears('kept 1');
    expect(inB.dataOf('missed')).toEqual([]);
    const inAThird = a.enter('third');
    await Promise.all([inAThird.has(b), bThird.has(a)]);
    expect(await a.cluster.rooms.locate('other')).toEqual([]);
    expect(inA.heard.filter((line) => line.startsWith('resync'))).toEqual([]);
  });

  it('hears everything when it was cut off for a moment only', async () => {
    const a = start();
    const { node: b, proxy } = await startBehindProxy();
    const [inA, inB] = [a.enter('standup'), b.enter('standup')];
    await Promise.all([inA.has(b), inB.has(a)]);
    const away = b.cluster.next('disconnected');
    proxy.cut();
    await away;
    for (const i of range(300)) inA.room.publish('a', i);
    for (const i of range(300)) inB.room.publish('b', i);
    await proxy.restore();
    await until('all arrive', () => inA.dataOf('b').length === 300 && inB.dataOf('a').length === 300);
    expect([inA.dataOf('b'), inB.dataOf('a')]).toEqual([range(300), range(300)]);
    expect([...inA.heard, ...inB.heard].filter((line) => /resync|left/.test(line))).toEqual([]);
  });

  it('is told when messages were thrown away before this node read them', async () => {
    const a = start();
    const { node: b, proxy } = await startBehindProxy();
    const [inA, inB] = [a.enter('standup'), b.enter('standup')];
    await Promise.all([inA.has(b), inB.has(a)]);
    const directly = b.cluster.bus.next('resync');
    const away = b.cluster.next('disconnected');
    proxy.cut();
    await away;
    for (const i of range(100)) inA.room.publish('a', i);
    a.cluster.bus.answer('done', () => true);
    await a.cluster.bus.request(a.id, 'done', null);
    await redis.ask((client) => client.xtrim(`parley:inbox:${b.id}`, 'MAXLEN', 10));
    await proxy.restore();
    await inB.hears('resync all');
    expect(inB.dataOf('a')).toEqual(range(100).slice(90));
    expect(await directly).toEqual([null]);
    inA.room.publish('after', 1);
    await inB.hears('after 1');
    expect(inB.heard.filter((line) => line === 'resync all')).toHaveLength(1);
  });

  it('mends a registration that is gone from Redis', async () => {
    const a = start();
    const { node: b, proxy } = await startBehindProxy();
    const [inA, inB] = [a.enter('standup'), b.enter('standup')];
    await Promise.all([inA.has(b), inB.has(a)]);
    await redis.ask((client) => client.hdel('parley:room:standup', b.id));
    const away = b.cluster.next('disconnected');
    proxy.cut();
    await away;
    await proxy.restore();
    await inB.hears('resync all');
    inA.room.publish('after', 1);
    await inB.hears('after 1');
  });

  it('may be entered, left and spoken in while Redis has never been there', async () => {
    const proxy = await TcpProxy.before(redis.url);
    proxies.push(proxy);
    proxy.cut();
    const [a, b] = [start(proxy.url.replace('http', 'redis')), start()];
    const inA = a.enter('standup');
    inA.room.publish('early', 1);
    a.enter('other').room.leave();
    expect(() => a.cluster.rooms.enter('standup')).toThrow(expect.objectContaining({ code: 'conflict' }));
    await expect(a.cluster.rooms.locate('standup')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(a.cluster.bus.request(b.id, 'anything', 1)).rejects.toMatchObject({ code: 'unavailable' });
    const inB = b.enter('standup');
    await until('the other one is in it', async () => {
      const found = await b.cluster.rooms.locate('standup').catch(() => []);
      return found.join() === b.id;
    });
    await proxy.restore();
    await Promise.all([inA.has(b), inB.has(a)]);
    await inB.hears('early 1');
    expect(await b.cluster.rooms.locate('other')).toEqual([]);
  });

  it('sheds what waits for too long a time, and says so', async () => {
    const a = start();
    const { node: b, proxy } = await startBehindProxy();
    const [inA, inB] = [a.enter('standup'), b.enter('standup')];
    await Promise.all([inA.has(b), inB.has(a)]);
    const away = b.cluster.next('disconnected');
    proxy.cut();
    await away;
    const directly = a.cluster.bus.next('resync');
    for (const i of range(9000)) inB.room.publish('b', i);
    for (const i of range(2000)) b.cluster.bus.send(a.id, 'direct', i);
    inB.room.publish('last', 1);
    await proxy.restore();
    await inA.hears('last 1');
    expect(inA.heard.filter((line) => line.startsWith('resync'))).toEqual([`resync ${b.id}`]);
    expect(inA.dataOf('b')).toEqual([]);
    expect(await directly).toEqual([b.id]);
  });

  it('has no key in Redis that is kept for ever, and none when all have left', async () => {
    const [a, b] = [start(), start()];
    const [inA, inB] = [a.enter('standup'), b.enter('standup')];
    await Promise.all([inA.has(b), inB.has(a), a.sees(b), b.sees(a)]);
    await a.cluster.leases.acquire('owner', { ttl: 5000 });
    inA.room.publish('say', 1);
    await inB.hears('say 1');
    const keys = await redis.keys();
    expect(keys.size).toBeGreaterThanOrEqual(8);
    for (const [key, ttl] of keys) expect({ key, ttl }).toEqual({ key, ttl: expect.any(Number) });
    expect([...keys].filter(([, ttl]) => ttl < 0)).toEqual([]);
    await Promise.all([a.close(), b.close()]);
    expect([...(await redis.keys()).keys()].sort()).toEqual(['parley:fence', 'parley:run']);
  });
});
