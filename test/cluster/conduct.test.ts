import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters } from '../support/fabricatedMedia.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ROOM, SharedNode } from '../support/sharedNodes.ts';
import { createTestPool } from '../support/testRooms.ts';

/* Who does what in a room that is on two nodes, with a real Redis between them. */

let pool: WorkerPool;
let redis: RedisServer;
let nodes: SharedNode[] = [];

beforeAll(async () => {
  [pool, redis] = await Promise.all([createTestPool(), RedisServer.start()]);
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});
afterAll(async () => {
  await redis.close();
  pool.close();
  await pool.terminated();
});

async function start(): Promise<[SharedNode, SharedNode]> {
  const [north, south] = (nodes = await Promise.all([
    SharedNode.start(pool, redis, { hostGrace: 50 }, true),
    SharedNode.start(pool, redis, { hostGrace: 50 }, true),
  ])) as [SharedNode, SharedNode];
  await Promise.all([north.sees(south), south.sees(north)]);
  return [north, south];
}

type Joined = Awaited<ReturnType<SharedNode['join']>>;
const idOf = ({ answer }: Joined): string => answer.peerId;
const conductOn = (node: SharedNode) => node.harness.registry.rooms.get(ROOM)!.conduct;
const handsOn = (node: SharedNode): string =>
  conductOn(node)
    .hands.map(({ name }) => name)
    .join();
const roleOn = (node: SharedNode, { answer }: Joined): string =>
  node.harness.registry.rooms.get(ROOM)?.elsewhere.peers.get(answer.peerId)?.info.role ?? 'speaker';

