import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { accessToken } from '../support/signalingHarness.ts';
import { TestNode } from '../support/testCluster.ts';
import { createTestPool } from '../support/testRooms.ts';
import { fragmentOf } from './support/offers.ts';
import { WeriftClient } from './support/WeriftClient.ts';
import { WhipHarness } from './support/WhipHarness.ts';

/* Two nodes behind a load balancer that knows nothing of sessions. */

let pool: WorkerPool;
let redis: RedisServer;
let north: TestNode;
let south: TestNode;
let northern: WhipHarness;
let southern: WhipHarness;
let sender: WeriftClient;

beforeAll(async () => {
  [pool, redis] = await Promise.all([createTestPool(), RedisServer.start()]);
});
afterAll(async () => {
  await redis.close();
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  north = new TestNode(redis.url);
  south = new TestNode(redis.url);
  [northern, southern] = (await Promise.all(
    [north, south].map(({ cluster }) => WhipHarness.start(pool, { cluster, open: false })),
  )) as [WhipHarness, WhipHarness];
  await Promise.all([north.sees(south), south.sees(north)]);
  sender = new WeriftClient();
});
afterEach(async () => {
  await sender.close();
  await Promise.all([northern.close(), southern.close()]);
});

const bearer = async (sub: string) => ({ authorization: `Bearer ${await accessToken({ sub })}` });

/** Where a session of one node is, as the balancer has it who brings the request to another. */
const at = (harness: WhipHarness, location: string): string => harness.url + new URL(location).pathname;

const patch = (url: string, headers: Record<string, string>, body = fragmentOf()) =>
  fetch(url, {
    method: 'PATCH',
    headers: { 'content-type': 'application/trickle-ice-sdpfrag', ...headers },
    body,
  });
const end = (url: string, headers: Record<string, string> = {}) => fetch(url, { method: 'DELETE', headers });

describe('in a cluster', () => {
  it('what is asked of a session is done by its node, whichever is asked', async () => {
    const headers = await bearer('cam');
    await sender.publish(`${northern.url}/whip/standup`, headers);
    const url = at(southern, sender.location);
    const candidates = fragmentOf(...sender.credentials);
    const refused = await patch(url, { ...headers, 'if-match': '"other"' }, candidates);
    const tag = refused.headers.get('etag') ?? '';
    const statuses = [refused.status];
    for (const [ifMatch, body] of [
      [undefined, candidates],
      [tag, 'nonsense'],
      [tag, candidates],
    ] as const)
      statuses.push(
        (await patch(url, { ...headers, ...(ifMatch ? { 'if-match': ifMatch } : {}) }, body)).status,
      );
    expect(statuses).toEqual([412, 428, 400, 204]);
    const restarted = await patch(url, { ...headers, 'if-match': '*' });
    expect([restarted.status, restarted.headers.get('etag') === tag]).toEqual([200, false]);
    expect(await restarted.text()).toMatch(/^a=ice-ufrag:/m);
    expect([(await end(url)).status, (await end(url, await bearer('mallory'))).status]).toEqual([401, 401]);
    expect((await end(url.replace('/whip/', '/whep/'), headers)).status).toBe(404);
    const left = northern.room('standup').next('peerLeft');
    // Another token of the same participant.
    expect((await end(url, await bearer('cam'))).status).toBe(200);
    expect((await left)[1]).toBe('left');
    expect((await end(url, headers)).status).toBe(404);
  });

  it('a session is not found when its node is gone, and cannot be asked for while the nodes cannot talk', async () => {
    const headers = await bearer('cam');
    await sender.publish(`${northern.url}/whip/standup`, headers);
    const url = at(southern, sender.location);
    const noSuchNode = url.replace(/\.[^.]+$/, `.${'x'.repeat(12)}`);
    expect((await end(noSuchNode, headers)).status).toBe(404);
    await redis.kill();
    await until('Redis is missed', () => !south.cluster.connected);
    const away = await end(url, headers);
    expect([away.status, away.headers.has('retry-after')]).toEqual([503, true]);
    await redis.restart();
    await Promise.all([north.sees(south), south.sees(north)]);
    await northern.close();
    await south.sees();
    expect((await end(url, headers)).status).toBe(404);
  });
});
