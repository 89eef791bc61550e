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

function start(options?: ConstructorParameters<typeof TestNode>[1], url = redis.url): TestNode {
  const node = new TestNode(url, options);
  nodes.push(node);
  return node;
}

/** A node whose way to Redis can be cut. */
async function startBehindProxy(): Promise<{ node: TestNode; proxy: TcpProxy }> {
  const proxy = await TcpProxy.before(redis.url);
  proxies.push(proxy);
  return { node: start({}, proxy.url.replace('http', 'redis')), proxy };
}

/** Every node that was told to have left. */
function departures(node: TestNode): string[] {
  const left: string[] = [];
  node.cluster.nodes.on('nodeLeft', (id) => left.push(id));
  return left;
}

describe('the nodes of a cluster', () => {
  it('see each other, and what each says of itself', async () => {
    const a = start({ region: 'east' });
    const b = start();
    const c = start();
    await Promise.all([a.sees(b, c), b.sees(a, c), c.sees(a, b)]);
    expect(b.cluster.nodes.others.get(a.id)).toEqual({
      id: a.id,
      address: '127.0.0.1',
      region: 'east',
      capacity: 100,
      url: null,
      peers: 0,
      cpu: 0,
      accepting: true,
    });
    const changed = b.cluster.nodes.next('nodeChanged');
    a.status = { peers: 7, cpu: 0.25, accepting: false };
    expect((await changed)[0]).toMatchObject({ id: a.id, ...a.status });
    expect(b.cluster.nodes.others.get(a.id)).toMatchObject(a.status);
  });

  it('are told at once of one that leaves, and do not take it back', async () => {
    const [a, b, c] = [start(), start(), start()];
    await Promise.all([a.sees(b, c), b.sees(a, c)]);
    const left = departures(a);
    await c.close();
    await Promise.all([a.sees(b), b.sees(a)]);
    expect(left).toEqual([c.id]);
    expect([...(await redis.keys()).keys()].filter((key) => key.includes(c.id))).toEqual([]);
  });

  it('notice that one is dead, clear up after it, and take it back when it was not', async () => {
    const [a, b] = [start(), start()];
    const { node: c, proxy } = await startBehindProxy();
    await Promise.all([a.sees(b, c), b.sees(a, c), c.sees(a, b)]);
    const [left, leftForC] = [departures(a), departures(c)];
    proxy.cut();
    const cutAt = performance.now();
    await a.sees(b);
    console.info(
      `a node that was cut off was gone after ${((performance.now() - cutAt) / 1000).toFixed(1)} s`,
    );
    await b.sees(a);
    expect([...(await redis.keys()).keys()].filter((key) => key.includes(c.id))).toEqual([]);
    // Who cannot look says nothing of others.
    expect(leftForC).toEqual([]);
    await proxy.restore();
    await Promise.all([a.sees(b, c), b.sees(a, c), c.sees(a, b)]);
    expect(left).toEqual([c.id]);
  });

  it('show no dead node to one that comes later', async () => {
    const { node: dead, proxy } = await startBehindProxy();
    await until('it is there', () => dead.cluster.connected);
    await until('it is known', async () => (await redis.keys()).has(`parley:node:${dead.id}`));
    proxy.cut();
    // Nobody is there to look, so it stays in Redis.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect((await redis.keys()).has(`parley:node:${dead.id}`)).toBe(true);
    const later = start();
    const seen: string[] = [];
    later.cluster.nodes.on('nodeJoined', ({ id }) => seen.push(id));
    await until(
      'the newcomer has cleared up',
      async () => !(await redis.keys()).has(`parley:node:${dead.id}`),
    );
    expect(seen).toEqual([]);
  });

  it.each(['there', 'frozen', 'gone'])(
    'leave no timer and no connection behind when Redis is %s',
    async (state) => {
      const held = () =>
        process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name.startsWith('TCP'))
          .length;
      const before = held();
      // Several, so that what one leaves behind does not hide among what earlier tests are about to let go of.
      const left = [new TestNode(redis.url), new TestNode(redis.url), new TestNode(redis.url)];
      const pending = await Promise.all(
        left.map(async (node) => {
          await until('it is there', () => node.cluster.connected);
          node.enter('standup');
          await node.cluster.leases.acquire(`of ${node.id}`, { ttl: 5000 });
          node.cluster.bus.answer('never', () => new Promise(() => undefined));
          return [node.cluster.bus.request(node.id, 'never', 1).catch((error: unknown) => error)];
        }),
      );
      await until('they are in', async () => (await left[0]!.cluster.rooms.locate('standup')).length === 3);
      if (state === 'frozen') redis.freeze();
      if (state === 'gone') await redis.kill();
      for (const node of left) node.cluster.bus.send(node.id, 'say', 1);
      await Promise.all(left.map((node) => node.close()));
      if (state === 'frozen') redis.thaw();
      if (state === 'gone') await redis.restart();
      for (const [answer] of pending) expect(await answer).toBeInstanceOf(Error);
      await until('nothing is left', () => held() <= before);
      const clients = await redis.ask(async (client) => String(await client.client('LIST')));
      for (const { id } of left) expect(clients).not.toContain(id);
    },
  );

  it('hold nobody for dead because Redis was frozen, killed or emptied', async () => {
    const [a, b, c] = [start(), start(), start()];
    await Promise.all([a.sees(b, c), b.sees(a, c), c.sees(a, b)]);
    const left = nodes.map(departures);
    const all = (connected: boolean) =>
      until(`all are ${connected ? 'back' : 'away'}`, () =>
        nodes.every(({ cluster }) => cluster.connected === connected),
      );
    redis.freeze();
    await all(false);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    redis.thaw();
    await all(true);
    await redis.kill();
    await all(false);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await redis.restart();
    await all(true);
    await redis.flush();
    // Each has looked often enough to have found somebody dead.
    const board = async () => [...(await redis.ask((client) => client.hvals('parley:nodes')))];
    await until('all are known again', async () => (await board()).length === 3);
    const beats = async () => (await board()).map((sign) => Number(sign.split(' ')[0]));
    const target = Math.max(...(await beats())) + 9;
    await until('all went on', async () => (await beats()).every((beat) => beat >= target), 15_000);
    expect(left).toEqual([[], [], []]);
    for (const { cluster } of nodes) expect(cluster.nodes.others.size).toBe(2);
  }, 60_000);
});
