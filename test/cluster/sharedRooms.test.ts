import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters } from '../support/fabricatedMedia.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ROOM, SharedNode } from '../support/sharedNodes.ts';
import { createTestPool } from '../support/testRooms.ts';

/* One room on several nodes, as the clients of each see it. */

let pool: WorkerPool;
let redis: RedisServer;
let nodes: SharedNode[] = [];

beforeAll(async () => {
  [pool, redis] = await Promise.all([createTestPool(), RedisServer.start()]);
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
  const keys = await redis.keys();
  expect([...keys].filter(([, ttl]) => ttl < 0)).toEqual([]);
  expect([...keys.keys()].filter((key) => /^parley:(room|node|inbox):/.test(key))).toEqual([]);
});
afterAll(async () => {
  await redis.close();
  pool.close();
  await pool.terminated();
});

async function start(count: number, limits?: Parameters<typeof SharedNode.start>[2]): Promise<SharedNode[]> {
  nodes = await Promise.all(Array.from({ length: count }, () => SharedNode.start(pool, redis, limits)));
  await Promise.all(nodes.map((node) => node.sees(...nodes.filter((other) => other !== node))));
  return nodes;
}

type Joined = Awaited<ReturnType<SharedNode['join']>>;

const publish = ({ peer, answer }: Joined, paused = false) =>
  peer.request('produce', {
    transportId: answer.media.sendTransport.transportId,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: opusParameters(),
    paused,
  });

const namesIn = ({ answer }: Joined): string[] => answer.snapshot.peers.map(({ name }) => name);
const toldOf = ({ peer }: Joined): string[] => peer.told.map(({ event }) => event);

describe('a room on two nodes', () => {
  it('shows everybody to everybody, in order of arrival', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    expect(namesIn(bob)).toEqual(['Ann', 'Bob']);
    expect(bob.answer.snapshot.createdAt).toBe(ann.answer.snapshot.createdAt);
    expect((await ann.peer.event('peerJoined')).peer).toMatchObject({
      peerId: bob.answer.peerId,
      name: 'Bob',
      producers: [],
    });
    const cid = await north.join('Cid');
    expect(namesIn(cid)).toEqual(['Ann', 'Bob', 'Cid']);
    expect((await bob.peer.event('peerJoined')).peer.name).toBe('Cid');
    await bob.peer.request('leave', {});
    expect(await ann.peer.event('peerLeft')).toEqual({ peerId: bob.answer.peerId, reason: 'left' });
    await north.knows();
  });

  it('tells what becomes of a track', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    const { producerId } = await publish(ann, true);
    const { peerId } = ann.answer;
    expect((await bob.peer.event('newProducer')).producer).toEqual({
      producerId,
      peerId,
      kind: 'audio',
      source: 'microphone',
      paused: true,
    });
    await ann.peer.request('resumeProducer', { producerId });
    expect(await bob.peer.event('producerResumed')).toEqual({ peerId, producerId });
    await ann.peer.request('pauseProducer', { producerId });
    expect(await bob.peer.event('producerPaused')).toEqual({ peerId, producerId });
    const cid = await south.join('Cid');
    expect(cid.answer.snapshot.peers[0]?.producers).toEqual([
      expect.objectContaining({ producerId, paused: true }),
    ]);
    await ann.peer.request('closeProducer', { producerId });
    expect(await bob.peer.event('producerClosed')).toEqual({ peerId, producerId, reason: 'closed' });
  });

  it('tells a new name', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    await ann.peer.request('updateSelf', { name: 'Anna', metadata: 'away' });
    expect(await bob.peer.event('peerUpdated')).toEqual({
      peerId: ann.answer.peerId,
      name: 'Anna',
      metadata: 'away',
    });
  });

  it('has one chat, each sender’s in order, which those who come later can read', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    await ann.peer.request('sendChat', { text: 'first' });
    const bob = await south.join('Bob');
    expect(bob.answer.snapshot.chat.map(({ text }) => text)).toEqual(['first']);
    for (const text of ['one', 'two', 'three']) await bob.peer.request('sendChat', { text });
    await ann.peer.event('chatMessage');
    const heard = [];
    for (let i = 0; i < 3; i += 1) heard.push((await ann.peer.event('chatMessage')).message.text);
    expect(heard).toEqual(['one', 'two', 'three']);
    const cid = await north.join('Cid');
    expect(cid.answer.snapshot.chat.map(({ text }) => text)).toEqual(['first', 'one', 'two', 'three']);
    expect(toldOf(ann)).not.toContain('chatMessage');
  });

  it('has one limit of peers', async () => {
    const [north, south] = (await start(2, { maxPeersPerRoom: 2 })) as [SharedNode, SharedNode];
    await north.join('Ann');
    await south.join('Bob', { sub: 'bob' });
    for (const node of [north, south]) {
      const peer = await node.harness.peer().connected();
      expect(await peer.codeOf('join', { room: ROOM, name: 'Cid' })).toBe('limitExceeded');
    }
    await north.join('Bob again', { sub: 'bob' });
    await north.knows();
    await south.knows('Ann', 'Bob again');
  });

  it('lets the newer of two of the same identity stay', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    const former = await south.join('Bob', { sub: 'bob' });
    const newer = await north.join('Bob', { sub: 'bob' });
    expect(await former.peer.event('removed')).toEqual({ reason: 'replaced' });
    expect(await ann.peer.event('peerLeft')).toEqual({ peerId: former.answer.peerId, reason: 'replaced' });
    await south.knows('Ann', 'Bob');
    expect(north.harness.registry.peerCount).toBe(2);
    expect(toldOf(newer)).not.toContain('removed');
  });
});

