import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { RedisServer } from '../support/redisServer.ts';
import { SharedNode } from '../support/sharedNodes.ts';
import { createTestPool } from '../support/testRooms.ts';

/* What becomes of one room on two nodes when something happens to what is between them. */

let pool: WorkerPool;
let redis: RedisServer;
let north: SharedNode;
let south: SharedNode;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  redis = await RedisServer.start();
  [north, south] = await Promise.all([SharedNode.start(pool, redis), SharedNode.start(pool, redis)]);
  await Promise.all([north.sees(south), south.sees(north)]);
});
afterEach(async () => {
  await Promise.all([north.close(), south.close()]);
  expect([...(await redis.keys())].filter(([, ttl]) => ttl < 0)).toEqual([]);
  await redis.close();
});

type Joined = Awaited<ReturnType<SharedNode['join']>>;
const toldOf = ({ peer }: Joined): string[] => peer.told.map(({ event }) => event);

describe('a shared room', () => {
  it('takes peers while Redis is away, refuses at once what crosses, and heals', async () => {
    const admin = await north.join('Ann', { admin: true });
    const bob = await south.join('Bob');
    await north.knows('Bob');
    await redis.kill();
    await Promise.all([north.isConnected(false), south.isConnected(false)]);
    const cid = await south.join('Cid');
    expect(cid.answer.snapshot.peers.map(({ name }) => name)).toEqual(['Ann', 'Bob', 'Cid']);
    const dan = await north.join('Dan');
    await dan.peer.request('sendChat', { text: 'anybody there?' });
    expect(await admin.peer.codeOf('removePeer', { peerId: bob.answer.peerId })).toBe('unavailable');
    await bob.peer.request('leave', {});
    await redis.restart();
    await Promise.all([north.knows('Cid'), south.knows('Ann', 'Dan')]);
    expect((await cid.peer.event('chatMessage')).message.text).toBe('anybody there?');
    expect(toldOf(cid)).not.toContain('chatMessage');
  });

  it('begins while Redis is away, and is one room when it is there', async () => {
    await redis.kill();
    await Promise.all([north.isConnected(false), south.isConnected(false)]);
    const ann = await north.join('Ann', { sub: 'ann' });
    const twin = await south.join('Ann', { sub: 'ann' });
    const bob = await south.join('Bob');
    await ann.peer.request('sendChat', { text: 'alone' });
    await redis.restart();
    expect(await ann.peer.event('removed')).toEqual({ reason: 'replaced' });
    await Promise.all([north.knows('Ann', 'Bob'), south.knows()]);
    expect((await bob.peer.event('chatMessage')).message.text).toBe('alone');
    expect(toldOf(twin)).not.toContain('removed');
  });

  it('loses nobody when Redis forgets everything', async () => {
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    await Promise.all([north.knows('Bob'), south.knows('Ann')]);
    await redis.flush();
    const cid = await south.join('Cid');
    await north.knows('Bob', 'Cid');
    await cid.peer.request('sendChat', { text: 'still here' });
    expect((await ann.peer.event('chatMessage')).message.text).toBe('still here');
    expect([...toldOf(ann), ...toldOf(bob)]).not.toContain('peerLeft');
  });

  it('gives up the peers of a node that is cut off, and has them as they are when it is back', async () => {
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    const cid = await south.join('Cid');
    await north.knows('Bob', 'Cid');
    south.cable.cut();
    const left = [await ann.peer.event('peerLeft'), await ann.peer.event('peerLeft')];
    expect(left).toEqual([bob, cid].map(({ answer: { peerId } }) => ({ peerId, reason: 'timeout' })));
    await cid.peer.request('leave', {});
    await south.join('Dan');
    const eve = await north.join('Eve');
    expect(eve.answer.snapshot.peers.map(({ name }) => name)).toEqual(['Ann', 'Eve']);
    await eve.peer.request('sendChat', { text: 'while you were away' });
    await south.cable.restore();
    await Promise.all([north.knows('Bob', 'Dan'), south.knows('Ann', 'Eve')]);
    expect((await bob.peer.event('chatMessage')).message.text).toBe('while you were away');
    expect(toldOf(bob)).not.toContain('chatMessage');
  });
});
