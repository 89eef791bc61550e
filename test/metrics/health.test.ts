import { afterEach, describe, expect, it } from '@jest/globals';
import { HealthChecks } from '../../src/http/HealthChecks.ts';
import type { ParleyServer } from '../../src/server.ts';
import { MetricsText } from '../support/metricsText.ts';
import { startServer } from '../support/parleyServer.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';

describe('health checks', () => {
  it('make a server ready while none that is needed finds a problem', () => {
    const health = new HealthChecks(() => ({ rooms: 3 }));
    expect(health.report()).toEqual({ ready: true, checks: {}, rooms: 3 });
    const store: { problem: string | undefined } = { problem: undefined };
    const remove = health.add('store', { problem: () => store.problem });
    health.add('turn', { problem: () => 'it does not answer', optional: true });
    expect(health.report()).toEqual({
      ready: true,
      checks: { store: 'ok', turn: 'it does not answer' },
      rooms: 3,
    });
    store.problem = 'the disk is full';
    expect([health.ready, health.report()]).toEqual([
      false,
      { ready: false, checks: { store: 'the disk is full', turn: 'it does not answer' }, rooms: 3 },
    ]);
    remove();
    remove();
    expect(health.ready).toBe(true);
  });

  it('find a problem in a check that throws', () => {
    const health = new HealthChecks();
    health.add('store', {
      problem: () => {
        throw new Error('closed');
      },
    });
    expect(health.report()).toEqual({ ready: false, checks: { store: 'it cannot be told' } });
  });
});

describe('a server', () => {
  let server: ParleyServer | undefined;
  let redis: RedisServer | undefined;
  const peers: SignalingPeer[] = [];

  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.close();
    await server?.close();
    server = undefined;
    await redis?.close();
    redis = undefined;
  });

  const readiness = async () => {
    const response = await fetch(`${server!.url}/readyz`);
    return { status: response.status, ...((await response.json()) as { checks: Record<string, string> }) };
  };
  const scrape = (): Promise<MetricsText> => MetricsText.of(server!.metricsUrl!);

  it('is not ready while it has no worker, or drains', async () => {
    server = await startServer({ PARLEY_WORKERS: '1', PARLEY_DRAIN_DEADLINE: '60000' });
    const { status, checks } = await readiness();
    expect([status, checks]).toEqual([200, { lifecycle: 'ok', workers: 'ok' }]);
    const peer = await new SignalingPeer(server.url).connected();
    peers.push(peer);
    await peer.request('join', { room: 'standup' });
    server.drain.begin();
    expect(await readiness()).toMatchObject({
      status: 503,
      ready: false,
      checks: { lifecycle: 'the server is about to end', workers: 'ok' },
    });
    await until('it is scraped', async () => (await scrape()).value('draining') === 1);
    expect((await scrape()).value('ready')).toBe(0);
  });

  it('says so when Redis is away, counts that, and goes on', async () => {
    redis = await RedisServer.start();
    server = await startServer({
      PARLEY_WORKERS: '1',
      PARLEY_REDIS_URL: redis.url,
      PARLEY_NODE_ADDRESS: '127.0.0.1',
    });
    await until('Redis is there', async () => (await scrape()).value('redis_connected') === 1);
    expect((await readiness()).checks['redis']).toBe('ok');
    await until(
      'commands are counted',
      async () => (await scrape()).value('redis_command_seconds_count')! > 0,
    );
    const before = await scrape();
    expect(before.value('redis_commands_total', { result: 'answered' })).toBeGreaterThan(0);
    expect(before.value('cluster_nodes')).toBe(1);
    await redis.kill();
    await until('it is missed', async () => (await scrape()).value('redis_connected') === 0);
    expect(await readiness()).toMatchObject({ status: 200, checks: { redis: 'Redis cannot be reached' } });
    expect((await scrape()).value('redis_outages_total')).toBe(1);
    await redis.restart();
    await until('it is back', async () => (await scrape()).value('redis_connected') === 1);
    expect((await scrape()).value('redis_outages_total')).toBe(1);
  }, 60_000);

  it('that is alone tells nothing of Redis', async () => {
    server = await startServer({ PARLEY_WORKERS: '1' });
    const { samples } = await scrape();
    expect(samples.has('parley_redis_connected')).toBe(false);
    expect((await readiness()).checks).not.toHaveProperty('redis');
  });
});
