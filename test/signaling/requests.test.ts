import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventPayloads } from '../../src/protocol/events.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import {
  dtlsParameters,
  opusParameters,
  rtpCapabilities,
  unknownCodecParameters,
  vp8SimulcastParameters,
} from '../support/fabricatedMedia.ts';
import { SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let harness: SignalingHarness;

type Joined = Awaited<ReturnType<SignalingHarness['joined']>>;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await SignalingHarness.start(pool, { limits: { maxPeersPerRoom: 3, chatHistory: 10 } });
});
afterEach(async () => {
  await harness.close();
});

const microphoneOf = ({ answer }: Joined, overrides: Record<string, unknown> = {}) => ({
  transportId: answer.media.sendTransport.transportId,
  kind: 'audio' as const,
  source: 'microphone' as const,
  rtpParameters: opusParameters(),
  ...overrides,
});

describe('join', () => {
  it('answers with all that media needs, and tells the others', async () => {
    const ann = await harness.joined('standup', { name: 'Ann' });
    const bob = await harness.joined('standup', { name: 'Bob' });
    expect(bob.answer.snapshot.peers.map(({ name }) => name)).toEqual(['Ann', 'Bob']);
    expect(bob.answer.media.iceServers).toEqual([{ urls: 'stun:stun.example.org' }]);
    expect(bob.answer.media.mediaEpoch).toBe(bob.answer.snapshot.mediaEpoch);
    expect(await ann.peer.event('peerJoined')).toMatchObject({
      peer: { name: 'Bob', peerId: bob.answer.peerId },
    });
    expect(bob.peer.told).toEqual([]);
  });

  it('refuses bad room names, a second join, and a peer too many', async () => {
    const { peer } = await harness.joined();
    const stranger = await harness.peer().connected();
    for (const room of ['', '.', '..', 'a/b', 'ä', 'x'.repeat(65), 5]) {
      expect(await stranger.codeOf('join', { room })).toBe('badRequest');
    }
    expect(await stranger.codeOf('join', { room: 'standup', name: 'a\u0000b' })).toBe('badRequest');
    expect(await peer.codeOf('join', { room: 'standup' })).toBe('invalidState');
    await harness.joined();
    await harness.joined();
    expect(await stranger.codeOf('join', { room: 'standup' })).toBe('limitExceeded');
    expect(await stranger.codeOf('join', { room: 'elsewhere' })).toBe('ok');
  });

  it('gives one peer to a socket that asks twice at once', async () => {
    const peer = await harness.peer().connected();
    const codes = await Promise.all([1, 2, 3].map(() => peer.codeOf('join', { room: 'standup' })));
    expect(codes).toEqual(['ok', 'invalidState', 'invalidState']);
    expect(harness.registry.peerCount).toBe(1);
  });

  it('leaves nobody in the room when it took longer than its client was told', async () => {
    const hurried = await SignalingHarness.start(pool, { requestDeadline: 1 });
    const room = hurried.registry.getOrCreate('standup');
    const left = room.next('peerLeft');
    const peer = await hurried.peer().connected();
    const { pid } = pool.status()[0]!;
    process.kill(pid!, 'SIGSTOP');
    const code = await peer.codeOf('join', { room: 'standup' });
    process.kill(pid!, 'SIGCONT');
    expect(code).toBe('timeout');
    expect((await left)[1]).toBe('left');
    expect(hurried.signaling.sessions).toBe(0);
    await hurried.close();
  });

  it('can follow a leave on the same socket', async () => {
    const { peer, answer } = await harness.joined();
    await peer.request('leave', {});
    const again = await peer.request('join', { room: 'standup' });
    expect(again.peerId).not.toBe(answer.peerId);
    expect(again.snapshot.peers).toHaveLength(1);
  });
});

