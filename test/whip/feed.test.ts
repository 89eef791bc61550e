import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DirectTransport, Producer } from 'mediasoup/types';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { Feed } from '../../src/whip/play/Feed.ts';
import { until } from '../support/processes.ts';
import { createRegistry, createTestPool, joinPeer } from '../support/testRooms.ts';

const [LOW, HIGH] = [1001, 1002] as const;
let pool: WorkerPool;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});

const simulcast = (transport: DirectTransport): Promise<Producer> =>
  transport.produce({
    kind: 'video',
    rtpParameters: {
      codecs: [{ mimeType: 'video/VP8', payloadType: 101, clockRate: 90_000 }],
      encodings: [{ ssrc: LOW }, { ssrc: HIGH }],
      rtcp: { cname: 'c' },
    },
  });

/** Every frame a keyframe of one packet. */
function frame(ssrc: number, sequence: number): Buffer {
  const packet = Buffer.alloc(72);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(0x80 | 101, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 1800, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.writeUInt8(0x10, 12);
  return packet.fill(ssrc & 0xff, 16);
}

describe('the feed of a channel', () => {
  it('goes on with another layer when the one that it began with ends before anything was reported of it', async () => {
    const rooms = createRegistry(pool);
    const room = rooms.getOrCreate('standup');
    const peer = await joinPeer(room);
    const { router } = await room.media.routers.place(peer);
    const [from, to] = await Promise.all([router.createDirectTransport(), router.createDirectTransport()]);
    const producer = await simulcast(from);
    const got = { [LOW]: 0, [HIGH]: 0 };
    const feed = new Feed({
      room: {
        tracks: { publication: (id) => (id === producer.id ? { producer, home: router } : undefined) },
        media: room.media,
      },
      kind: 'video',
      router,
      transport: to,
      rtpCapabilities: { codecs: router.rtpCapabilities.codecs ?? [], headerExtensions: [] },
      onPacket: (packet) => (got[packet.at(-1) === (HIGH & 0xff) ? HIGH : LOW] += 1),
      logger: silentLogger,
    });
    let sending: readonly number[] = [HIGH];
    let sequence = 0;
    const timer = setInterval(() => {
      sequence += 1;
      for (const ssrc of sending) producer.send(frame(ssrc, sequence));
    }, 20);
    try {
      feed.follow(producer.id);
      await until('the high layer', () => got[HIGH] > 10);
      sending = [LOW];
      await until('the low layer', () => got[LOW] > 10);
      sending = [LOW, HIGH];
      const before = got[LOW];
      await until('it to go on', () => got[LOW] > before + 10);
      expect(feed.producerId).toBe(producer.id);
    } finally {
      clearInterval(timer);
      feed.close();
      rooms.close();
    }
  });
});
