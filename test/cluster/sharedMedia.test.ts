import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, rtpCapabilities, vp8SimulcastParameters } from '../support/fabricatedMedia.ts';
import { MediasoupObjects } from '../support/MediasoupObjects.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ROOM, SharedNode } from '../support/sharedNodes.ts';
import { createTestPool } from '../support/testRooms.ts';

/* The media of one room on two nodes, as their clients ask for it and are asked for it. */

type Joined = Awaited<ReturnType<SharedNode['join']>>;

const objects = new MediasoupObjects();
/** One for each node: a producer has the same id everywhere, and a worker knows an id once. */
let pools: WorkerPool[];
let redis: RedisServer;
let north: SharedNode;
let south: SharedNode;
let ann: Joined;
let bob: Joined;

beforeAll(async () => {
  redis = await RedisServer.start();
  pools = await Promise.all([createTestPool(), createTestPool()]);
});
beforeEach(async () => {
  [north, south] = (await Promise.all(pools.map((pool) => SharedNode.start(pool, redis)))) as [
    SharedNode,
    SharedNode,
  ];
  await Promise.all([north.sees(south), south.sees(north)]);
  ann = await north.join('Ann');
  bob = await south.join('Bob');
});
afterEach(async () => {
  await Promise.all([north.close(), south.close()]);
  for (const { nodeMedia } of [north.harness, south.harness]) {
    expect([nodeMedia.links, nodeMedia.arrivals, nodeMedia.departures]).toEqual([0, 0, 0]);
  }
});
afterAll(async () => {
  await redis.close();
  for (const pool of pools) pool.close();
  await Promise.all(pools.map((pool) => pool.terminated()));
});

const roomOf = (node: SharedNode) => node.harness.registry.rooms.get(ROOM)!;
const peerOf = (node: SharedNode, { answer }: Joined): Peer => roomOf(node).peers.get(answer.peerId)!;

const transportOf = ({ answer }: Joined): string => answer.media.sendTransport.transportId;
const publishCamera = (who: Joined) =>
  who.peer.request('produce', {
    transportId: transportOf(who),
    kind: 'video',
    source: 'camera',
    rtpParameters: vp8SimulcastParameters(),
    paused: false,
    width: 1280,
    height: 720,
  });
const publishMicrophone = (who: Joined) =>
  who.peer.request('produce', {
    transportId: transportOf(who),
    kind: 'audio',
    source: 'microphone',
    rtpParameters: opusParameters(),
    paused: false,
  });
const subscribe = ({ peer }: Joined, ...producerIds: string[]) =>
  peer.request('consume', { producerIds, rtpCapabilities });

describe('a track of another node', () => {
  it('is deferred, and comes with a consumer as soon as it is here', async () => {
    const { producerId } = await publishMicrophone(ann);
    await bob.peer.event('newProducer');
    expect(await subscribe(bob, producerId, 'unknown')).toEqual({
      consumers: [],
      deferred: [producerId],
      refused: [{ producerId: 'unknown', error: expect.objectContaining({ code: 'notFound' }) }],
    });
    const { consumer } = await bob.peer.event('newConsumer');
    expect(consumer).toMatchObject({ producerId, peerId: ann.answer.peerId, kind: 'audio' });
    await ann.peer.request('closeProducer', { producerId });
    await bob.peer.event('producerClosed');
    await until('nothing of it is left', () => peerOf(south, bob).consumers.size === 0);
    expect((await subscribe(bob, producerId)).refused).toHaveLength(1);
  });

  it('crosses once for all who subscribe, and not any more for none', async () => {
    const { producerId } = await publishMicrophone(ann);
    const others = await Promise.all(['Cid', 'Dan', 'Eve'].map((name) => south.join(name)));
    await Promise.all(
      [bob, ...others].map(async (one) => {
        await subscribe(one, producerId);
        await one.peer.event('newConsumer');
      }),
    );
    expect([north.harness.nodeMedia.departures, south.harness.nodeMedia.arrivals]).toEqual([1, 1]);
    for (const { peer } of [bob, ...others]) await peer.request('unsubscribe', { producerIds: [producerId] });
    await until('the way is given up', () => north.harness.nodeMedia.departures === 0, 20_000);
  });

  it('is asked of its publisher in the layers that the other node’s viewers need', async () => {
    const { producerId } = await publishCamera(ann);
    await bob.peer.event('newProducer');
    // Nobody needs it as yet.
    expect(await ann.peer.event('demandChanged')).toEqual({ producerId, spatialLayer: null });
    await bob.peer.request('setViews', {
      views: [{ producerId, visible: true, width: 320, height: 180, importance: 'normal' }],
    });
    await subscribe(bob, producerId);
    const { consumer } = await bob.peer.event('newConsumer');
    expect(consumer.type).toBe('simulcast');
    await bob.peer.request('resumeConsumers', { consumerIds: [consumer.consumerId] });
    expect(await ann.peer.event('demandChanged')).toEqual({ producerId, spatialLayer: 0 });
    await bob.peer.request('setViews', {
      views: [{ producerId, visible: true, width: 1280, height: 720, importance: 'normal' }],
    });
    expect(await ann.peer.event('demandChanged')).toEqual({ producerId, spatialLayer: 2 });
    await bob.peer.request('leave', {});
    expect(await ann.peer.event('demandChanged')).toEqual({ producerId, spatialLayer: null });
  });

  it('is needed by nobody of a node that is gone', async () => {
    const { producerId } = await publishCamera(ann);
    await bob.peer.event('newProducer');
    await subscribe(bob, producerId);
    const { consumer } = await bob.peer.event('newConsumer');
    await bob.peer.request('resumeConsumers', { consumerIds: [consumer.consumerId] });
    await until('it is needed', () => roomOf(north).forwarding.demand.told(producerId) === 2);
    await south.close();
    await until('nobody needs it', () => roomOf(north).forwarding.demand.told(producerId) === null);
  });

  it('has the size that its publisher says', async () => {
    const { producerId } = await publishCamera(ann);
    const picture = () => roomOf(south).tracks.get(producerId)?.picture;
    await until('it is known', () => picture() !== undefined);
    expect(picture()).toEqual({ width: 1280, height: 720, scales: [4, 2, 1] });
    await ann.peer.request('resizeProducer', { producerId, width: 640, height: 480 });
    await until('it is another', () => picture()?.width === 640);
  });

  it('is judged by what its node tells of it', async () => {
    const { producerId } = await publishCamera(ann);
    await bob.peer.event('newProducer');
    const track = () => roomOf(south).tracks.remote(producerId);
    await ann.peer.request('reportQuality', {
      sending: [{ producerId, limitedBy: 'bandwidth' }],
      receiving: [],
    });
    await until('it is limited', () => track()?.limitedBy === 'bandwidth');
    expect([track()?.codec, track()?.sent]).toEqual(['video/VP8', []]);
  });

  it('comes again when its way breaks and it is still there', async () => {
    const { producerId } = await publishMicrophone(ann);
    await bob.peer.event('newProducer');
    await subscribe(bob, producerId);
    const { consumer } = await bob.peer.event('newConsumer');
    for (const nearEnd of objects.pipeConsumers) if (nearEnd.producerId === producerId) nearEnd.close();
    expect(await bob.peer.event('consumerClosed')).toMatchObject({
      consumerId: consumer.consumerId,
      reason: 'notNeeded',
    });
    expect((await bob.peer.event('newConsumer')).consumer.producerId).toBe(producerId);
  });
});
