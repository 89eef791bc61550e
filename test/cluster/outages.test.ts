import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { TestNode, type HeardRoom } from '../support/testCluster.ts';

/* What becomes of three nodes in one room, which talk all the time, when something happens to Redis. */

let redis: RedisServer;
let cast: Talkers | undefined;

afterEach(async () => {
  await cast?.close();
  cast = undefined;
  await redis.close();
});

/** Three nodes of which each says a number every 20 ms. */
class Talkers {
  readonly nodes: TestNode[];
  readonly rooms: HeardRoom[];
  readonly left: string[] = [];
  readonly #timer: NodeJS.Timeout;
  #said = 0;

  private constructor(nodes: TestNode[], rooms: HeardRoom[]) {
    this.nodes = nodes;
    this.rooms = rooms;
    for (const { cluster } of nodes) cluster.nodes.on('nodeLeft', (id) => this.left.push(id));
    this.#timer = setInterval(() => {
      rooms.forEach(({ room }, i) => room.publish(`from ${i}`, this.#said));
      this.#said += 1;
    }, 20);
  }

  static async start(): Promise<Talkers> {
    const nodes = [0, 1, 2].map(() => new TestNode(redis.url));
    const rooms = nodes.map((node) => node.enter('standup'));
    for (const [i, room] of rooms.entries()) await room.has(...nodes.filter((_, j) => j !== i));
    for (const [i, node] of nodes.entries()) await node.sees(...nodes.filter((_, j) => j !== i));
    return new Talkers(nodes, rooms);
  }

  /** Resolves once all of them are (not) connected. */
  async are(connected: boolean): Promise<void> {
    await until('all notice', () => this.nodes.every(({ cluster }) => cluster.connected === connected));
  }

  /** Resolves once all have heard from all others what was said from now on. */
  async talk(): Promise<void> {
    const target = this.#said + 1;
    await until('all hear all again', () => this.#hearings().every((data) => (data.at(-1) ?? -1) >= target));
  }

  /** How often messages are missing, for each who hears and each who speaks. */
  gaps(): number[] {
    return this.#hearings().map(
      (data) => data.filter((number, i) => i > 0 && number !== (data[i - 1] ?? 0) + 1).length,
    );
  }

  /** How many came out of their turn, or twice. */
  outOfOrder(): number {
    return this.#hearings().reduce(
      (sum, data) => sum + data.filter((number, i) => i > 0 && number <= (data[i - 1] ?? 0)).length,
      0,
    );
  }

  resyncs(): number {
    return this.rooms.reduce(
      (sum, { heard }) => sum + heard.filter((line) => /^resync/.test(line)).length,
      0,
    );
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.nodes.map((node) => node.close()));
  }

  #hearings(): number[][] {
    return this.rooms.flatMap((room, i) =>
      this.rooms.flatMap((_, j) => (i === j ? [] : [room.dataOf(`from ${j}`) as number[]])),
    );
  }
}

async function begin(options?: Parameters<typeof RedisServer.start>[0]): Promise<Talkers> {
  redis = await RedisServer.start(options);
  cast = await Talkers.start();
  return cast;
}

