import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RoomServiceClient } from 'livekit-server-sdk';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, rtpCapabilities } from '../support/fabricatedMedia.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ROOM, SharedNode } from '../support/sharedNodes.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import type { SignalingPeer } from '../support/signalingPeer.ts';
import { createTestPool } from '../support/testRooms.ts';

/* Somebody is forwarded to a room whose people are on another node. */

const ANNEX = 'annex';

/** One for each node: a producer has the same id everywhere, and a worker knows an id once. */
let pools: WorkerPool[];
let redis: RedisServer;
let north: SharedNode;
let south: SharedNode;
let client: RoomServiceClient;

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
  client = new RoomServiceClient(south.harness.url, API_KEY, API_SECRET);
});
afterEach(() => Promise.all([north.close(), south.close()]));
afterAll(async () => {
  await redis.close();
  for (const pool of pools) pool.close();
  await Promise.all(pools.map((pool) => pool.terminated()));
});

const publish = (peer: SignalingPeer, transportId: string, replaces?: string) =>
  peer.request('produce', {
    transportId,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: opusParameters(),
    ...(replaces === undefined ? {} : { replaces }),
  });

async function joinAnnex(node: SharedNode, sub: string) {
  const token = await accessToken({ sub, name: sub, video: { roomJoin: true } });
  return node.harness.joined(ANNEX, { token });
}

const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a participant forwarded on another node', () => {
  it('is in the other room on all nodes, and put out on any', async () => {
    const ann = await north.join('Ann', { sub: 'ann' });
    await publish(ann.peer, ann.answer.media.sendTransport.transportId);
    const bob = await joinAnnex(south, 'bob');
    await client.forwardParticipant(ROOM, 'ann', ANNEX);
    const { peer } = await bob.peer.event('peerJoined');
    expect(peer).toMatchObject({ identity: 'ann', name: 'Ann', forwarded: true });
    const producer = peer.producers[0] ?? (await bob.peer.event('newProducer')).producer;
    const { deferred } = await bob.peer.request('consume', {
      producerIds: [producer.producerId],
      rtpCapabilities,
    });
    expect(deferred).toEqual([producer.producerId]);
    expect((await bob.peer.event('newConsumer')).consumer).toMatchObject({ peerId: peer.peerId });
    await ann.peer.request('pauseProducer', {
      producerId: (await client.getParticipant(ROOM, 'ann')).tracks[0]!.sid,
    });
    expect(await bob.peer.event('producerPaused')).toMatchObject({ producerId: producer.producerId });
    // Whoever is there is not replaced, whichever node he is on.
    await north.join('Bob', { sub: 'bob' });
    expect(await refusalOf(client.forwardParticipant(ROOM, 'bob', ANNEX))).toBe('already_exists');
    expect(await refusalOf(client.forwardParticipant(ANNEX, 'ann', ROOM))).toBe('failed_precondition');
    await client.removeParticipant(ANNEX, 'ann');
    expect(await bob.peer.event('peerLeft')).toEqual({ peerId: peer.peerId, reason: 'removed' });
    await client.forwardParticipant(ROOM, 'ann', ANNEX);
    await bob.peer.event('peerJoined');
    await joinAnnex(south, 'ann');
    expect(await bob.peer.event('peerLeft')).toMatchObject({ reason: 'replaced' });
  });

  it('stays who it is there when it moves to another node', async () => {
    const ann = await north.join('Ann', { sub: 'ann' });
    const old = await publish(ann.peer, ann.answer.media.sendTransport.transportId);
    const bob = await joinAnnex(south, 'bob');
    await client.forwardParticipant(ROOM, 'ann', ANNEX);
    const { peer } = await bob.peer.event('peerJoined');
    await until('all of it is known', () =>
      [...(south.harness.registry.rooms.get(ANNEX)?.elsewhere.peers.values() ?? [])].some(
        ({ info }) => info.producers.length === 1,
      ),
    );
    bob.peer.told.length = 0;

    north.harness.drain.begin();
    const { ticket } = await ann.peer.event('moving');
    const moved = await south.harness.peer().connected();
    const answer = await moved.request('join', { room: ROOM, ticket: ticket! });
    await publish(moved, answer.media.sendTransport.transportId, old.producerId);
    await ann.peer.request('leave', {});
    expect(await north.harness.drain.over).toBe(true);
    const { producer } = await bob.peer.event('newProducer');
    expect(producer.peerId).toBe(peer.peerId);
    expect(south.harness.registry.rooms.get(ANNEX)?.peers.get(peer.peerId)?.isForwarded).toBe(true);
    await until('it is gone where it was', () => !north.harness.registry.rooms.get(ANNEX)?.peers.size);
    expect(bob.peer.told.map(({ event }) => event).filter((event) => event.startsWith('peer'))).toEqual([]);
    await moved.request('leave', {});
    expect(await bob.peer.event('peerLeft')).toEqual({ peerId: peer.peerId, reason: 'left' });
  });
});
