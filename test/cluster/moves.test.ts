import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters } from '../support/fabricatedMedia.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ROOM, SharedNode } from '../support/sharedNodes.ts';
import type { SignalingPeer } from '../support/signalingPeer.ts';
import { createTestPool } from '../support/testRooms.ts';

/* A node that drains hands its peers over to other nodes, and nobody leaves. */

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

async function start(count: number): Promise<SharedNode[]> {
  nodes = await Promise.all(Array.from({ length: count }, () => SharedNode.start(pool, redis)));
  await Promise.all(nodes.map((node) => node.sees(...nodes.filter((other) => other !== node))));
  return nodes;
}

type Joined = Awaited<ReturnType<SharedNode['join']>>;

const microphone = (transportId: string, replaces?: string) => ({
  transportId,
  kind: 'audio' as const,
  source: 'microphone' as const,
  rtpParameters: opusParameters(),
  ...(replaces === undefined ? {} : { replaces }),
});

const publish = ({ peer, answer }: Pick<Joined, 'peer' | 'answer'>, replaces?: string) =>
  peer.request('produce', microphone(answer.media.sendTransport.transportId, replaces));

const toldOf = ({ peer }: { peer: SignalingPeer }): string[] => peer.told.map(({ event }) => event);

/** Brings a ticket to a node. */
async function joinWith(node: SharedNode, ticket: string) {
  const peer = await node.harness.peer().connected();
  return { peer, answer: await peer.request('join', { room: ROOM, ticket }) };
}

const peerIds = (node: SharedNode): string[] => [
  ...(node.harness.registry.rooms.get(ROOM)?.peers.keys() ?? []),
];

