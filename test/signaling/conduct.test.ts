import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestName, RequestPayload } from '../../src/protocol/requests.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, vp8SimulcastParameters } from '../support/fabricatedMedia.ts';
import { accessToken, SignalingHarness } from '../support/signalingHarness.ts';
import type { SignalingPeer } from '../support/signalingPeer.ts';
import { createTestPool } from '../support/testRooms.ts';
import { until } from '../support/processes.ts';

/* Who does what in a room, over real sockets. */

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
  harness = await SignalingHarness.start(pool, { firstIsHost: true, limits: { hostGrace: 50 } });
});
afterEach(async () => {
  await harness.close();
  expect(harness.signaling.sessions).toBe(0);
});

type Joined = Awaited<ReturnType<SignalingHarness['joined']>>;
const joined = (name: string, rest: object = {}): Promise<Joined> =>
  harness.joined('standup', { name, ...rest });
const idOf = ({ answer }: Joined): string => answer.peerId;
const roleOf = (joined: Joined, of: Joined = joined): string =>
  joined.answer.snapshot.peers.find(({ peerId }) => peerId === idOf(of))?.role ?? 'speaker';
const setsTo = ({ peer }: Joined, change: RequestPayload<'changeSettings'>) =>
  peer.request('changeSettings', change);

/** Waits until the peer was told this of another one. */
async function hearsOf(by: SignalingPeer, peerId: string, expected: object): Promise<void> {
  for (;;) {
    const told = await by.event('peerUpdated');
    if (told.peerId === peerId) {
      expect(told).toMatchObject(expected);
      return;
    }
  }
}

const publish = ({ peer, answer }: Joined, source: 'microphone' | 'camera' | 'screen', paused = false) =>
  peer.raw('produce', {
    transportId: answer.media.sendTransport.transportId,
    kind: source === 'microphone' ? 'audio' : 'video',
    source,
    rtpParameters: source === 'microphone' ? opusParameters() : vp8SimulcastParameters(),
    paused,
  }) as Promise<{ ok: true; data: { producerId: string } } | { ok: false; error: { code: string } }>;

describe('roles', () => {
  it('make the first one host, who appoints others and hands over', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    expect([roleOf(ann), roleOf(bob)]).toEqual(['host', 'speaker']);
    expect(await bob.peer.codeOf('setRole', { peerId: idOf(bob), role: 'host' })).toBe('forbidden');
    expect(await ann.peer.codeOf('setRole', { peerId: idOf(ann), role: 'speaker' })).toBe('invalidState');
    await ann.peer.request('setRole', { peerId: idOf(bob), role: 'host' });
    await hearsOf(bob.peer, idOf(bob), { role: 'host' });
    await ann.peer.request('setRole', { peerId: idOf(ann), role: 'speaker' });
    expect(await ann.peer.codeOf('muteEveryone', {})).toBe('forbidden');
    expect(await ann.peer.codeOf('setRole', { peerId: 'nobody', role: 'host' })).toBe('forbidden');
    expect(await bob.peer.codeOf('setRole', { peerId: 'nobody', role: 'host' })).toBe('notFound');
    expect(await bob.peer.codeOf('setRole', { peerId: idOf(ann), role: 'king' })).toBe('badRequest');
  });

  it('are nobody’s to take from those to whom a token gives them', async () => {
    const ann = await joined('Ann');
    const token = await accessToken({ sub: 'boss', video: { roomJoin: true, roomAdmin: true } });
    const boss = await joined('Boss', { token });
    expect(roleOf(boss)).toBe('host');
    for (const [name, payload] of [
      ['setRole', { role: 'viewer' }],
      ['mutePeer', {}],
      ['removePeer', {}],
    ] as const)
      expect([name, await ann.peer.codeOf(name, { peerId: idOf(boss), ...payload })]).toEqual([
        name,
        'forbidden',
      ]);
    // A host by the call’s grace has no part in what is the server’s.
    expect(await ann.peer.codeOf('startRecording', {})).toBe('forbidden');
    expect(await ann.peer.codeOf('configureRoom', { lastN: 1 })).toBe('forbidden');
    expect(ann.answer.permissions.roomAdmin).toBe(false);
  });

  it('come back to whoever shows who it was, and not to a stranger', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    await ann.peer.request('leave', {});
    expect(roleOf(await joined('Impostor', { proof: `${idOf(ann)}.guess` }))).toBe('speaker');
    const again = await joined('Ann', { proof: ann.answer.proof });
    expect(roleOf(again)).toBe('host');
    // It counts once.
    expect(roleOf(await joined('Ann too', { proof: ann.answer.proof }))).toBe('speaker');
    await again.peer.request('removePeer', { peerId: idOf(bob) });
    expect((await bob.peer.event('removed')).reason).toBe('removed');
  });

  it('pass to the one who has been there for longest when no host is left', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    const cid = await joined('Cid');
    await ann.peer.request('leave', {});
    await hearsOf(cid.peer, idOf(bob), { role: 'host' });
    await bob.peer.request('muteEveryone', {});
  });

  it('survive a lost socket, with the hand', async () => {
    const ann = await joined('Ann');
    await ann.peer.request('setHand', { raised: true });
    ann.peer.close();
    const peer = await harness.peer().connected();
    const { sessionToken, snapshot } = ann.answer;
    const answer = await peer.request('resume', { sessionToken, mediaEpoch: snapshot.mediaEpoch });
    expect(answer.snapshot.peers).toEqual([
      expect.objectContaining({ role: 'host', handRaisedAt: expect.any(Number) }),
    ]);
  });
});

