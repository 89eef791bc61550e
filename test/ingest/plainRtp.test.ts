import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { assertDestination } from '../../src/ingest/destinations.ts';
import type { PlainRtp } from '../../src/ingest/PlainRtp.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { FlashPublisher } from '../support/FlashPublisher.ts';
import { plainRtpIn } from '../support/plainRtp.ts';
import { until } from '../support/processes.ts';
import { createRegistry, createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let plain: PlainRtp;

beforeAll(async () => {
  await FlashPublisher.makeClips('vp8');
  pool = await createTestPool();
});

afterAll(async () => {
  pool.close();
  await pool.terminated();
});

beforeEach(() => {
  registry = createRegistry(pool);
  plain = plainRtpIn(registry);
});

afterEach(async () => {
  registry.close();
  await until('everything to be closed', () => plain.size === 0);
});

const camera = { name: 'Camera', tracks: [{ codec: 'VP8' }, { codec: 'opus' }] };
const room = (): Room => registry.getOrCreate('standup');

describe('a sender of plain RTP', () => {
  it('is a peer like others, told where to send to and with which numbers', async () => {
    const info = await plain.openIngress('standup', camera);
    expect(info).toMatchObject({ name: 'Camera', ip: '127.0.0.1', peerId: [...room().peers.keys()][0] });
    expect(info.tracks).toEqual([
      expect.objectContaining({ kind: 'video', codec: 'VP8', payloadType: 96, clockRate: 90_000 }),
      expect.objectContaining({ kind: 'audio', codec: 'opus', payloadType: 111, clockRate: 48_000 }),
    ]);
    for (const { port, rtcpPort, ssrc } of info.tracks) {
      expect(port).toBeGreaterThanOrEqual(30_000);
      expect(port).toBeLessThanOrEqual(30_999);
      expect(rtcpPort).toBe(port);
      expect(ssrc).toBeGreaterThan(0);
    }
    expect(room().peers.get(info.peerId)?.info().producers).toHaveLength(2);
    expect(plain.ingresses('standup')).toEqual([info]);
    plain.closeIngress('standup', info.ingressId);
    expect(room().peers.size).toBe(0);
    expect(() => plain.closeIngress('standup', info.ingressId)).toThrow('no such way');
  });

  it('leaves when it is removed, and when nothing comes of it', async () => {
    const { peerId } = await plain.openIngress('standup', camera);
    room().removePeer(peerId);
    expect(plain.size).toBe(0);
    const idle = plainRtpIn(registry, {
      place: { ip: '127.0.0.1', ports: { min: 30_000, max: 30_999 }, idle: 50 },
    });
    const reason = new Promise((resolve) => room().once('peerLeft', (_, why) => resolve(why)));
    await idle.openIngress('standup', camera);
    expect(await reason).toBe('timeout');
    expect(idle.size).toBe(0);
  });

  it('finds the same ports again after its worker died', async () => {
    const before = await plain.openIngress('standup', camera);
    process.kill(pool.workers[0]?.pid ?? 0, 'SIGKILL');
    const isBack = (): boolean => {
      const [now] = plain.ingresses('standup');
      return now?.tracks.length === 2 && now.tracks[0]?.producerId !== before.tracks[0]?.producerId;
    };
    await until('its media', isBack);
    const [after] = plain.ingresses('standup');
    expect(after?.tracks.map(({ port, ssrc }) => [port, ssrc])).toEqual(
      before.tracks.map(({ port, ssrc }) => [port, ssrc]),
    );
  });

  it('may encrypt, and is told the key of what comes back', async () => {
    const keyBase64 = Buffer.alloc(30, 7).toString('base64');
    const srtp = { cryptoSuite: 'AES_CM_128_HMAC_SHA1_80', keyBase64 };
    const { tracks } = await plain.openIngress('standup', { ...camera, srtp });
    for (const track of tracks) {
      expect(track.srtp?.cryptoSuite).toBe('AES_CM_128_HMAC_SHA1_80');
      expect(track.srtp?.keyBase64).not.toBe(keyBase64);
    }
  });

  it.each([
    [undefined],
    [{}],
    [{ name: 'x', tracks: [] }],
    [{ name: 'x\n', tracks: [{ codec: 'VP8' }], more: 1 }],
    [{ name: 'x', tracks: [{ codec: 'H261' }] }],
    [{ name: 'x', tracks: [{ codec: 'VP8', source: 'microphone' }] }],
    [{ name: 'x', tracks: [{ codec: 'VP8', payloadType: 5 }] }],
    [{ ...camera, srtp: { cryptoSuite: 'AES_CM_128_HMAC_SHA1_80', keyBase64: 'AAAA' } }],
  ])('is refused with %j', async (body) => {
    await expect(plain.openIngress('standup', body)).rejects.toMatchObject({ code: 'badRequest' });
    expect(plain.size).toBe(0);
  });

  it('is one too many beyond the limit', async () => {
    const few = plainRtpIn(registry, { most: 1 });
    await few.openIngress('standup', camera);
    await expect(few.openIngress('standup', camera)).rejects.toMatchObject({ code: 'limitExceeded' });
    registry.rooms.get('standup')?.close('roomClosed');
    expect(few.size).toBe(0);
  });
});

describe('a track that is sent out', () => {
  it('arrives as RTP with the numbers that were told, until it ends', async () => {
    const publisher = await FlashPublisher.open(room());
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const request = { producerId: publisher.audioId, ip: '127.0.0.1', port: socket.address().port };
    const info = await plain.openEgress('standup', request);
    expect(info).toMatchObject({ kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 });
    let packet: Buffer;
    do [packet] = (await once(socket, 'message')) as [Buffer];
    while ((packet[1] ?? 0) >= 192 && (packet[1] ?? 0) <= 223);
    expect((packet[1] ?? 0) & 0x7f).toBe(info.payloadType);
    expect(packet.readUInt32BE(8)).toBe(info.ssrc);
    expect(plain.egresses('standup')).toEqual([info]);
    publisher.close();
    await until('it to end', () => plain.size === 0);
    socket.close();
  });

  it('is refused for what is not there', async () => {
    const target = { ip: '127.0.0.1', port: 5000 };
    await expect(plain.openEgress('standup', { producerId: 'x', ...target })).rejects.toMatchObject({
      code: 'notFound',
    });
    room();
    await expect(plain.openEgress('standup', { producerId: 'x', ...target })).rejects.toMatchObject({
      code: 'notFound',
    });
  });
});

describe('where RTP is sent to', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '::1',
    'fd00:ec2::254',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
  ])('is not %s, unless that is allowed', (ip) => {
    expect(() => assertDestination(ip, false)).toThrow('private');
    expect(() => assertDestination(ip, true)).not.toThrow();
  });

  it.each(['0.0.0.0', '224.0.0.1', '255.255.255.255', 'ff02::1', '::', '::ffff:224.0.0.1'])(
    'is never %s',
    (ip) => {
      expect(() => assertDestination(ip, true)).toThrow('not sent to that address');
    },
  );

  it('is an address, and not a name', () => {
    for (const ip of ['localhost', '', '1.2.3', 'fe80::1%eth0', '0x7f.1'])
      expect(() => assertDestination(ip, true)).toThrow('must be an IP address');
    for (const ip of ['203.0.113.7', '2001:db8::7']) expect(() => assertDestination(ip, false)).not.toThrow();
  });
});