describe('moderation across nodes', () => {
  it('removes a peer, wherever it is, and says when there is none', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const admin = await north.join('Ann', { admin: true });
    const bob = await south.join('Bob');
    const cid = await south.join('Cid');
    await north.knows('Bob', 'Cid');
    const { peerId } = bob.answer;
    expect(await cid.peer.codeOf('removePeer', { peerId: admin.answer.peerId })).toBe('forbidden');
    await admin.peer.request('removePeer', { peerId });
    expect(await bob.peer.event('removed')).toEqual({ reason: 'removed' });
    expect(await admin.peer.event('peerLeft')).toEqual({ peerId, reason: 'removed' });
    expect(await admin.peer.codeOf('removePeer', { peerId })).toBe('notFound');
  });

  it('closes a track, for an admin', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const admin = await north.join('Ann', { admin: true });
    const cid = await north.join('Cid');
    const bob = await south.join('Bob');
    const { producerId } = await publish(bob);
    await admin.peer.event('newProducer');
    expect(await cid.peer.codeOf('closeProducer', { producerId })).toBe('notFound');
    await admin.peer.request('closeProducer', { producerId });
    const closed = { peerId: bob.answer.peerId, producerId, reason: 'removed' };
    expect(await bob.peer.event('producerClosed')).toEqual(closed);
    expect(await admin.peer.event('producerClosed')).toEqual(closed);
  });

  it('configures the room on all nodes, also for those that come later', async () => {
    const [north, south, east] = (await start(3)) as [SharedNode, SharedNode, SharedNode];
    const admin = await north.join('Ann', { admin: true });
    const bob = await south.join('Bob');
    await admin.peer.request('configureRoom', { lastN: 3 });
    expect((await bob.peer.event('roomConfigured')).forwarding.lastN).toBe(3);
    const boss = await south.join('Boss', { admin: true });
    await boss.peer.request('configureRoom', { loudest: 2 });
    expect((await admin.peer.event('roomConfigured')).forwarding).toMatchObject({ lastN: 3 });
    const cid = await east.join('Cid');
    expect(cid.answer.snapshot.forwarding).toMatchObject({ lastN: 3, loudest: 2 });
  });

  it('closes the room on all nodes', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const admin = await north.join('Ann', { admin: true });
    const bob = await south.join('Bob');
    await admin.peer.request('closeRoom', {});
    expect(await bob.peer.event('removed')).toEqual({ reason: 'roomClosed' });
    for (const { harness } of [north, south]) expect(harness.registry.rooms.size).toBe(0);
    const again = await south.join('Bob');
    expect(namesIn(again)).toEqual(['Bob']);
  });
});

describe('a room on three nodes', () => {
  it('is known to a third node from the first moment', async () => {
    const [north, south, east] = (await start(3)) as [SharedNode, SharedNode, SharedNode];
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    await publish(ann);
    await publish(bob);
    await bob.peer.request('sendChat', { text: 'hello' });
    const cid = await east.join('Cid');
    expect(namesIn(cid)).toEqual(['Ann', 'Bob', 'Cid']);
    expect(cid.answer.snapshot.peers.map(({ producers }) => producers.length)).toEqual([1, 1, 0]);
    expect(cid.answer.snapshot.chat.map(({ text }) => text)).toEqual(['hello']);
    await north.knows('Bob', 'Cid');
    await east.close();
    expect(await ann.peer.event('peerLeft')).toEqual({
      peerId: cid.answer.peerId,
      reason: 'serverClosed',
    });
    await north.knows('Bob');
  });
});
