import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { RequestAnswers } from '../../src/protocol/requests.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import { accessToken, SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let harness: SignalingHarness;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await SignalingHarness.start(pool);
});
afterEach(async () => {
  await harness.close();
  expect(harness.signaling.sessions).toBe(0);
});

/** Whether the drain is over by now. */
async function isOver(): Promise<boolean> {
  return Promise.race([harness.drain.over.then(() => true), Promise.resolve(false)]);
}

describe('a drain', () => {
  it('lets nobody in any more, into no room, with a code that says to try again', async () => {
    await harness.joined('standup');
    harness.drain.begin();
    const late = await harness.peer().connected();
    expect(await late.codeOf('join', { room: 'standup' })).toBe('unavailable');
    expect(await late.codeOf('join', { room: 'another' })).toBe('unavailable');
    expect([...harness.registry.rooms.keys()]).toEqual(['standup']);
  });

  it('lets calls go on, and who lost its socket come back to its own', async () => {
    const ann = await harness.joined('standup');
    const bob = await harness.joined('standup');
    harness.drain.begin();
    await ann.peer.request('sendChat', { text: 'still here' });
    bob.peer.close();
    const back = await harness.peer().connected();
    const { sessionToken, snapshot } = bob.answer;
    await back.request('resume', { sessionToken, mediaEpoch: snapshot.mediaEpoch });
    expect(await back.event('draining')).toMatchObject({ endsIn: expect.any(Number) });
    expect(await isOver()).toBe(false);
  });

  it('tells everybody how long calls go on and when to come back: one after the other, room by room', async () => {
    const joined = [];
    for (const room of ['one', 'other', 'one', 'other']) joined.push(await harness.joined(room));
    harness.drain.begin();
    const told = await Promise.all(joined.map(({ peer }) => peer.event('draining')));
    expect(told.map(({ comeBackAfter }) => comeBackAfter)).toEqual([0, 40, 20, 60]);
    for (const fact of told) {
      expect(fact.endsIn).toBeGreaterThan(50_000);
      expect(fact).not.toHaveProperty('token');
    }
  });

  it('waits for a join that is under way, and tells it too', async () => {
    const peer = await harness.peer().connected();
    harness.registry.once('roomCreated', () => harness.drain.begin());
    await peer.request('join', { room: 'standup' });
    expect(await peer.event('draining')).toMatchObject({ comeBackAfter: 0 });
    expect(await isOver()).toBe(false);
    await peer.request('leave', {});
    expect(await harness.drain.over).toBe(true);
  });

  it('is over when a join that was under way fails', async () => {
    const peer = await harness.peer().connected();
    harness.registry.once('roomCreated', (room) => {
      harness.drain.begin();
      room.close('roomClosed');
    });
    expect(await peer.codeOf('join', { room: 'standup' })).toBe('invalidState');
    expect(await harness.drain.over).toBe(true);
  });

  it('is over at once when nobody is in', async () => {
    harness.drain.begin();
    expect(await harness.drain.over).toBe(true);
  });

  it('is over when the last one has left, however they leave', async () => {
    const [ann, bob, cyd] = [
      await harness.joined('one'),
      await harness.joined('other'),
      await harness.joined('other'),
    ];
    harness.drain.begin();
    await ann.peer.request('leave', {});
    expect(await isOver()).toBe(false);
    harness.registry.rooms.get('other')?.removePeer(bob.answer.peerId);
    expect(await isOver()).toBe(false);
    await cyd.peer.request('leave', {});
    expect(await harness.drain.over).toBe(true);
  });

  it('begins once, however often it is begun', async () => {
    const { peer } = await harness.joined('standup');
    let begun = 0;
    harness.drain.on('began', () => (begun += 1));
    harness.drain.begin();
    harness.drain.begin();
    await peer.event('draining');
    harness.drain.begin();
    await peer.request('sendChat', { text: 'a round trip' });
    expect(begun).toBe(1);
    expect(peer.told.map(({ event }) => event)).not.toContain('draining');
  });

  it('can be cut short, but only once it has begun', async () => {
    await harness.joined('standup');
    harness.drain.cutShort();
    expect(harness.drain.begun).toBe(false);
    harness.drain.begin();
    harness.drain.cutShort();
    harness.drain.cutShort();
    expect(await harness.drain.over).toBe(false);
  });
});

describe('the deadline of a drain', () => {
  it('ends it although somebody never leaves', async () => {
    const short = await SignalingHarness.start(pool, { drainDeadline: 50 });
    await short.joined('standup');
    expect(short.drain.endsIn).toBe(50);
    short.drain.begin();
    expect(await short.drain.over).toBe(false);
    expect(short.drain.endsIn).toBe(0);
    await short.close();
  });
});

describe('the token that a drain gives out', () => {
  const video = {
    roomJoin: true,
    room: 'standup',
    roomAdmin: true,
    canPublishSources: ['microphone', 'screen_share_audio'],
    canSubscribe: false,
  };

  async function renewed(metadata?: string): Promise<string> {
    const token = await accessToken(
      { sub: 'ann@example.org', name: 'Ann', video, ...(metadata === undefined ? {} : { metadata }) },
      { expires: Math.floor(Date.now() / 1000) + 5 },
    );
    const { peer } = await harness.joined('standup', { token });
    harness.drain.begin();
    const fact = await peer.event('draining');
    return fact.token ?? '';
  }

  it('lets its bearer into the same room of another server as the same person, when the first one has run out', async () => {
    const token = await renewed('blue');
    const { exp = 0 } = decodeJwt(token);
    expect(exp).toBeGreaterThan(Date.now() / 1000 + 600);
    const next = await SignalingHarness.start(pool, { open: false });
    const { peer, answer } = await next.joined('standup', { token, name: 'somebody else' });
    expect(answer.snapshot.peers).toMatchObject([
      { identity: 'ann@example.org', name: 'Ann', metadata: 'blue' },
    ]);
    const expected: RequestAnswers['join']['permissions'] = {
      canPublish: true,
      canPublishSources: ['microphone', 'screenAudio'],
      canSubscribe: false,
      canPublishData: true,
      canUpdateOwnMetadata: false,
      roomAdmin: true,
    };
    expect(answer.permissions).toEqual(expected);
    await peer.request('leave', {});
    expect(await peer.codeOf('join', { room: 'another', token })).toBe('forbidden');
    await next.close();
  });

  it('says what the bearer is called by now', async () => {
    const token = await accessToken({
      name: 'Ann',
      metadata: 'blue',
      video: { roomJoin: true, canUpdateOwnMetadata: true },
    });
    const { peer } = await harness.joined('standup', { token });
    await peer.request('updateSelf', { name: 'Anna', metadata: 'green' });
    harness.drain.begin();
    const claims = decodeJwt((await peer.event('draining')).token ?? '');
    expect(claims['name']).toBe('Anna');
    // The client says the new one itself: together with it the token might not fit into a join.
    expect(claims).not.toHaveProperty('metadata');
  });
});

describe('a node that ends after a drain', () => {
  it('closes sockets without a word, so that clients come back', async () => {
    const { peer } = await harness.joined('standup');
    harness.drain.begin();
    harness.drain.cutShort();
    const gone = peer.disconnected();
    const closed = harness.signaling.close();
    harness.registry.close();
    await Promise.all([gone, closed]);
    await until('the sessions to end', () => harness.signaling.sessions === 0);
    expect(peer.told.map(({ event }) => event)).not.toContain('removed');
  });
});