describe('a webinar', () => {
  it('has viewers, whom a host lets speak and not any more', async () => {
    const ann = await joined('Ann');
    await setsTo(ann, { webinar: true });
    const bob = await joined('Bob');
    expect([roleOf(bob), bob.answer.permissions.canPublish]).toEqual(['viewer', false]);
    expect(await publish(bob, 'microphone')).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    await bob.peer.request('setHand', { raised: true });
    await hearsOf(ann.peer, idOf(bob), { role: 'viewer', handRaisedAt: expect.any(Number) });
    await ann.peer.request('setRole', { peerId: idOf(bob), role: 'speaker' });
    expect((await bob.peer.event('permissionsChanged')).permissions.canPublish).toBe(true);
    const told = await ann.peer.event('peerUpdated');
    expect(told).toEqual({ peerId: idOf(bob), name: 'Bob' });
    const published = await publish(bob, 'microphone');
    expect(published.ok).toBe(true);
    await ann.peer.request('setRole', { peerId: idOf(bob), role: 'viewer' });
    expect((await ann.peer.event('producerClosed')).reason).toBe('removed');
    expect(await publish(bob, 'microphone')).toMatchObject({ ok: false });
    await setsTo(ann, { webinar: false });
    await until('Bob may speak', async () => (await publish(bob, 'microphone', true)).ok);
  });
});

describe('hands', () => {
  it('are in order for everybody, and are lowered by their owner or a host', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    const cid = await joined('Cid');
    await cid.peer.request('setHand', { raised: true });
    await bob.peer.request('setHand', { raised: true });
    await bob.peer.request('setHand', { raised: true });
    const dan = await joined('Dan');
    const raised = dan.answer.snapshot.peers
      .filter(({ handRaisedAt }) => handRaisedAt !== undefined)
      .sort((a, b) => a.handRaisedAt! - b.handRaisedAt!);
    expect(raised.map(({ name }) => name)).toEqual(['Cid', 'Bob']);
    expect(await bob.peer.codeOf('lowerHands', {})).toBe('forbidden');
    await cid.peer.request('setHand', { raised: false });
    await hearsOf(dan.peer, idOf(cid), { name: 'Cid' });
    await ann.peer.request('lowerHands', {});
    await until('no hand is up', () => harness.registry.rooms.get('standup')?.conduct.hands.length === 0);
  });
});