describe('a room on two nodes', () => {
  it('has one first host, hands in one order, and a host who appoints over there', async () => {
    const [north, south] = await start();
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    expect(bob.answer.snapshot.peers.map(({ role }) => role)).toEqual(['host', undefined]);
    await bob.peer.request('setHand', { raised: true });
    await until('north sees a hand', () => handsOn(north) === 'Bob');
    await ann.peer.request('setHand', { raised: true });
    await until('south sees both', () => handsOn(south) === 'Bob,Ann');
    expect(handsOn(north)).toBe('Bob,Ann');
    expect(await bob.peer.codeOf('lowerHands', {})).toBe('forbidden');
    await ann.peer.request('lowerHands', {});
    await until('no hand is up', () => handsOn(north) === '' && handsOn(south) === '');
    await ann.peer.request('setRole', { peerId: idOf(bob), role: 'host' });
    await until('north knows Bob as a host', () => roleOn(north, bob) === 'host');
    await bob.peer.request('setSpotlight', { peerIds: [idOf(ann)] });
    await bob.peer.request('setRole', { peerId: idOf(ann), role: 'viewer' });
    expect((await ann.peer.event('permissionsChanged')).permissions.canPublish).toBe(false);
    await bob.peer.request('sendReaction', { reaction: '👏' });
    expect(await ann.peer.event('reaction')).toEqual({ peerId: idOf(bob), reaction: '👏' });
    // Whoever leaves one node is remembered by the other one.
    await bob.peer.request('leave', {});
    await until('Bob is gone', () => north.remoteNames().length === 0);
    await until('Ann is host again', () => conductOn(north).settings.chat && roleHere(north, ann) === 'host');
    const again = await south.harness.joined(ROOM, { name: 'Bob', proof: bob.answer.proof! });
    expect(again.answer.snapshot.peers.find(({ peerId }) => peerId === idOf(again))?.role).toBe('host');
  });

  it('has a host on one node admit and deny who knocks at the other, by the same settings', async () => {
    const [north, south] = await start();
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    await ann.peer.request('changeSettings', { waitingRoom: true, password: 'sesame' });
    expect((await bob.peer.event('settingsChanged')).settings).toMatchObject({
      waitingRoom: true,
      hasPassword: true,
    });
    const [cid, dan] = await Promise.all([0, 1].map(() => south.harness.peer().connected()));
    expect(await cid!.codeOf('knock', { room: ROOM })).toBe('passwordRequired');
    const { knock } = await cid!.request('knock', { room: ROOM, name: 'Cid', password: 'sesame' });
    let { waiting } = await ann.peer.event('lobbyChanged');
    expect(waiting.map(({ name }) => name)).toEqual(['Cid']);
    await ann.peer.request('answerKnocks', { knockIds: [waiting[0]!.knockId], admit: true });
    expect(await cid!.event('knockAnswered')).toEqual({ answer: 'admitted' });
    // It may come in by another door than the one it knocked at.
    const elsewhere = await north.harness.peer().connected();
    const answer = await elsewhere.request('join', { room: ROOM, name: 'Cid', knock });
    expect(await cid!.codeOf('join', { room: ROOM, password: 'sesame', knock })).toBe('waitingRoom');
    await dan!.request('knock', { room: ROOM, name: 'Dan', password: 'sesame' });
    do ({ waiting } = await ann.peer.event('lobbyChanged'));
    while (waiting.length === 0);
    expect(await ann.peer.request('answerKnocks', { admit: false })).toEqual({ answered: 1 });
    expect(await dan!.event('knockAnswered')).toEqual({ answer: 'denied' });
    await until('nobody waits', () => conductOn(north).lobby.waiting.length === 0);
    // Between two, and nobody else.
    await ann.peer.request('sendChat', { text: 'psst', to: idOf(bob) });
    expect((await bob.peer.event('chatMessage')).message).toMatchObject({ text: 'psst', to: idOf(bob) });
    expect(elsewhere.told.map(({ event }) => event)).not.toContain('chatMessage');
    expect(answer.snapshot.chat).toEqual([]);
  });

  it('is muted as a whole', async () => {
    const [north, south] = await start();
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    const { producerId } = await bob.peer.request('produce', {
      transportId: bob.answer.media.sendTransport.transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opusParameters(),
      paused: false,
    });
    await ann.peer.event('newProducer');
    await ann.peer.request('muteEveryone', {});
    expect(await bob.peer.event('producerMuted')).toEqual({ producerId });
    await bob.peer.request('resumeProducer', { producerId });
    await ann.peer.request('mutePeer', { peerId: idOf(bob) });
    expect(await bob.peer.event('producerMuted')).toEqual({ producerId });
    await ann.peer.request('askToUnmute', { peerId: idOf(bob) });
    expect(await bob.peer.event('unmuteAsked')).toEqual({ by: idOf(ann) });
  });
});

describe('a peer that moves to another node', () => {
  it('is what it was there, with its hand and its place on the stage', async () => {
    const [north, south] = await start();
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    await ann.peer.request('setHand', { raised: true });
    await ann.peer.request('setSpotlight', { peerIds: [idOf(ann)] });
    await until('south sees the hand', () => handsOn(south) === 'Ann');
    const before = ann.answer.snapshot.peers[0];
    north.harness.drain.begin();
    const { ticket } = await ann.peer.event('moving');
    const there = await south.harness.joined(ROOM, { ticket: ticket! });
    const self = there.answer.snapshot.peers.find(({ peerId }) => peerId === idOf(ann));
    expect(self).toMatchObject({ role: 'host', handRaisedAt: expect.any(Number), spotlightAt: 0 });
    expect(self?.joinedAt).toBe(before?.joinedAt);
    await ann.peer.request('leave', {});
    await until('north let go of Ann', () => north.harness.registry.peerCount === 0);
    // It is host there: nobody else became one meanwhile, and what it does counts.
    await there.peer.request('mutePeer', { peerId: idOf(bob) });
    await there.peer.request('setHand', { raised: false });
    await until('no hand is up', () => handsOn(south) === '');
    expect(bob.peer.told.map(({ event }) => event)).not.toContain('peerLeft');
  });
});

const roleHere = (node: SharedNode, { answer }: Joined): string | undefined =>
  node.harness.registry.rooms.get(ROOM)?.peers.get(answer.peerId)?.conduct.role;