describe('publishing and subscribing over sockets', () => {
  it('goes the whole way, and back', async () => {
    const ann = await harness.joined();
    const bob = await harness.joined();
    await ann.peer.request('connectTransport', {
      transportId: ann.answer.media.sendTransport.transportId,
      dtlsParameters,
    });
    const { producerId } = await ann.peer.request('produce', microphoneOf(ann));
    expect(await bob.peer.event('newProducer')).toEqual({
      producer: { producerId, peerId: ann.answer.peerId, kind: 'audio', source: 'microphone', paused: false },
    });
    const { consumers, refused } = await bob.peer.request('consume', {
      producerIds: [producerId],
      rtpCapabilities,
    });
    expect(refused).toEqual([]);
    const consumerIds = consumers.map(({ consumerId }) => consumerId);
    await bob.peer.request('resumeConsumers', { consumerIds });
    await bob.peer.request('pauseConsumers', { consumerIds });
    await ann.peer.request('pauseProducer', { producerId });
    expect(await bob.peer.event('producerPaused')).toEqual({ peerId: ann.answer.peerId, producerId });
    await ann.peer.request('resumeProducer', { producerId });
    expect(await bob.peer.event('producerResumed')).toEqual({ peerId: ann.answer.peerId, producerId });
    await ann.peer.request('closeProducer', { producerId });
    expect(await bob.peer.event('producerClosed')).toMatchObject({ producerId, reason: 'closed' });
    expect(await bob.peer.event('consumerClosed')).toMatchObject({ consumerId: consumerIds[0], producerId });
    await bob.peer.request('closeConsumers', { consumerIds });
    // On a slow machine the observers have the time to name a speaker.
    const told = ann.peer.told.map(({ event }) => event).filter((event) => event !== 'speakersChanged');
    expect(told).toEqual(['peerJoined']);
  });

  it('refuses what the router cannot handle', async () => {
    const ann = await harness.joined();
    const camera = { kind: 'video', source: 'camera' };
    expect(
      await ann.peer.codeOf(
        'produce',
        microphoneOf(ann, { ...camera, rtpParameters: unknownCodecParameters() }),
      ),
    ).toBe('badRequest');
    expect(await ann.peer.codeOf('produce', microphoneOf(ann, { rtpParameters: {} }))).toBe('badRequest');
    expect(await ann.peer.codeOf('produce', microphoneOf(ann, camera))).toBe('badRequest');
    const layered = vp8SimulcastParameters();
    layered.encodings = [{ ssrc: 1, scalabilityMode: 'L99T99' }];
    expect(await ann.peer.codeOf('produce', microphoneOf(ann, { ...camera, rtpParameters: layered }))).toBe(
      'badRequest',
    );
    expect(
      await ann.peer.codeOf(
        'produce',
        microphoneOf(ann, { ...camera, rtpParameters: vp8SimulcastParameters() }),
      ),
    ).toBe('ok');
  });

  it('does not let a peer touch what belongs to another', async () => {
    const ann = await harness.joined();
    const bob = await harness.joined();
    const { producerId } = await ann.peer.request('produce', microphoneOf(ann));
    const { transportId } = ann.answer.media.sendTransport;
    expect(await bob.peer.codeOf('connectTransport', { transportId, dtlsParameters })).toBe('notFound');
    expect(await bob.peer.codeOf('restartIce', { transportId })).toBe('notFound');
    expect(await bob.peer.codeOf('produce', microphoneOf(ann))).toBe('notFound');
    expect(await bob.peer.codeOf('closeProducer', { producerId })).toBe('notFound');
    expect(await bob.peer.codeOf('pauseProducer', { producerId })).toBe('notFound');
    expect(await bob.peer.codeOf('resumeProducer', { producerId })).toBe('notFound');
    expect(await bob.peer.codeOf('closeDataProducer', { dataProducerId: 'x' })).toBe('notFound');
    expect(await bob.peer.codeOf('removePeer', { peerId: ann.answer.peerId })).toBe('forbidden');
    const stranger = await harness.joined('elsewhere');
    const answer = await stranger.peer.request('consume', { producerIds: [producerId], rtpCapabilities });
    expect(answer.refused).toEqual([{ producerId, error: expect.objectContaining({ code: 'notFound' }) }]);
    expect(harness.registry.rooms.get('standup')?.peers.get(ann.answer.peerId)?.producers.size).toBe(1);
  });

  it('opens data upstreams and resumes the downstreams', async () => {
    const ann = await harness.joined();
    const { transportId } = ann.answer.media.sendTransport;
    await ann.peer.request('resumeData', {});
    const sctpStreamParameters = { streamId: 0, ordered: true };
    const { dataProducerId } = await ann.peer.request('produceData', { transportId, sctpStreamParameters });
    expect(await ann.peer.codeOf('produceData', { transportId, sctpStreamParameters })).toBe('conflict');
    await ann.peer.request('closeDataProducer', { dataProducerId });
    expect(
      await ann.peer.codeOf('produceData', {
        transportId,
        sctpStreamParameters: { streamId: 1, maxRetransmits: 1, maxPacketLifeTime: 1 },
      }),
    ).toBe('badRequest');
  });

  it('sets up no data for a client that wants none', async () => {
    const { answer, peer } = await harness.joined('standup', { data: false });
    const { sendTransport, recvTransport, dataConsumers } = answer.media;
    expect(dataConsumers).toEqual([]);
    expect([sendTransport.sctpParameters, recvTransport.sctpParameters]).toEqual([undefined, undefined]);
    const { transportId } = sendTransport;
    expect(await peer.codeOf('produceData', { transportId, sctpStreamParameters: { streamId: 0 } })).toBe(
      'invalidState',
    );
  });

  it('gives new ICE credentials and new transports when asked', async () => {
    const { peer, answer } = await harness.joined();
    const { transportId, iceParameters } = answer.media.recvTransport;
    const restarted = await peer.request('restartIce', { transportId });
    expect(restarted.iceParameters.usernameFragment).not.toBe(iceParameters.usernameFragment);
    const media = await peer.request('setUpMedia', {});
    expect(media.recvTransport.transportId).not.toBe(transportId);
    expect(await peer.codeOf('restartIce', { transportId })).toBe('notFound');
  });
});

