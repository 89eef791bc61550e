import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, vp8SimulcastParameters } from '../support/fabricatedMedia.ts';
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
afterEach(async () => {
  await harness.close();
});

const codeOfJoin = async (payload: Record<string, unknown>): Promise<string> => {
  const peer = await harness.peer().connected();
  return peer.codeOf('join', { room: 'standup', ...payload });
};

describe('a server that wants tokens', () => {
  beforeEach(async () => {
    harness = await SignalingHarness.start(pool, { open: false });
  });

  it('lets nobody in without one', async () => {
    expect(await codeOfJoin({})).toBe('unauthorized');
    expect(harness.registry.rooms.size).toBe(0);
  });

  it('refuses tokens that do not verify', async () => {
    expect(await codeOfJoin({ token: 'garbage' })).toBe('unauthorized');
    expect(
      await codeOfJoin({ token: await accessToken({}, { secret: 'another secret of 32 bytes, and more' }) }),
    ).toBe('unauthorized');
    expect(await codeOfJoin({ token: await accessToken({}, { issuer: 'somebody' }) })).toBe('unauthorized');
    expect(await codeOfJoin({ token: await accessToken({}, { expires: 1_000_000 }) })).toBe('unauthorized');
    const [, body] = (await accessToken()).split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body ?? ''}.`;
    expect(await codeOfJoin({ token: none })).toBe('unauthorized');
  });

  it('refuses a token without a join grant or for another room', async () => {
    expect(await codeOfJoin({ token: await accessToken({ video: {} }) })).toBe('forbidden');
    expect(await codeOfJoin({ token: await accessToken({ video: { roomJoin: true, room: 'other' } }) })).toBe(
      'forbidden',
    );
  });

  it('takes identity, name and metadata from the token', async () => {
    const token = await accessToken({
      sub: 'ann',
      name: 'Ann',
      metadata: 'blue',
      video: { roomJoin: true, room: 'standup' },
    });
    const { answer } = await harness.joined('standup', { token, name: 'Impostor' });
    expect(answer.snapshot.peers[0]).toMatchObject({ identity: 'ann', name: 'Ann', metadata: 'blue' });
  });

  it('cuts a name that is too long for a tile, and takes control characters out of it', async () => {
    const token = await accessToken({ sub: 'ann', name: ` Ann\u0000\n${'n'.repeat(80)}` });
    const { answer } = await harness.joined('standup', { token });
    expect(answer.snapshot.peers[0]?.name).toBe(`Ann ${'n'.repeat(60)}`);
  });

  it('replaces a peer of the same identity and tells it why', async () => {
    const token = await accessToken({ sub: 'ann' });
    const first = await harness.joined('standup', { token });
    const second = await harness.joined('standup', { token });
    expect(await first.peer.event('removed')).toEqual({ reason: 'replaced' });
    expect(second.answer.snapshot.peers).toHaveLength(1);
  });

  it('holds a peer to its grants', async () => {
    const token = await accessToken({
      sub: 'ann',
      video: {
        roomJoin: true,
        canPublishSources: ['microphone'],
        canSubscribe: false,
        canPublishData: false,
      },
    });
    const { peer, answer } = await harness.joined('standup', { token });
    expect(answer.permissions).toEqual({
      canPublish: true,
      canPublishSources: ['microphone'],
      canSubscribe: false,
      canPublishData: false,
      canUpdateOwnMetadata: false,
      roomAdmin: false,
    });
    const { transportId } = answer.media.sendTransport;
    const camera = { transportId, kind: 'video', source: 'camera', rtpParameters: vp8SimulcastParameters() };
    expect(await peer.codeOf('produce', camera)).toBe('forbidden');
    expect(await peer.codeOf('consume', { producerIds: ['x'], rtpCapabilities: {} })).toBe('forbidden');
    expect(await peer.codeOf('sendChat', { text: 'hi' })).toBe('forbidden');
    expect(await peer.codeOf('updateSelf', { name: 'Bob' })).toBe('forbidden');
    expect(await peer.codeOf('removePeer', { peerId: answer.peerId })).toBe('forbidden');
    expect(await peer.codeOf('closeRoom', {})).toBe('forbidden');
    const data = { transportId, sctpStreamParameters: { streamId: 0, ordered: true } };
    expect(await peer.codeOf('produceData', data)).toBe('forbidden');
    const microphone = { transportId, kind: 'audio', source: 'microphone', rtpParameters: opusParameters() };
    expect(await peer.codeOf('produce', microphone)).toBe('ok');
  });

  it('grants nothing for a source that it does not know', async () => {
    const video = { roomJoin: true, canPublishSources: ['mikrophone', 'constructor'] };
    const { peer, answer } = await harness.joined('standup', { token: await accessToken({ video }) });
    expect(answer.permissions).toMatchObject({ canPublish: false, canPublishSources: [] });
    const { transportId } = answer.media.sendTransport;
    const microphone = { transportId, kind: 'audio', source: 'microphone', rtpParameters: opusParameters() };
    expect(await peer.codeOf('produce', microphone)).toBe('forbidden');
  });

  it('keeps one peer of an identity that joins many times at once, and no session of the others', async () => {
    const token = await accessToken({ sub: 'ann' });
    const peers = await Promise.all(Array.from({ length: 20 }, () => harness.peer().connected()));
    await Promise.all(peers.map((peer) => peer.codeOf('join', { room: 'standup', token })));
    expect(harness.registry.peerCount).toBe(1);
    expect(harness.signaling.sessions).toBe(1);
  });

  it('lets an admin remove a peer, close its producer and close the room', async () => {
    const admin = await harness.joined('standup', {
      token: await accessToken({ sub: 'boss', video: { roomJoin: true, roomAdmin: true } }),
    });
    const guest = await harness.joined('standup', { token: await accessToken({ sub: 'guest' }) });
    const other = await harness.joined('standup', { token: await accessToken({ sub: 'other' }) });
    const { producerId } = await guest.peer.request('produce', {
      transportId: guest.answer.media.sendTransport.transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opusParameters(),
    });
    await admin.peer.request('closeProducer', { producerId });
    expect(await guest.peer.event('producerClosed')).toMatchObject({ producerId, reason: 'removed' });
    await admin.peer.request('removePeer', { peerId: guest.answer.peerId });
    expect(await guest.peer.event('removed')).toEqual({ reason: 'removed' });
    expect(await other.peer.event('peerLeft')).toEqual({ peerId: guest.answer.peerId, reason: 'removed' });
    expect(await admin.peer.codeOf('removePeer', { peerId: 'nobody' })).toBe('notFound');
    await admin.peer.request('closeRoom', {});
    expect(await other.peer.event('removed')).toEqual({ reason: 'roomClosed' });
    expect(harness.registry.rooms.size).toBe(0);
  });
});

describe('an open server', () => {
  beforeEach(async () => {
    harness = await SignalingHarness.start(pool, { open: true });
  });

  it('lets everybody in, but nobody as an admin', async () => {
    const { answer } = await harness.joined('standup', { name: 'Ann' });
    expect(answer.permissions).toMatchObject({ canPublish: true, roomAdmin: false });
  });

  it('verifies a token all the same when one is presented', async () => {
    expect(await codeOfJoin({ token: 'garbage' })).toBe('unauthorized');
  });
});
