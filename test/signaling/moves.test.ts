import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Room } from '../../src/sfu/Room.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, rtpCapabilities } from '../support/fabricatedMedia.ts';
import { SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let harness: SignalingHarness;

beforeAll(async () => {
  pool = await createTestPool(2);
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

const theRoom = (): Room => harness.registry.rooms.get('standup')!;

function vacate(peerId: string): void {
  const { media, peers } = theRoom();
  media.moves.vacate(media.routers.workerIndex(peers.get(peerId)!)!);
}

const microphone = (transportId: string, replaces?: string) => ({
  transportId,
  kind: 'audio' as const,
  source: 'microphone' as const,
  rtpParameters: opusParameters(),
  ...(replaces === undefined ? {} : { replaces }),
});

describe('a move', () => {
  it('is seen by the others as a track that takes the place of another one', async () => {
    const ann = await harness.joined();
    const bob = await harness.joined();
    const { sendTransport } = ann.answer.media;
    const first = await ann.peer.request('produce', microphone(sendTransport.transportId));
    await bob.peer.event('newProducer');
    vacate(ann.answer.peerId);
    expect(await ann.peer.event('moving')).toEqual({ endsIn: 10_000 });
    const media = await ann.peer.request('beginMove', {});
    expect(media.mediaEpoch).toBe(2);
    expect(media.iceServers).toEqual([{ urls: 'stun:stun.example.org' }]);
    expect(media.dataConsumers).toHaveLength(2);
    const second = await ann.peer.request(
      'produce',
      microphone(media.sendTransport.transportId, first.producerId),
    );
    expect(await bob.peer.event('newProducer')).toMatchObject({
      producer: { producerId: second.producerId, replaces: first.producerId },
    });
    await ann.peer.request('endMove', { mediaEpoch: media.mediaEpoch });
    expect(await bob.peer.event('producerClosed')).toMatchObject({ producerId: first.producerId });
    expect(bob.peer.told.map(({ event }) => event)).not.toContain('peerLeft');
  });

  it('keeps the consumers of before until it ends', async () => {
    const ann = await harness.joined();
    const bob = await harness.joined();
    const { transportId } = ann.answer.media.sendTransport;
    const { producerId } = await ann.peer.request('produce', microphone(transportId));
    const consume = { producerIds: [producerId], rtpCapabilities };
    const before = await bob.peer.request('consume', consume);
    vacate(bob.answer.peerId);
    const { mediaEpoch } = await bob.peer.request('beginMove', {});
    const after = await bob.peer.request('consume', consume);
    expect(after.consumers[0]?.consumerId).not.toBe(before.consumers[0]?.consumerId);
    await bob.peer.request('resumeConsumers', { consumerIds: [after.consumers[0]!.consumerId] });
    await bob.peer.request('resumeData', {});
    await bob.peer.request('endMove', { mediaEpoch });
    expect(bob.peer.told.map(({ event }) => event)).not.toContain('consumerClosed');
  });

  it('is refused to who is not asked to', async () => {
    const { peer } = await harness.joined();
    expect(await peer.codeOf('beginMove', {})).toBe('invalidState');
    expect(await peer.codeOf('endMove', { mediaEpoch: 1 })).toBe('invalidState');
    expect(await peer.codeOf('endMove', {})).toBe('badRequest');
    const outside = await harness.peer().connected();
    expect(await outside.codeOf('beginMove', {})).toBe('invalidState');
    expect(await outside.codeOf('endMove', { mediaEpoch: 1 })).toBe('invalidState');
  });

  it('is off when the socket is lost, and asked for again when it is back', async () => {
    const { peer, answer } = await harness.joined();
    await harness.joined();
    vacate(answer.peerId);
    await peer.request('beginMove', {});
    const cancelled = theRoom().peers.get(answer.peerId)!.next('moveCancelled');
    peer.close();
    await cancelled;
    const back = await harness.peer().connected();
    const { sessionToken, snapshot } = answer;
    const resumed = await back.request('resume', { sessionToken, mediaEpoch: snapshot.mediaEpoch });
    expect(Object.keys(resumed.iceParameters).sort()).toEqual(
      [answer.media.sendTransport.transportId, answer.media.recvTransport.transportId].sort(),
    );
    expect((await back.event('moving')).endsIn).toBeLessThanOrEqual(10_000);
    expect((await back.request('beginMove', {})).mediaEpoch).toBe(3);
  });
});
