import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Sessions } from '../../src/signaling/Sessions.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, rtpCapabilities, vp8SimulcastParameters } from '../support/fabricatedMedia.ts';
import { until } from '../support/processes.ts';
import { SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool, joinPeer } from '../support/testRooms.ts';

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

type Joined = Awaited<ReturnType<SignalingHarness['joined']>>;

async function resumed(joined: Joined) {
  const peer = await harness.peer().connected();
  const { sessionToken, snapshot } = joined.answer;
  return { peer, answer: await peer.request('resume', { sessionToken, mediaEpoch: snapshot.mediaEpoch }) };
}

describe('a session whose socket was lost', () => {
  it('comes back with its transports and what it published, and nobody saw it leave', async () => {
    const ann = await harness.joined('standup', { name: 'Ann' });
    const bob = await harness.joined('standup', { name: 'Bob' });
    const { producerId } = await ann.peer.request('produce', {
      transportId: ann.answer.media.sendTransport.transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opusParameters(),
    });
    const { consumers } = await bob.peer.request('consume', { producerIds: [producerId], rtpCapabilities });
    bob.peer.close();
    await ann.peer.request('sendChat', { text: 'while you were away' });
    const { peer, answer } = await resumed(bob);
    expect(Object.keys(answer.iceParameters).sort()).toEqual(
      [bob.answer.media.sendTransport.transportId, bob.answer.media.recvTransport.transportId].sort(),
    );
    expect(answer.consumerIds).toEqual(consumers.map(({ consumerId }) => consumerId));
    expect(answer.snapshot.chat.map(({ text }) => text)).toEqual(['while you were away']);
    expect(answer.snapshot.peers.map(({ peerId }) => peerId)).toEqual([ann.answer.peerId, bob.answer.peerId]);
    await ann.peer.request('pauseProducer', { producerId });
    await peer.event('producerPaused');
    expect(ann.peer.told.map(({ event }) => event)).not.toContain('peerLeft');
  });

  it('hears again what is needed of its camera', async () => {
    const ann = await harness.joined('standup', { name: 'Ann' });
    const { producerId } = await ann.peer.request('produce', {
      transportId: ann.answer.media.sendTransport.transportId,
      kind: 'video',
      source: 'camera',
      rtpParameters: vp8SimulcastParameters(),
    });
    expect(await ann.peer.event('demandChanged')).toEqual({ producerId, spatialLayer: null });
    ann.peer.close();
    const { peer } = await resumed(ann);
    expect(await peer.event('demandChanged')).toEqual({ producerId, spatialLayer: null });
  });

  it('is dismissed when another socket resumes it, without harm to the peer', async () => {
    const ann = await harness.joined();
    await resumed(ann);
    await ann.peer.disconnected();
    expect(harness.registry.peerCount).toBe(1);
    expect(ann.peer.told).toEqual([]);
  });

  it('is asked to set up media anew when the worker died meanwhile', async () => {
    const ann = await harness.joined();
    const peer = harness.registry.rooms.get('standup')?.peers.get(ann.answer.peerId);
    ann.peer.close();
    const reset = peer!.next('mediaReset');
    process.kill(pool.status()[0]!.pid!, 'SIGKILL');
    await reset;
    const { peer: socket, answer } = await resumed(ann);
    expect(answer.iceParameters).toEqual({});
    expect(answer.snapshot.mediaEpoch).toBe(ann.answer.snapshot.mediaEpoch + 1);
    const media = await socket.request('setUpMedia', {});
    expect(media.mediaEpoch).toBe(answer.snapshot.mediaEpoch);
  });

  it('comes back also when the worker dies in the middle of it', async () => {
    const ann = await harness.joined();
    const peer = harness.registry.rooms.get('standup')!.peers.get(ann.answer.peerId)!;
    const { pid } = pool.status()[0]!;
    ann.peer.close();
    const socket = await harness.peer().connected();
    process.kill(pid!, 'SIGSTOP');
    const asked = jest.spyOn(peer.transports, 'restartAllIce');
    const { sessionToken, snapshot } = ann.answer;
    const answer = socket.request('resume', { sessionToken, mediaEpoch: snapshot.mediaEpoch });
    await until('the worker is asked', () => asked.mock.calls.length > 0);
    process.kill(pid!, 'SIGKILL');
    expect((await answer).iceParameters).toEqual({});
    await socket.event('mediaReset');
    await socket.request('setUpMedia', {});
  });

  it('cannot be resumed with a wrong token, after leaving, or by a socket that has joined', async () => {
    const ann = await harness.joined();
    const bob = await harness.joined();
    const stranger = await harness.peer().connected();
    const resume = (sessionToken: string) => ({ sessionToken, mediaEpoch: 1 });
    expect(await stranger.codeOf('resume', resume('guess'))).toBe('notFound');
    expect(await bob.peer.codeOf('resume', resume(ann.answer.sessionToken))).toBe('invalidState');
    await ann.peer.request('leave', {});
    expect(await stranger.codeOf('resume', resume(ann.answer.sessionToken))).toBe('notFound');
  });
});

describe('a session that does not come back', () => {
  let hasty: SignalingHarness;

  beforeEach(async () => {
    hasty = await SignalingHarness.start(pool, { limits: { gracePeriod: 1 } });
  });
  afterEach(async () => {
    await hasty.close();
    expect(hasty.signaling.sessions).toBe(0);
  });

  it('ends with "timeout" after the grace period', async () => {
    const ann = await hasty.joined();
    const bob = await hasty.joined();
    ann.peer.close();
    expect(await bob.peer.event('peerLeft')).toEqual({ peerId: ann.answer.peerId, reason: 'timeout' });
  });

  it('ends also when its socket went in the middle of the join', async () => {
    const stayer = await hasty.joined();
    const room = hasty.registry.rooms.get('standup')!;
    for (let i = 0; i < 10; i++) {
      const leaver = await hasty.peer().connected();
      const arrived = room.next('peerJoined');
      leaver.socket.emit('join', { room: 'standup' }, () => undefined);
      const [peer] = await arrived;
      const closed = peer.next('closed');
      leaver.close();
      await closed;
    }
    expect([...room.peers.keys()]).toEqual([stayer.answer.peerId]);
  });

  it('is none for a peer that was replaced in the turn in which it joined', async () => {
    const room = hasty.registry.getOrCreate('standup');
    const peer = await joinPeer(room);
    const sessions = new Sessions();
    peer.close('replaced');
    expect(() => sessions.create(peer, room)).toThrow(expect.objectContaining({ code: 'invalidState' }));
    expect(sessions.size).toBe(0);
  });

  it('ends also when no socket ever sat down', async () => {
    const room = hasty.registry.getOrCreate('standup');
    const peer = await joinPeer(room);
    const closed = peer.next('closed');
    new Sessions().create(peer, room);
    expect(await closed).toEqual(['timeout']);
  });
});
