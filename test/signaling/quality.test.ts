import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { rtpCapabilities, vp8SimulcastParameters } from '../support/fabricatedMedia.ts';
import { SignalingHarness } from '../support/signalingHarness.ts';
import type { SignalingPeer } from '../support/signalingPeer.ts';
import { createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let harness: SignalingHarness;
let ann: Awaited<ReturnType<SignalingHarness['joined']>>;
let bob: Awaited<ReturnType<SignalingHarness['joined']>>;
let producerId: string;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await SignalingHarness.start(pool);
  ann = await harness.joined();
  bob = await harness.joined();
  ({ producerId } = await ann.peer.request('produce', {
    transportId: ann.answer.media.sendTransport.transportId,
    kind: 'video',
    source: 'camera',
    rtpParameters: vp8SimulcastParameters(),
  }));
});
afterEach(() => harness.close());

/** The next news that names this producer. */
async function newsOf(peer: SignalingPeer): Promise<string> {
  for (;;) {
    const { tracks } = await peer.event('qualityChanged');
    const track = tracks.find((entry) => entry.producerId === producerId);
    if (track) return track.cause;
  }
}

describe('the quality of a track', () => {
  it('is told to its receiver alone, also without a consumer, and again to who resumes', async () => {
    await bob.peer.request('setViews', { views: [{ producerId, visible: false }] });
    const { deferred } = await bob.peer.request('consume', { producerIds: [producerId], rtpCapabilities });
    expect(deferred).toEqual([producerId]);
    expect(await newsOf(bob.peer)).toBe('notVisible');
    const tracks = ann.peer.told.flatMap(({ event, payload }) =>
      event === 'qualityChanged' ? (payload as { tracks: unknown[] }).tracks : [],
    );
    expect(tracks).toEqual([]);
    const again = await harness.peer().connected();
    await again.request('resume', {
      sessionToken: bob.answer.sessionToken,
      mediaEpoch: bob.answer.media.mediaEpoch,
    });
    expect(await newsOf(again)).toBe('notVisible');
  });

  it('follows what the publisher reports', async () => {
    const { consumers } = await bob.peer.request('consume', { producerIds: [producerId], rtpCapabilities });
    await bob.peer.request('resumeConsumers', {
      consumerIds: consumers.map(({ consumerId }) => consumerId),
    });
    await ann.peer.request('reportQuality', { sending: [{ producerId, limitedBy: 'cpu' }], receiving: [] });
    for (;;) if ((await newsOf(bob.peer)) === 'senderCpu') break;
  });
});

describe('the connections of others', () => {
  it('are told to everybody', async () => {
    const heard = new Set<string>();
    while (heard.size < 2) {
      const { peers } = await bob.peer.event('qualityChanged');
      for (const { peerId, score } of peers) {
        expect(score).toBe(5);
        heard.add(peerId);
      }
    }
    expect(heard).toEqual(new Set([ann.answer.peerId, bob.answer.peerId]));
  });
});

describe('reportQuality', () => {
  it('takes what may be reported, and refuses everything else', async () => {
    const stranger = await harness.peer().connected();
    expect(await stranger.codeOf('reportQuality', { sending: [], receiving: [] })).toBe('invalidState');
    const report = (payload: unknown) => bob.peer.codeOf('reportQuality', payload);
    expect(await report({ sending: [], receiving: [] })).toBe('ok');
    expect(await report({ sending: [{ producerId, limitedBy: 'cpu' }], receiving: [] })).toBe('ok');
    expect(await report({ sending: [], receiving: [{ producerId: 'nothing', cpuLimited: true }] })).toBe(
      'ok',
    );
    expect(await report({ sending: [{ producerId, limitedBy: 'boredom' }], receiving: [] })).toBe(
      'badRequest',
    );
    expect(await report({ sending: [] })).toBe('badRequest');
    const many = Array.from({ length: 257 }, () => ({ producerId, cpuLimited: true }));
    expect(await report({ sending: [], receiving: many })).toBe('badRequest');
  });
});