/** Waits until everything works again, and tells how long that took. */
async function heals(talkers: Talkers, what: string): Promise<void> {
  const returnedAt = performance.now();
  await talkers.are(true);
  await talkers.talk();
  console.info(`${what}: all heard all after ${(performance.now() - returnedAt).toFixed(0)} ms`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('nodes that share a room', () => {
  it('miss nothing when Redis is killed for 3 s and has everything again', async () => {
    const talkers = await begin({ keeps: true });
    await talkers.talk();
    await redis.kill();
    await talkers.are(false);
    const [asker, asked] = talkers.nodes;
    await expect(asker!.cluster.bus.request(asked!.id, 'anything', 1)).rejects.toMatchObject({
      code: 'unavailable',
    });
    await pause(3000);
    await redis.restart();
    await heals(talkers, 'Redis was killed for 3 s');
    expect(talkers.left).toEqual([]);
    expect(talkers.gaps()).toEqual([0, 0, 0, 0, 0, 0]);
    expect([talkers.outOfOrder(), talkers.resyncs()]).toEqual([0, 0]);
  }, 60_000);

  it('miss nothing when Redis is killed for 30 s and has everything again', async () => {
    const talkers = await begin({ keeps: true });
    await talkers.talk();
    await redis.kill();
    await talkers.are(false);
    await pause(30_000);
    await redis.restart();
    await heals(talkers, 'Redis was killed for 30 s');
    expect(talkers.left).toEqual([]);
    expect(talkers.gaps()).toEqual([0, 0, 0, 0, 0, 0]);
    expect([talkers.outOfOrder(), talkers.resyncs()]).toEqual([0, 0]);
  }, 90_000);

  it('miss nothing when Redis is frozen, and fail what is asked meanwhile', async () => {
    const talkers = await begin();
    await talkers.talk();
    redis.freeze();
    const [asker, asked] = talkers.nodes;
    const pending = expect(
      asker!.cluster.bus.request(asked!.id, 'anything', 1, { timeout: 30_000 }),
    ).rejects.toMatchObject({ code: 'unavailable' });
    await talkers.are(false);
    await pending;
    await pause(3000);
    redis.thaw();
    await heals(talkers, 'Redis was frozen for 5 s');
    expect(talkers.left).toEqual([]);
    expect(talkers.gaps()).toEqual([0, 0, 0, 0, 0, 0]);
    expect([talkers.outOfOrder(), talkers.resyncs()]).toEqual([0, 0]);
  }, 60_000);

  it('do not do in the end what was refused when Redis went away', async () => {
    const talkers = await begin({ keeps: true });
    await talkers.talk();
    const [asker, asked] = talkers.nodes;
    const done: unknown[] = [];
    asked!.cluster.bus.answer('deed', (data) => Promise.resolve(done.push(data)));
    // It does not get further than to a Redis that will never read it.
    redis.freeze();
    const refused = asker!.cluster.bus.request(asked!.id, 'deed', 'refused', { timeout: 30_000 });
    await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
    await talkers.are(false);
    await redis.kill();
    await redis.restart();
    await heals(talkers, 'Redis was frozen and killed');
    await asker!.cluster.bus.request(asked!.id, 'deed', 'asked again');
    expect(done).toEqual(['asked again']);
    expect([talkers.left, talkers.gaps()]).toEqual([[], [0, 0, 0, 0, 0, 0]]);
  }, 60_000);

  it.each([
    ['is killed for 3 s and comes back empty', 3000],
    ['is killed for 30 s and comes back empty', 30_000],
  ])(
    'build everything anew when Redis %s',
    async (_, ms) => {
      const talkers = await begin();
      await talkers.talk();
      await redis.kill();
      await talkers.are(false);
      await pause(ms);
      await redis.restart();
      await heals(talkers, `Redis came back empty after ${ms / 1000} s`);
      expectWhole(talkers);
      expect(await keysForEver()).toEqual([]);
    },
    90_000,
  );

  it('build everything anew after a FLUSHALL, and another one', async () => {
    const talkers = await begin();
    for (const round of ['first', 'second']) {
      await talkers.talk();
      const before = talkers.resyncs();
      await redis.flush();
      await until('each is told to ask again', () => talkers.resyncs() >= before + 3);
      await heals(talkers, `the ${round} FLUSHALL`);
      expectWhole(talkers);
    }
    expect(await keysForEver()).toEqual([]);
  }, 60_000);

  it('notice when Redis comes back with an older state than they have seen', async () => {
    const talkers = await begin();
    await talkers.talk();
    await redis.ask((client) => client.save());
    await talkers.talk();
    await redis.kill();
    await talkers.are(false);
    await redis.restart();
    await heals(talkers, 'Redis came back with an older state');
    expect(talkers.resyncs()).toBeGreaterThanOrEqual(3);
    expectWhole(talkers);
  }, 60_000);

  it('ask again when Redis is emptied before everything was read', async () => {
    const talkers = await begin();
    await talkers.talk();
    for (let i = 0; i < 5; i++) {
      const before = talkers.resyncs();
      await redis.flush();
      await until('each is told to ask again', () => talkers.resyncs() >= before + 3);
      await talkers.talk();
    }
    expectWhole(talkers);
  }, 60_000);
});

/** Nobody has left, and who may have missed something was told so, as often as needed. */
function expectWhole(talkers: Talkers): void {
  expect(talkers.left).toEqual([]);
  expect(talkers.outOfOrder()).toBe(0);
  talkers.rooms.forEach(({ heard, room }) => {
    expect(room.members.size).toBe(2);
    const lastResync = heard.findLastIndex((line) => line.startsWith('resync'));
    const last = new Map<string, { number: number; index: number }>();
    heard.forEach((line, index) => {
      const [, from = '', number = ''] = /^from (\d) (\d+)$/.exec(line) ?? [];
      const before = last.get(from);
      last.set(from, { number: Number(number), index });
      if (from === '' || before === undefined || Number(number) === before.number + 1) return;
      // The word to ask again came after the last message that was heard.
      expect(lastResync).toBeGreaterThan(before.index);
    });
  });
}

async function keysForEver(): Promise<string[]> {
  return [...(await redis.keys())].filter(([, ttl]) => ttl < 0).map(([key]) => key);
}