describe('reactions', () => {
  it('are shown to everybody, and refused when they are none or too many', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    for (const reaction of ['', 'no', ' ', '\u0000', '\ud83d', 'a'.repeat(20), '👍👍', '\u200d'])
      expect([reaction, await bob.peer.codeOf('sendReaction', { reaction })]).toEqual([
        reaction,
        'badRequest',
      ]);
    await bob.peer.request('sendReaction', { reaction: '👍🏽' });
    expect(await ann.peer.event('reaction')).toEqual({ peerId: idOf(bob), reaction: '👍🏽' });
    const codes = await Promise.all(
      Array.from({ length: 12 }, () => bob.peer.codeOf('sendReaction', { reaction: '🎉' })),
    );
    expect(codes.filter((code) => code === 'rateLimited')).toHaveLength(3);
    expect(await ann.peer.codeOf('sendReaction', { reaction: '❤️' })).toBe('ok');
  });
});

describe('the stage', () => {
  it('is set by hosts for everybody, in their order', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    expect(await bob.peer.codeOf('setSpotlight', { peerIds: [idOf(bob)] })).toBe('forbidden');
    expect(await ann.peer.codeOf('setSpotlight', { peerIds: ['nobody'] })).toBe('notFound');
    await ann.peer.request('setSpotlight', { peerIds: [idOf(bob), idOf(ann)] });
    const cid = await joined('Cid');
    const places = cid.answer.snapshot.peers.map(({ name, spotlightAt }) => [name, spotlightAt]);
    expect(places).toEqual([
      ['Ann', 1],
      ['Bob', 0],
      ['Cid', undefined],
    ]);
    await ann.peer.request('setSpotlight', { peerIds: [] });
    await hearsOf(cid.peer, idOf(ann), { role: 'host' });
  });
});

describe('a host', () => {
  it('mutes a microphone, ends a camera, and asks to unmute', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    const microphone = await publish(bob, 'microphone');
    const camera = await publish(bob, 'camera');
    if (!microphone.ok || !camera.ok) throw new Error('not published');
    expect(await bob.peer.codeOf('mutePeer', { peerId: idOf(ann) })).toBe('forbidden');
    await ann.peer.request('mutePeer', { peerId: idOf(bob) });
    expect(await bob.peer.event('producerMuted')).toEqual(microphone.data);
    await ann.peer.request('mutePeer', { peerId: idOf(bob), source: 'camera' });
    expect(await bob.peer.event('producerClosed')).toMatchObject({ ...camera.data, reason: 'removed' });
    await ann.peer.request('askToUnmute', { peerId: idOf(bob) });
    expect(await bob.peer.event('unmuteAsked')).toEqual({ by: idOf(ann) });
    await bob.peer.request('resumeProducer', microphone.data);
    await ann.peer.request('muteEveryone', {});
    expect(await bob.peer.event('producerMuted')).toEqual(microphone.data);
  });

  it('can do everything else after they changed settings as often as they may', async () => {
    const ann = await joined('Ann');
    const codes: string[] = [];
    for (let times = 0; times < 11; times += 1)
      codes.push(await ann.peer.codeOf('changeSettings', { locked: times % 2 === 0 }));
    expect(codes.at(-1)).toBe('rateLimited');
    await ann.peer.request('muteEveryone', {});
    await ann.peer.request('sendChat', { text: 'settled' });
  });

  it('has unmuting go through its hands, where it is set so', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    const microphone = await publish(bob, 'microphone');
    if (!microphone.ok) throw new Error('not published');
    await setsTo(ann, { unmute: false, screenShare: false });
    expect((await bob.peer.event('settingsChanged')).settings).toMatchObject({ unmute: false });
    expect(await publish(bob, 'screen')).toMatchObject({ error: { code: 'forbidden' } });
    // Who is heard goes on, until it is not heard any more.
    await bob.peer.request('pauseProducer', microphone.data);
    expect(await bob.peer.codeOf('resumeProducer', microphone.data)).toBe('forbidden');
    const cid = await joined('Cid');
    expect(await publish(cid, 'microphone')).toMatchObject({ error: { code: 'forbidden' } });
    expect(await publish(cid, 'microphone', true)).toMatchObject({ ok: true });
    await ann.peer.request('askToUnmute', { peerId: idOf(bob) });
    await bob.peer.request('resumeProducer', microphone.data);
    expect(await publish(ann, 'screen')).toMatchObject({ ok: true });
  });

  it('ends the call for all', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    expect(await bob.peer.codeOf('closeRoom', {})).toBe('forbidden');
    await ann.peer.request('closeRoom', {});
    expect((await bob.peer.event('removed')).reason).toBe('roomClosed');
  });
});

