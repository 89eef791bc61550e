import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClusterBus } from '../../src/cluster/cluster.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import type { FabricatedCamera } from '../support/FabricatedCamera.ts';
import { MediaNode, receivedBy, receives, ROOM, sentBy } from '../support/mediaNode.ts';
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
    const [crossing] = consumersOf(camera.producer.id);
    const perFrame = async (): Promise<number> => {
      const [before, published] = await Promise.all([sentBy(crossing!), receivedBy(camera.producer)]);
      await receives(first, 50);
      const [after, publishedThen] = await Promise.all([sentBy(crossing!), receivedBy(camera.producer)]);
      return (after - before) / (publishedThen - published);
    };
    const alone = await perFrame();
    const others = Array.from({ length: 49 }, (_, i) => bob.subscribe(ann, camera, { place: i % 2 }));
    await Promise.all((await Promise.all(others)).map((consumer) => receives(consumer)));
    const many = await perFrame();
    // Every packet once; those of some frames may be under way.
    for (const packets of [alone, many]) expect(Math.abs(packets - 1)).toBeLessThan(0.1);
    // One from node to node, one from worker to worker.
    expect(consumersOf(camera.producer.id)).toHaveLength(2);
    expect([ann.counts.departures, bob.counts.arrivals, bob.counts.links]).toEqual([1, 1, 1]);
  });

  it('takes one link for both directions, and is opened once by all who ask at a time', async () => {
    const other = await bob.publish();
    const both = Array.from({ length: 10 }, () => [bob.subscribe(ann, camera), ann.subscribe(bob, other)]);
    await Promise.all((await Promise.all(both.flat())).map((consumer) => receives(consumer)));
    for (const node of [ann, bob])
      expect(node.counts).toMatchObject({ links: 1, arrivals: 1, departures: 1 });
  });

  it('comes from each worker of its node on a link of its own, to one worker', async () => {
    const second = await ann.publish(1);
    await receives(await bob.subscribe(ann, camera, { place: 1 }));
    await receives(await bob.subscribe(ann, second, { place: 0 }));
    expect([bob.counts.links, bob.counts.kept, bob.counts.pipes]).toEqual([2, 1, 1]);
  });

  it('passes a request for a keyframe on to its publisher', async () => {
    const consumer = await bob.subscribe(ann, camera, { spatialLayer: 1 });
    await receives(consumer);
    const asked = new Set<number>();
    // Payload-specific feedback, and in it a picture loss indication (RFC 4585, 6.3.1).
    ann.transportOf(camera).on('rtcp', (packet) => {
      if (packet.readUInt8(1) === 206 && (packet.readUInt8(0) & 0x1f) === 1)
        asked.add(packet.readUInt32BE(8));
    });
    await consumer.requestKeyFrame();
    await until('the publisher is asked', () => asked.has(1001));
  });

  it('is muted and opened with its origin, on all workers', async () => {
    const consumers = await Promise.all([0, 1].map((place) => bob.subscribe(ann, camera, { place })));
    await camera.producer.pause();
    await until('it is muted', () => consumers.every(({ producerPaused }) => producerPaused));
    await camera.producer.resume();
    await until('it is open', () => consumers.every(({ producerPaused }) => !producerPaused));
    await camera.producer.pause();
    await camera.producer.resume();
    await Promise.all(consumers.map((consumer) => receives(consumer)));
    const muted = await ann.publish();
    await muted.producer.pause();
    expect((await bob.subscribe(ann, muted)).producerPaused).toBe(true);
  });

  it('sends nothing while nobody needs it, which is not muting', async () => {
    // So that it arrives there, and goes on to the other worker.
    bob.hold(ann, camera, 0).release();
    const consumer = await bob.subscribe(ann, camera, { place: 1 });
    await receives(consumer);
    await consumer.pause();
    const crossing = consumersOf(camera.producer.id);
    await until('it rests', () => crossing.every(({ paused }) => paused));
    expect([consumer.producerPaused, consumer.closed]).toEqual([false, false]);
    await consumer.resume();
    await receives(consumer);
    expect(crossing.map(({ paused }) => paused)).toEqual([false, false]);
  });

  it('stays while anybody subscribes, and some time longer', async () => {
    const [first, second] = await Promise.all([bob.subscribe(ann, camera), bob.subscribe(ann, camera)]);
    first.close();
    await receives(second);
    second.close();
    expect(bob.counts.arrivals).toBe(1);
    await until('the publisher sends it no more', () => ann.counts.departures === 0);
    expect(bob.counts).toMatchObject({ arrivals: 0, remote: 0, kept: 0, links: 1 });
    await receives(await bob.subscribe(ann, camera));
  });

  it('closes with its origin', async () => {
    const consumers = await Promise.all([0, 1].map((place) => bob.subscribe(ann, camera, { place })));
    camera.producer.close();
    await until('its consumers close', () => consumers.every(({ closed }) => closed));
    expect(bob.counts).toMatchObject({ arrivals: 0, remote: 0, pipes: 0 });
    await expect(bob.hold(ann, camera).ready).rejects.toMatchObject({ code: 'notFound' });
    expect(bob.counts).toMatchObject({ arrivals: 0, remote: 0 });
  });

  it('leaves nothing when whoever asked for it went in the middle', async () => {
    bob.hold(ann, camera).release();
    bob.hold(ann, camera, 1).release();
    await until('it is gone', () => bob.counts.remote === 0 && ann.counts.departures === 0);
    const held = bob.hold(ann, camera);
    bob.remote.close();
    await expect(held.ready).rejects.toMatchObject({ code: 'unavailable' });
    await until('it is gone', () => bob.counts.arrivals === 0 && ann.counts.departures === 0);
  });
});