describe('a node that drains beside another one', () => {
  it('hands its peers over: they are who they were, and nobody sees them leave', async () => {
    const [north, south, west] = (await start(3)) as [SharedNode, SharedNode, SharedNode];
    const ann = await north.join('Ann', { sub: 'ann@example.org', admin: true });
    const bob = await south.join('Bob');
    const cid = await west.join('Cid');
    const old = await publish(ann);
    for (const { peer } of [bob, cid]) await peer.event('newProducer');
    await west.knows('Ann', 'Bob');
    for (const { peer } of [bob, cid]) peer.told.length = 0;

    const handedOver = north.harness.signaling.activity.next('handedOver');
    north.harness.drain.begin();
    const { ticket, endsIn } = await ann.peer.event('moving');
    expect(endsIn).toBeGreaterThan(50_000);
    const moved = await joinWith(south, ticket!);
    expect(await handedOver).toEqual([true]);
    // Nobody has to be told to come back.
    expect(toldOf(ann)).not.toContain('draining');
    const { peerId } = ann.answer;
    expect(moved.answer).toMatchObject({ peerId, permissions: ann.answer.permissions });
    expect(moved.answer.sessionToken).not.toBe(ann.answer.sessionToken);
    const shown = moved.answer.snapshot.peers.find((peer) => peer.peerId === peerId);
    const before = ann.answer.snapshot.peers.find((peer) => peer.peerId === peerId);
    expect(shown).toMatchObject({ name: 'Ann', identity: 'ann@example.org', joinedAt: before?.joinedAt });
    expect(moved.answer.snapshot.peers.map(({ name }) => name)).toEqual(['Ann', 'Bob', 'Cid']);

    const anew = await publish(moved, old.producerId);
    for (const { peer } of [bob, cid]) {
      const { producer } = await peer.event('newProducer');
      expect(producer).toMatchObject({ producerId: anew.producerId, peerId, replaces: old.producerId });
    }
    await ann.peer.request('leave', {});
    expect(await north.harness.drain.over).toBe(true);
    for (const { peer } of [bob, cid])
      expect(await peer.event('producerClosed')).toMatchObject({ producerId: old.producerId, peerId });
    await moved.peer.request('sendChat', { text: 'here I am' });
    for (const { peer } of [bob, cid]) {
      expect((await peer.event('chatMessage')).message).toMatchObject({ peerId, name: 'Ann' });
      expect(toldOf({ peer })).not.toContain('peerLeft');
      expect(toldOf({ peer })).not.toContain('peerJoined');
    }
    expect(peerIds(south).sort()).toEqual([bob.answer.peerId, peerId].sort());
    await west.knows('Ann', 'Bob');
    await moved.peer.request('leave', {});
    for (const { peer } of [bob, cid])
      expect(await peer.event('peerLeft')).toEqual({ peerId, reason: 'left' });
  });

  it('shows the same to those who are still on it', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    const bob = await north.join('Bob');
    const old = await publish(ann);
    await bob.peer.event('newProducer');
    bob.peer.told.length = 0;
    north.harness.drain.begin();
    const moved = await joinWith(south, (await ann.peer.event('moving')).ticket!);
    const anew = await publish(moved, old.producerId);
    expect((await bob.peer.event('newProducer')).producer.producerId).toBe(anew.producerId);
    await ann.peer.request('leave', {});
    expect((await bob.peer.event('producerClosed')).producerId).toBe(old.producerId);
    expect(toldOf(bob).filter((event) => event.startsWith('peer'))).toEqual([]);
    await north.knows('Ann');
  });

  it('tells of nobody who leaves it as soon as the other node took him', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const movers = await Promise.all(['Ann', 'Cid', 'Dot', 'Eve', 'Fay'].map((name) => north.join(name)));
    const bob = await north.join('Bob');
    north.harness.drain.begin();
    await Promise.all(
      movers.map(async ({ peer }) => {
        await joinWith(south, (await peer.event('moving')).ticket!);
        await peer.request('leave', {});
      }),
    );
    expect(peerIds(north)).toEqual([bob.answer.peerId]);
    expect(toldOf(bob)).not.toContain('peerLeft');
  });

  it('takes a ticket once, and only on another node and for its room', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    north.harness.drain.begin();
    const { ticket } = await ann.peer.event('moving');
    const here = await north.harness.peer().connected();
    expect(await here.codeOf('join', { room: ROOM, ticket })).toBe('unavailable');
    const there = await south.harness.peer().connected();
    expect(await there.codeOf('join', { room: 'another', ticket })).toBe('notFound');
    expect(await there.codeOf('join', { room: ROOM, ticket: `${north.id}.guessed` })).toBe('notFound');
    expect(await there.codeOf('join', { room: ROOM, ticket: 'nobody.guessed' })).toBe('notFound');
    await joinWith(south, ticket!);
    expect(await there.codeOf('join', { room: ROOM, ticket })).toBe('notFound');
  });

  it('keeps a peer whose move comes to nothing', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    const { producerId } = await publish(ann);
    await bob.peer.event('newProducer');
    north.harness.drain.begin();
    const moved = await joinWith(south, (await ann.peer.event('moving')).ticket!);
    const anew = await publish(moved, producerId);
    await bob.peer.event('newProducer');
    await moved.peer.request('leave', {});
    expect((await bob.peer.event('producerClosed')).producerId).toBe(anew.producerId);
    await ann.peer.request('sendChat', { text: 'still here' });
    expect((await bob.peer.event('chatMessage')).message.text).toBe('still here');
    expect(toldOf(bob)).not.toContain('peerLeft');
  });

  it('tells its peers to come back when nobody takes them any more', async () => {
    const [north, south] = (await start(2)) as [SharedNode, SharedNode];
    const ann = await north.join('Ann');
    north.harness.drain.begin();
    await ann.peer.event('moving');
    await south.close();
    nodes = [north];
    expect(await ann.peer.event('draining')).toMatchObject({ comeBackAfter: 0 });
  });

  it('moves nobody while no other node takes peers, and does once one comes', async () => {
    const [north] = (await start(1)) as [SharedNode];
    const ann = await north.join('Ann');
    north.harness.drain.begin();
    await ann.peer.event('draining');
    await ann.peer.request('sendChat', { text: 'a round trip' });
    expect(toldOf(ann)).not.toContain('moving');
    const south = await SharedNode.start(pool, redis);
    nodes.push(south);
    const { ticket } = await ann.peer.event('moving');
    await until('south knows north', () => south.connected);
    await south.sees(north);
    await joinWith(south, ticket!);
  });
});