describe('messages', () => {
  it('answer others, and go to one alone', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    const cid = await joined('Cid');
    const { message } = await ann.peer.request('sendChat', { text: 'hello' });
    const secret = await bob.peer.request('sendChat', {
      text: 'psst',
      to: idOf(ann),
      replyTo: message.messageId,
    });
    expect(secret.message).toMatchObject({ to: idOf(ann), replyTo: message.messageId });
    await ann.peer.event('chatMessage');
    expect((await ann.peer.event('chatMessage')).message).toEqual(secret.message);
    expect((await cid.peer.event('chatMessage')).message.text).toBe('hello');
    const dan = await joined('Dan');
    expect(dan.answer.snapshot.chat.map(({ text }) => text)).toEqual(['hello']);
    expect(cid.peer.told.map(({ event }) => event)).not.toContain('chatMessage');
    expect(await bob.peer.codeOf('sendChat', { text: 'hi', to: 'nobody' })).toBe('notFound');
    expect(await bob.peer.codeOf('sendChat', { text: 'hi', to: idOf(bob) })).toBe('notFound');
    ann.peer.close();
    await bob.peer.request('sendChat', { text: 'while you were away', to: idOf(ann) });
    const peer = await harness.peer().connected();
    const { sessionToken, snapshot } = ann.answer;
    const answer = await peer.request('resume', { sessionToken, mediaEpoch: snapshot.mediaEpoch });
    expect(answer.snapshot.chat.map(({ text }) => text)).toEqual(['hello', 'psst', 'while you were away']);
  });

  it('are for hosts where they say so', async () => {
    const ann = await joined('Ann');
    const bob = await joined('Bob');
    await setsTo(ann, { chat: false });
    expect(await bob.peer.codeOf('sendChat', { text: 'hi' })).toBe('forbidden');
    expect(await bob.peer.codeOf('sendChat', { text: 'hi', to: idOf(ann) })).toBe('forbidden');
    expect(await ann.peer.codeOf('sendChat', { text: 'hi' })).toBe('ok');
  });
});

describe('what only hosts may do', () => {
  it('is refused to everybody else, and to nobody in particular', async () => {
    await joined('Ann');
    const bob = await joined('Bob');
    const requests: [RequestName, object][] = [
      ['lowerHands', {}],
      ['setRole', { peerId: idOf(bob), role: 'speaker' }],
      ['setSpotlight', { peerIds: [] }],
      ['mutePeer', { peerId: idOf(bob) }],
      ['muteEveryone', {}],
      ['askToUnmute', { peerId: idOf(bob) }],
      ['removePeer', { peerId: idOf(bob) }],
      ['changeSettings', { locked: true }],
      ['answerKnocks', { admit: true }],
      ['closeRoom', {}],
    ];
    const stranger = await harness.peer().connected();
    for (const [name, payload] of requests) {
      expect([name, await bob.peer.codeOf(name, payload)]).toEqual([name, 'forbidden']);
      expect([name, await stranger.codeOf(name, payload)]).toEqual([name, 'invalidState']);
    }
  });
});
