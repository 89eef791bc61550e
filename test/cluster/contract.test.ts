import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cluster, NodeStatus } from '../../src/cluster/cluster.ts';
import { LocalCluster } from '../../src/cluster/local/LocalCluster.ts';
import { RedisCluster } from '../../src/cluster/redis/RedisCluster.ts';
import { forbidden } from '../../src/support/errors.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';

/* What one node may expect of a cluster, whichever it is. */

const identity = { id: 'me', address: '192.0.2.1', region: 'here', capacity: 10, url: null };

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.close());

type Make = (status: () => NodeStatus) => Cluster;
const makers: [string, Make][] = [
  ['in one process', (status) => new LocalCluster({ identity, status, logger: silentLogger })],
  ['over Redis', (status) => new RedisCluster({ url: redis.url, identity, status, logger: silentLogger })],
];

describe.each(makers)('a cluster %s', (_, make) => {
  let cluster: Cluster;
  let status: NodeStatus;

  beforeEach(async () => {
    status = { peers: 0, cpu: 0, accepting: true };
    cluster = make(() => status);
    await until('the cluster is there', () => cluster.connected);
  });
  afterEach(() => cluster.close());

  describe('its nodes', () => {
    it('has this one, as it is now, and no others', () => {
      expect(cluster.nodes.self).toEqual({ ...identity, ...status });
      status = { peers: 3, cpu: 0.5, accepting: false };
      expect(cluster.nodes.self).toEqual({ ...identity, ...status });
      expect(cluster.nodes.others.size).toBe(0);
    });
  });

  describe('its leases', () => {
    it('gives a lease with a token that grows', async () => {
      const first = await cluster.leases.acquire('one', { ttl: 5000 });
      const second = await cluster.leases.acquire('two', { ttl: 5000 });
      expect(first).toMatchObject({ name: 'one', held: true });
      expect(second?.token).toBeGreaterThan(first?.token ?? Infinity);
      await first?.release();
      const again = await cluster.leases.acquire('one', { ttl: 5000 });
      expect(again?.token).toBeGreaterThan(second?.token ?? Infinity);
    });

    it('refuses a second one to the same node', async () => {
      await cluster.leases.acquire('one', { ttl: 5000 });
      await expect(cluster.leases.acquire('one', { ttl: 5000 })).rejects.toMatchObject({ code: 'conflict' });
    });

    it.each([0, 999, 1000.5, 3_600_001, NaN])('refuses a lease of %s ms', async (ttl) => {
      await expect(cluster.leases.acquire('one', { ttl })).rejects.toMatchObject({ code: 'badRequest' });
    });

    it('refuses a lease without a name', async () => {
      await expect(cluster.leases.acquire('', { ttl: 5000 })).rejects.toMatchObject({ code: 'badRequest' });
    });

    it('lets go of a lease, once and for all, without a word', async () => {
      const lease = await cluster.leases.acquire('one', { ttl: 5000 });
      let lost = false;
      lease?.on('lost', () => (lost = true));
      await Promise.all([lease?.release(), lease?.release()]);
      await lease?.release();
      expect(lease?.held).toBe(false);
      expect(lost).toBe(false);
    });
  });

  describe('its rooms', () => {
    it('is found in a room for as long as it is in it', async () => {
      const room = cluster.rooms.enter('standup');
      expect(room).toMatchObject({ name: 'standup' });
      expect(room.members.size).toBe(0);
      await eventually(async () => expect(await cluster.rooms.locate('standup')).toEqual(['me']));
      room.leave();
      room.leave();
      await eventually(async () => expect(await cluster.rooms.locate('standup')).toEqual([]));
    });

    it('is in a room once', () => {
      const room = cluster.rooms.enter('standup');
      expect(() => cluster.rooms.enter('standup')).toThrow(expect.objectContaining({ code: 'conflict' }));
      room.leave();
      cluster.rooms.enter('standup').leave();
    });

    it.each(['', 'a b', '..', 'x'.repeat(65)])('refuses the name "%s"', async (name) => {
      expect(() => cluster.rooms.enter(name)).toThrow(expect.objectContaining({ code: 'badRequest' }));
      await expect(cluster.rooms.locate(name)).rejects.toMatchObject({ code: 'badRequest' });
    });

    it('publishes to nobody but others', async () => {
      const room = cluster.rooms.enter('standup');
      const told: unknown[] = [];
      room.on('message', (message) => told.push(message));
      room.publish('greeting', 'hello');
      // In order with it.
      cluster.bus.answer('done', () => true);
      await cluster.bus.request('me', 'done', null);
      expect(told).toEqual([]);
      expect(() => room.publish('greeting', 1n)).toThrow(expect.objectContaining({ code: 'badRequest' }));
      room.leave();
      expect(() => room.publish('greeting', 1)).toThrow(expect.objectContaining({ code: 'invalidState' }));
    });
  });

  describe('its bus', () => {
    it('carries messages in order, as JSON has them', async () => {
      const told: unknown[] = [];
      cluster.bus.on('message', ({ type, data, from }) => told.push([type, data, from]));
      for (let i = 0; i < 300; i++) cluster.bus.send('me', 'count', { i, nothing: undefined });
      await until('all arrive', () => told.length === 300);
      expect(told).toEqual(Array.from({ length: 300 }, (__, i) => ['count', { i }, 'me']));
    });

    it('refuses what JSON cannot carry, and what is too large', () => {
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      for (const data of [circle, 1n, 'x'.repeat(5 * 1024 * 1024)]) {
        expect(() => cluster.bus.send('me', 'odd', data)).toThrow(
          expect.objectContaining({ code: 'badRequest' }),
        );
      }
    });

    it('answers a question', async () => {
      cluster.bus.answer('sum', (data, from) => {
        const [a, b] = data as [number, number];
        return Promise.resolve({ sum: a + b, from });
      });
      expect(await cluster.bus.request('me', 'sum', [1, 2])).toEqual({ sum: 3, from: 'me' });
    });

    it('passes on a refusal with its code, and nothing of what was not foreseen', async () => {
      cluster.bus.answer('refused', () => {
        throw forbidden('not you', { details: ['why'] });
      });
      cluster.bus.answer('broken', () => {
        throw new Error('a secret');
      });
      await expect(cluster.bus.request('me', 'refused', 1)).rejects.toMatchObject({
        code: 'forbidden',
        message: 'not you',
        details: ['why'],
      });
      await expect(cluster.bus.request('me', 'broken', 1)).rejects.toMatchObject({
        code: 'internal',
        message: expect.not.stringContaining('secret'),
      });
      cluster.bus.answer('odd', () => 1n);
      await expect(cluster.bus.request('me', 'odd', 1)).rejects.toMatchObject({ code: 'internal' });
    });

    it('says that nobody answers', async () => {
      const stop = cluster.bus.answer('sum', () => 1);
      expect(() => cluster.bus.answer('sum', () => 2)).toThrow(expect.objectContaining({ code: 'conflict' }));
      stop();
      await expect(cluster.bus.request('me', 'sum', 1)).rejects.toMatchObject({ code: 'notFound' });
    });

    it('does not wait for ever, and not for a node that is not there', async () => {
      cluster.bus.answer('never', () => new Promise(() => undefined));
      await expect(cluster.bus.request('me', 'never', 1, { timeout: 20 })).rejects.toMatchObject({
        code: 'timeout',
      });
      await expect(cluster.bus.request('nobody', 'never', 1)).rejects.toMatchObject({ code: 'unavailable' });
      await expect(cluster.bus.request('me', 'never', 1, { timeout: 0 })).rejects.toMatchObject({
        code: 'badRequest',
      });
    });
  });

  it('ends everything when it closes, more than once', async () => {
    const lease = await cluster.leases.acquire('one', { ttl: 5000 });
    const room = cluster.rooms.enter('standup');
    cluster.bus.answer('never', () => new Promise(() => undefined));
    const pending = expect(cluster.bus.request('me', 'never', 1)).rejects.toMatchObject({
      code: 'invalidState',
    });
    await Promise.all([cluster.close(), cluster.close()]);
    await cluster.close();
    await pending;
    expect(lease?.held).toBe(false);
    const closed = expect.objectContaining({ code: 'invalidState' });
    room.leave();
    expect(() => room.publish('greeting', 1)).toThrow(closed);
    expect(() => cluster.rooms.enter('other')).toThrow(closed);
    expect(() => cluster.bus.send('me', 'greeting', 1)).toThrow(closed);
    expect(() => cluster.bus.answer('sum', () => 1)).toThrow(closed);
    await expect(cluster.bus.request('me', 'sum', 1)).rejects.toEqual(closed);
    await expect(cluster.leases.acquire('two', { ttl: 5000 })).rejects.toEqual(closed);
    await expect(cluster.rooms.locate('standup')).rejects.toEqual(closed);
  });
});

it('leaves nothing in Redis but the last fencing token and the id of its run', async () => {
  expect([...(await redis.keys()).keys()].sort()).toEqual(['parley:fence', 'parley:run']);
});

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await check();
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