describe('a link between two nodes', () => {
  it.each(['receiving', 'publishing'])(
    'goes with the worker on the %s side, and comes again',
    async (side) => {
      const consumer = await bob.subscribe(ann, camera);
      await receives(consumer);
      const far = await ann.publish(1);
      const worker = side === 'receiving' ? 2 : 0;
      process.kill(pool.workers[worker]!.pid, 'SIGKILL');
      await until('its consumer closes', () => consumer.closed);
      await until('nothing of it is left', () => ann.counts.departures === 0 && bob.counts.remote === 0);
      await until('both have closed it', () => ann.counts.links + bob.counts.links === 0);
      await receives(await bob.subscribe(ann, far, { place: 1 }));
    },
  );

  it('closes when the node is gone', async () => {
    const consumer = await bob.subscribe(ann, camera);
    await receives(consumer);
    await ann.node.close();
    await until('its consumer closes', () => consumer.closed);
    expect(bob.counts).toMatchObject({ links: 0, arrivals: 0, remote: 0 });
    await expect(bob.hold(ann, camera).ready).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('closes when either side has left the room', async () => {
    const consumer = await bob.subscribe(ann, camera);
    ann.leave();
    await until('its consumer closes', () => consumer.closed);
    await until('it is gone', () => ann.counts.links + bob.counts.links === 0);
    await expect(bob.hold(ann, camera).ready).rejects.toMatchObject({ code: 'notFound' });
    bob.leave();
    expect(() => bob.hold(ann, camera)).toThrow(expect.objectContaining({ code: 'invalidState' }));
    expect(bob.counts.kept).toBe(0);
  });

  it('goes on while Redis is away, and agrees anew when it is back', async () => {
    const consumer = await bob.subscribe(ann, camera);
    await receives(consumer);
    const other = await ann.publish();
    await redis.kill();
    try {
      await until('Redis is away', () => !ann.node.cluster.connected && !bob.node.cluster.connected);
      await receives(consumer, 50);
      await camera.producer.pause();
      await expect(bob.hold(ann, other).ready).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      await redis.restart();
    }
    await until('it is muted', () => consumer.producerPaused);
    await receives(await bob.subscribe(ann, other));
    expect(consumer.closed).toBe(false);
  });

  it('ends when the other end is silent, and comes again', async () => {
    const consumer = await bob.subscribe(ann, camera);
    await receives(consumer);
    // Stopped, its worker sends nothing, while its node is well.
    const frozen = pool.workers[0]!.pid;
    process.kill(frozen, 'SIGSTOP');
    try {
      await until('its consumer closes', () => consumer.closed);
      expect(bob.counts).toMatchObject({ links: 0, arrivals: 0, remote: 0 });
    } finally {
      process.kill(frozen, 'SIGCONT');
    }
    await until('the other node has closed it', () => ann.counts.links === 0);
    await receives(await bob.subscribe(ann, camera));
  });

  it('is found by a third node that watches both', async () => {
    const cid = await MediaNode.start(redis.url, [pool.workers[1]!]);
    try {
      await cid.node.sees(ann.node, bob.node);
      const other = await bob.publish();
      await Promise.all(
        [cid.subscribe(ann, camera), cid.subscribe(bob, other), bob.subscribe(ann, camera)].map(
          async (consumer) => receives(await consumer),
        ),
      );
      expect([ann, bob, cid].map(({ counts }) => counts.links)).toEqual([2, 2, 2]);
      await bob.node.close();
      await until('what came from it is gone', () => cid.counts.links === 1 && ann.counts.links === 1);
      expect(cid.counts).toMatchObject({ arrivals: 1, remote: 1 });
    } finally {
      await cid.close();
    }
    expect(cid.counts).toEqual(NOTHING);
  });
});

describe('what other nodes ask', () => {
  /** A node that says what it likes. */
  const ask = (type: string, data: unknown): Promise<unknown> =>
    bob.node.cluster.bus.request(ann.id, type, data);

  const end = {
    id: 'an end',
    ip: '127.0.0.1',
    port: 40_000,
    srtpParameters: { cryptoSuite: 'AEAD_AES_256_GCM', keyBase64: 'AAAA' },
    pulse: { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }] },
  };

  it.each([
    ['pipeConnect', null],
    ['pipeConnect', { room: ROOM, from: 'x', to: 'y' }],
    ['pipeConnect', { room: ROOM, from: 'x', to: 'y', end: { ...end, ip: 'example.org' } }],
    ['pipeConnect', { room: ROOM, from: 'x', to: 'y', end: { ...end, port: 0 } }],
    ['pipeConsume', { room: ROOM, producerId: 7, router: 'x' }],
    ['pipeSync', { end: 'x', producers: 'all' }],
  ])('is looked at: %s, %j', async (type, data) => {
    await expect(ask(type, data)).rejects.toMatchObject({ code: 'badRequest' });
  });

  it('reaches only what is published in the room that it names, here', async () => {
    const other = await bob.publish();
    await receives(await ann.subscribe(bob, other));
    const router = bob.places[0]!.router.id;
    for (const [room, producerId] of [
      ['another room', camera.producer.id],
      [ROOM, 'no such producer'],
      // It is there, but comes from elsewhere.
      [ROOM, other.producer.id],
    ]) {
      await expect(ask('pipeConsume', { room, producerId, router })).rejects.toMatchObject({
        code: 'notFound',
      });
    }
  });

  it('is connected only to a router on which something is wanted', async () => {
    for (const [room, to] of [
      [ROOM, ann.places[0]!.router.id],
      [ROOM, 'no router'],
      ['another room', ann.places[0]!.router.id],
    ]) {
      await expect(ask('pipeConnect', { room, from: 'x', to, end })).rejects.toMatchObject({
        code: 'notFound',
      });
    }
    await expect(ask('pipeSync', { end: 'x', producers: [] })).rejects.toMatchObject({ code: 'notFound' });
    expect(ann.counts.links).toBe(0);
  });

  it('leaves nothing when the router that it names is not there', async () => {
    const request = { room: ROOM, producerId: camera.producer.id, router: 'no router' };
    const asked = await Promise.allSettled(Array.from({ length: 5 }, () => ask('pipeConsume', request)));
    for (const { status } of asked) expect(status).toBe('rejected');
    expect(ann.counts).toMatchObject({ links: 0, departures: 0 });
  });

  it('may be told again, and changes nothing', async () => {
    const consumer = await bob.subscribe(ann, camera);
    const request = { room: ROOM, producerId: camera.producer.id, router: bob.places[0]!.router.id };
    const answers = await Promise.all([ask('pipeConsume', request), ask('pipeConsume', request)]);
    expect(answers[0]).toEqual(answers[1]);
    await receives(consumer);
    expect(consumersOf(camera.producer.id)).toHaveLength(1);
  });

  it('is passed over when it tells of links that are not there', async () => {
    const consumer = await bob.subscribe(ann, camera);
    const { bus } = ann.node.cluster;
    for (const data of [null, { end: 'no end' }, { end: 7 }]) {
      bus.send(bob.id, 'pipeUnlinked', data);
      bus.send(bob.id, 'pipeChanged', data);
    }
    await receives(consumer);
    expect(consumer.closed).toBe(false);
  });
});

