import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ParticipantInfo, Room as LiveKitRoom, TrackInfo } from 'livekit-server-sdk';
import { participantInfo, roomInfo, trackInfo } from '../../src/livekit/infos.ts';
import type { PeerInfo } from '../../src/protocol/models.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { createRegistry, createTestPool, joinPeer, produceCamera } from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let room: Room;

beforeAll(async () => {
  pool = await createTestPool();
  registry = createRegistry(pool);
  room = registry.getOrCreate('standup');
});
afterAll(async () => {
  registry.close();
  pool.close();
  await pool.terminated();
});

const elsewhere: PeerInfo = {
  peerId: 'there',
  name: 'Tess',
  joinedAt: 1_700_000_000_123,
  producers: [
    { producerId: 'p', peerId: 'there', kind: 'video', source: 'screen', paused: true, label: 'slides' },
  ],
};
const description = {
  type: 'simple' as const,
  codec: 'video/VP8',
  picture: { width: 640, height: 480, scales: [1] },
};

describe('what LiveKit’s users are told', () => {
  it('is read by LiveKit’s own protocol: a participant and its tracks', async () => {
    const ann = await joinPeer(room, { name: 'Ann', identity: 'ann', metadata: 'm' });
    const { producerId } = await produceCamera(ann);
    const read = ParticipantInfo.fromJson(participantInfo(room, ann.info()) as never);
    expect(read).toMatchObject({
      sid: ann.id,
      identity: 'ann',
      name: 'Ann',
      metadata: 'm',
      isPublisher: true,
    });
    expect(read.joinedAtMs).toBe(BigInt(ann.joinedAt));
    expect(read.tracks).toMatchObject([
      {
        sid: producerId,
        type: 1,
        source: 1,
        mimeType: 'video/VP8',
        width: 1280,
        height: 720,
        simulcast: true,
      },
    ]);
    expect(read.tracks[0]?.codecs[0]?.layers.map(({ quality, width }) => [quality, width])).toEqual([
      [0, 320],
      [1, 640],
      [2, 1280],
    ]);
    ann.close('left');
    const gone = ParticipantInfo.fromJson(participantInfo(room, ann.info(), 'removed') as never);
    expect(gone).toMatchObject({ state: 3, disconnectReason: 4 });
  });

  it('holds for peers on other nodes too, and names those without an identity by their id', () => {
    room.elsewhere.put('north', elsewhere, { tracks: { p: description } });
    const read = ParticipantInfo.fromJson(participantInfo(room, elsewhere) as never);
    expect(read).toMatchObject({ sid: 'there', identity: 'there', joinedAt: 1_700_000_000n });
    expect(read.tracks).toMatchObject([
      {
        sid: 'p',
        source: 3,
        name: 'slides',
        muted: true,
        mimeType: 'video/VP8',
        width: 640,
        simulcast: false,
      },
    ]);
    const about = LiveKitRoom.fromJson(roomInfo(room) as never);
    expect(about).toMatchObject({ name: 'standup', numParticipants: 1, numPublishers: 1 });
    room.elsewhere.nodeGone('north');
  });

  it('leaves out what is not known of a track that is gone', () => {
    const [producer] = elsewhere.producers;
    const read = TrackInfo.fromJson(trackInfo(room, producer as never) as never);
    expect(read).toMatchObject({ sid: 'p', type: 1, mimeType: '', width: 0 });
  });
});
