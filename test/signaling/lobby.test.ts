import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestPayload } from '../../src/protocol/requests.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import { accessToken, SignalingHarness } from '../support/signalingHarness.ts';
import type { SignalingPeer } from '../support/signalingPeer.ts';
import { createTestPool } from '../support/testRooms.ts';

/* Who is let into a room: lock, password, waiting room. */

const room = 'standup';
let pool: WorkerPool;
let harness: SignalingHarness;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
const start = async (limits: NonNullable<Parameters<typeof SignalingHarness.start>[1]>['limits'] = {}) => {
  harness = await SignalingHarness.start(pool, { firstIsHost: true, limits: { maxWaiting: 3, ...limits } });
};
beforeEach(() => start());
afterEach(async () => {
  await harness.close();
  expect(harness.signaling.sessions).toBe(0);
});

/** A host in a room that is set like this. */
async function hosted(change: RequestPayload<'changeSettings'>) {
  const ann = await harness.joined(room, { name: 'Ann' });
  await ann.peer.request('changeSettings', change);
  return ann;
}

const stranger = (): Promise<SignalingPeer> => harness.peer().connected();
const lobby = () => harness.registry.rooms.get(room)!.conduct.lobby;

describe('a locked room', () => {
  it('lets nobody in but those who are in, and whom a token makes host', async () => {
    const ann = await hosted({ locked: true });
    const bob = await stranger();
    expect(await bob.codeOf('join', { room })).toBe('locked');
    expect(await bob.codeOf('knock', { room })).toBe('locked');
    const token = await accessToken({ sub: 'boss', video: { roomJoin: true, roomAdmin: true } });
    expect(await (await stranger()).codeOf('join', { room, token })).toBe('ok');
    ann.peer.close();
    const again = await stranger();
    const { sessionToken, snapshot } = ann.answer;
    await again.request('resume', { sessionToken, mediaEpoch: snapshot.mediaEpoch });
    await again.request('leave', {});
    const returned = await (
      await stranger()
    ).request('join', { room, name: 'Ann', proof: ann.answer.proof! });
    expect(returned.snapshot.settings?.locked).toBe(true);
    expect(await bob.codeOf('join', { room })).toBe('locked');
  });
});

describe('a room with a password', () => {
  it('asks for it, and refuses an address that guesses', async () => {
    const ann = await hosted({ password: 'open sesame' });
    expect((await ann.peer.event('settingsChanged')).settings.hasPassword).toBe(true);
    expect(JSON.stringify(ann.answer)).not.toContain('sesame');
    const bob = await stranger();
    expect(await bob.codeOf('join', { room })).toBe('passwordRequired');
    expect(await bob.codeOf('join', { room, password: 'x'.repeat(129) })).toBe('badRequest');
    expect(await bob.codeOf('join', { room, password: 'open sesame' })).toBe('ok');
    const eve = await stranger();
    const codes = [];
    for (let tries = 0; tries < 11; tries += 1)
      codes.push(await eve.codeOf('join', { room, password: `guess ${tries}` }));
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 'wrongPassword'), 'rateLimited']);
    expect(await eve.codeOf('join', { room, password: 'open sesame' })).toBe('rateLimited');
    await ann.peer.request('changeSettings', { password: null });
    expect(await eve.codeOf('join', { room })).toBe('ok');
    // A dozen hashes, which are dear on purpose.
  }, 120_000);
});