describe('chat and names', () => {
  it('reaches everybody, and those who join later', async () => {
    const ann = await harness.joined('standup', { name: 'Ann' });
    const bob = await harness.joined('standup', { name: 'Bob' });
    const { message } = await ann.peer.request('sendChat', { text: '  hello  ' });
    expect(message).toMatchObject({ text: 'hello', name: 'Ann', peerId: ann.answer.peerId });
    expect(await bob.peer.event('chatMessage')).toEqual({ message });
    expect(await ann.peer.event('chatMessage')).toEqual({ message });
    const late = await harness.joined();
    expect(late.answer.snapshot.chat).toEqual([message]);
  });

  it('tells a new name to everybody', async () => {
    const ann = await harness.joined('standup', { name: 'Ann' });
    const bob = await harness.joined('standup', { name: 'Bob' });
    await ann.peer.request('updateSelf', { name: 'Anna' });
    expect(await bob.peer.event('peerUpdated')).toEqual({ peerId: ann.answer.peerId, name: 'Anna' });
  });
});

describe('what happens in a room', () => {
  it('is told in one message for all that happened in a turn, as of its end', async () => {
    const ann = await harness.joined('standup', { name: 'Ann' });
    const { producerId } = await ann.peer.request('produce', microphoneOf(ann));
    const bob = await harness.joined('standup', { name: 'Bob' });
    const room = harness.registry.rooms.get('standup')!;
    const { peerId } = ann.answer;
    const messages: EventPayloads['facts'][] = [];
    bob.peer.socket.on('facts', (message: EventPayloads['facts']) => messages.push(message));
    room.peers.get(peerId)!.update({ name: 'Anna' });
    room.peers.get(peerId)!.update({ name: 'Annabel' });
    room.tracks.close(room.peers.get(peerId)!, producerId);
    room.sendChat(room.peers.get(peerId)!, 'bye');
    await bob.peer.event('chatMessage');
    expect(messages.at(-1)?.facts).toEqual([
      ['peerUpdated', { peerId, name: 'Annabel' }],
      ['producerClosed', { peerId, producerId, reason: 'closed' }],
      ['chatMessage', { message: expect.objectContaining({ text: 'bye', name: 'Annabel' }) }],
    ]);
  });
});

describe('leaving', () => {
  it('tells the others why, and the room goes with its last peer', async () => {
    const ann = await harness.joined();
    const bob = await harness.joined();
    await ann.peer.request('leave', {});
    expect(await bob.peer.event('peerLeft')).toEqual({ peerId: ann.answer.peerId, reason: 'left' });
    expect(ann.peer.told.map(({ event }) => event)).not.toContain('removed');
  });
});