describe('what crosses', () => {
  /** A node whose peer gets another key than it made. */
  const withWrongKey = (bus: ClusterBus): ClusterBus => ({
    on: bus.on.bind(bus),
    once: bus.once.bind(bus),
    off: bus.off.bind(bus),
    next: bus.next.bind(bus),
    send: bus.send.bind(bus),
    answer: bus.answer.bind(bus),
    request: (node, type, data, options) => {
      if (type !== 'pipeConnect') return bus.request(node, type, data, options);
      const request = data as { end: { srtpParameters: { keyBase64: string } } };
      const { srtpParameters } = request.end;
      const key = Buffer.from(srtpParameters.keyBase64, 'base64').fill(7).toString('base64');
      const end = { ...request.end, srtpParameters: { ...srtpParameters, keyBase64: key } };
      return bus.request(node, type, { ...request, end }, options);
    },
  });

  it('is encrypted: with a wrong key nothing is understood, and the link is given up', async () => {
    const eve = await MediaNode.start(redis.url, [pool.workers[1]!], withWrongKey);
    try {
      await Promise.all([eve.node.sees(ann.node, bob.node), bob.node.sees(ann.node, eve.node)]);
      const stolen = await eve.publish();
      const consumer = await bob.subscribe(eve, stolen);
      let packets = 0;
      consumer.on('rtp', () => (packets += 1));
      const [crossing] = consumersOf(stolen.producer.id);
      await until('it is sent', async () => (await sentBy(crossing!)) > 10);
      await until('the link is given up', () => consumer.closed);
      expect(packets).toBe(0);
    } finally {
      await eve.close();
    }
  });
});