describe('a waiting room', () => {
  it('has hosts admit one, deny one, and admit all', async () => {
    const ann = await hosted({ waitingRoom: true });
    const [bob, cid, dan] = [await stranger(), await stranger(), await stranger()];
    expect(await bob.codeOf('join', { room, name: 'Bob' })).toBe('waitingRoom');
    const knock = await bob.request('knock', { room, name: 'Bob' });
    expect(knock.endsIn).toBeGreaterThan(500_000);
    await cid.request('knock', { room, name: 'Cid' });
    const danKnock = await dan.request('knock', { room, name: 'Dan' });
    let waiting = (await ann.peer.event('lobbyChanged')).waiting;
    while (waiting.length < 3) waiting = (await ann.peer.event('lobbyChanged')).waiting;
    expect(waiting.map(({ name }) => name)).toEqual(['Bob', 'Cid', 'Dan']);
    expect(JSON.stringify(waiting)).not.toContain(knock.knock.split('.')[1]);
    expect(await (await stranger()).codeOf('knock', { room, name: 'Eve' })).toBe('limitExceeded');
    // Nobody lets himself in.
    expect(await bob.codeOf('join', { room, knock: knock.knock })).toBe('waitingRoom');
    const one = [waiting[0]!.knockId];
    expect(await ann.peer.request('answerKnocks', { knockIds: one, admit: true })).toEqual({ answered: 1 });
    expect(await bob.event('knockAnswered')).toEqual({ answer: 'admitted' });
    const answer = await bob.request('join', { room, name: 'Bob', knock: knock.knock });
    expect(answer.snapshot.waiting).toBeUndefined();
    expect(await (await stranger()).codeOf('join', { room, knock: knock.knock })).toBe('waitingRoom');
    await ann.peer.request('answerKnocks', { knockIds: [waiting[1]!.knockId], admit: false });
    expect(await cid.event('knockAnswered')).toEqual({ answer: 'denied' });
    expect(await ann.peer.request('answerKnocks', { admit: true })).toEqual({ answered: 1 });
    await dan.event('knockAnswered');
    expect(await dan.codeOf('join', { room, knock: danKnock.knock })).toBe('ok');
    expect(lobby().size).toBe(0);
  });

  it('goes on over a lost socket, ends with a leave, with time, and with the room', async () => {
    const ann = await hosted({ waitingRoom: true });
    const bob = await stranger();
    const { knock } = await bob.request('knock', { room, name: 'Bob' });
    bob.close();
    const again = await stranger();
    expect((await again.request('knock', { room, name: 'Bob', knock })).knock).toBe(knock);
    expect(lobby().waiting).toHaveLength(1);
    await again.request('leave', {});
    expect(lobby().size).toBe(0);
    expect(await again.codeOf('leave', {})).toBe('invalidState');
    await again.request('knock', { room, name: 'Bob' });
    await ann.peer.request('closeRoom', {});
    expect(await again.event('knockAnswered')).toEqual({ answer: 'roomClosed' });
    await harness.close();
    await start({ waitingTimeout: 20 });
    await hosted({ waitingRoom: true });
    const late = await stranger();
    await late.request('knock', { room, name: 'Late' });
    expect(await late.event('knockAnswered')).toEqual({ answer: 'timeout' });
    expect(lobby().size).toBe(0);
  });

  it('is shown to somebody who becomes host, and opened when it is given up', async () => {
    const ann = await hosted({ waitingRoom: true });
    const bob = await stranger();
    const { knock } = await bob.request('knock', { room, name: 'Bob' });
    await ann.peer.request('answerKnocks', { admit: true });
    await bob.event('knockAnswered');
    const { peerId } = await bob.request('join', { room, name: 'Bob', knock });
    const cid = await stranger();
    const other = await cid.request('knock', { room, name: 'Cid' });
    expect(bob.told.map(({ event }) => event)).not.toContain('lobbyChanged');
    await ann.peer.request('setRole', { peerId, role: 'host' });
    expect((await bob.event('lobbyChanged')).waiting).toEqual([expect.objectContaining({ name: 'Cid' })]);
    await bob.request('changeSettings', { waitingRoom: false });
    expect(await cid.event('knockAnswered')).toEqual({ answer: 'admitted' });
    expect(await cid.codeOf('join', { room, knock: other.knock })).toBe('ok');
  });

  it('is not held against who comes first, and keeps the room for those who wait', async () => {
    await harness.close();
    await start({ emptyRoomGrace: 20 });
    const ann = await hosted({ waitingRoom: true });
    const token = await accessToken({ sub: 'bob', video: { roomJoin: true } });
    const bob = await stranger();
    const { knock } = await bob.request('knock', { room, token });
    expect(await (await stranger()).codeOf('join', { room: 'another' })).toBe('ok');
    await ann.peer.request('leave', {});
    await new Promise((resolve) => setTimeout(resolve, 60));
    const host = await (await stranger()).request('join', { room, name: 'Dan' });
    expect(host.snapshot.waiting).toEqual([expect.objectContaining({ name: 'bob', identity: 'bob' })]);
    await bob.request('leave', {});
    expect(knock).toContain('.');
    await until('nobody waits', () => lobby().size === 0);
  });
});

describe('an operator', () => {
  const call = async (path: string, body?: object, video: object = { roomAdmin: true, room }) => {
    const token = await accessToken({ video: { ...video } });
    const response = await fetch(`${harness.url}/api/rooms/${room}/${path}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('sets a room before anybody is in it, and lets in who waits', async () => {
    expect((await call('settings')).status).toBe(404);
    const change = { waitingRoom: true, firstIsHost: false, password: 'sesame' };
    const set = await call('settings', change);
    expect(set).toMatchObject({ status: 200, body: { settings: { waitingRoom: true, hasPassword: true } } });
    expect(JSON.stringify(await call('settings'))).not.toContain('sesame');
    const bob = await stranger();
    // He would be the first, and is nobody’s host here.
    expect(await bob.codeOf('join', { room, password: 'sesame' })).toBe('waitingRoom');
    const { knock } = await bob.request('knock', { room, name: 'Bob', password: 'sesame' });
    expect((await call('waiting')).body).toMatchObject({ waiting: [{ name: 'Bob' }] });
    expect((await call('waiting', { admit: true })).body).toEqual({ answered: 1 });
    await bob.event('knockAnswered');
    const { snapshot } = await bob.request('join', { room, name: 'Bob', knock });
    expect(snapshot.peers[0]?.role).toBeUndefined();
    expect((await call('settings', { lock: true })).status).toBe(400);
    expect((await call('settings', { locked: true }, { roomAdmin: true, room: 'another' })).status).toBe(403);
    expect((await call('waiting', { admit: true }, { roomJoin: true })).status).toBe(403);
  });
});
