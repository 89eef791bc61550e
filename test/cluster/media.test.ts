import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import type { FabricatedCamera } from '../support/FabricatedCamera.ts';
import { MediaNode, receives, sentBy } from '../support/mediaNode.ts';
import { MediasoupObjects } from '../support/MediasoupObjects.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { createTestPool } from '../support/testRooms.ts';

const NOTHING = { links: 0, arrivals: 0, departures: 0, remote: 0, pipes: 0, kept: 0 };

const objects = new MediasoupObjects();
let redis: RedisServer;
let pool: WorkerPool;
let ann: MediaNode;
let bob: MediaNode;
let camera: FabricatedCamera;

beforeAll(async () => {
  redis = await RedisServer.start();
  pool = await createTestPool(4);
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
  await redis.close();
});
beforeEach(async () => {
  await until('all workers run', () => pool.workers.length === 4);
  const [one, two, three, four] = pool.workers;
  [ann, bob] = await Promise.all([
    MediaNode.start(redis.url, [one!, two!]),
    MediaNode.start(redis.url, [three!, four!]),
  ]);
  await Promise.all([ann.node.sees(bob.node), bob.node.sees(ann.node)]);
  camera = await ann.publish();
});
afterEach(async () => {
  await Promise.all([ann.close(), bob.close()]);
  expect([ann.counts, bob.counts]).toEqual([NOTHING, NOTHING]);
  expect(objects.total).toBe(0);
});

/** Near ends of what goes from node to node, and of pulses. */
const consumersOf = (producerId: string) =>
  [...objects.pipeConsumers].filter((consumer) => consumer.producerId === producerId);

describe('a producer of another node', () => {
  it('arrives under its own id, with its layers', async () => {
    const small = await bob.subscribe(ann, camera);
    expect([small.producerId, small.type]).toEqual([camera.producer.id, 'simulcast']);
    await receives(small);
    const large = await bob.subscribe(ann, camera, { spatialLayer: 2 });
    await receives(large);
    expect([small, large].map(({ currentLayers }) => currentLayers?.spatialLayer)).toEqual([0, 2]);
    expect(bob.counts).toMatchObject({ links: 1, arrivals: 1, kept: 1 });
    expect(ann.counts).toMatchObject({ links: 1, departures: 1 });
  });

  it('crosses once, however many watch, on however many workers', async () => {
    const first = await bob.subscribe(ann, camera);
    const others = Array.from({ length: 49 }, (_, i) => bob.subscribe(ann, camera, { place: i % 2 }));
    await Promise.all((await Promise.all(others)).map((consumer) => receives(consumer)));
    const crossing = consumersOf(camera.producer.id).filter(({ type }) => type === 'pipe');
    // One from node to node, one from worker to worker.
    expect(crossing).toHaveLength(2);
    expect([ann.counts.departures, bob.counts.arrivals, bob.counts.links]).toEqual([1, 1, 1]);
    await receives(first, 50);
    await until('nothing is under way', async () => (await sentBy(crossing)) > 0);
  });
});
