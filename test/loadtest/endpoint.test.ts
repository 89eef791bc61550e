import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Consumer, Producer, RtpCapabilities, RtpParameters, WebRtcTransport } from 'mediasoup/types';
import { Endpoint } from '../../loadtest/endpoint/Endpoint.ts';
import type { RemoteEndpoint } from '../../loadtest/endpoint/remoteEndpoint.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, rtpCapabilities } from '../support/fabricatedMedia.ts';
import { createRegistry, createTestPool, joinPeer } from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let sending: Peer;
let receiving: Peer;
let endpoints: Endpoint[] = [];

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  registry = createRegistry(pool);
  const room = registry.getOrCreate('bots');
  sending = await joinPeer(room);
  receiving = await joinPeer(room);
});
afterEach(() => {
  for (const endpoint of endpoints) endpoint.close();
  endpoints = [];
  registry.close();
});

function remoteOf(transport: WebRtcTransport, changes: Partial<RemoteEndpoint> = {}): RemoteEndpoint {
  const candidate = transport.iceCandidates.find(({ protocol }) => protocol === 'udp')!;
  return {
    address: candidate.address,
    port: candidate.port,
    ...transport.iceParameters,
    fingerprint: transport.dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256')!
      .value,
    iceRole: 'controlling',
    lite: true,
    ...changes,
  };
}

async function open(): Promise<Endpoint> {
  const endpoint = await Endpoint.open();
  endpoints.push(endpoint);
  return endpoint;
}

async function connected(transport: WebRtcTransport): Promise<Endpoint> {
  const endpoint = await open();
  await transport.connect({
    dtlsParameters: {
      role: 'client',
      fingerprints: [{ algorithm: 'sha-256', value: endpoint.fingerprint }],
    },
  });
  await endpoint.connect(remoteOf(transport));
  return endpoint;
}

interface Stream {
  sender: Endpoint;
  receiver: Endpoint;
  producer: Producer;
  consumer: Consumer;
  ssrc: number;
}

async function stream(): Promise<Stream> {
  const { send } = sending.transports;
  const { recv } = receiving.transports;
  const rtpParameters = opusParameters();
  const sender = await connected(send);
  const receiver = await connected(recv);
  const producer = await send.produce({
    kind: 'audio',
    rtpParameters: rtpParameters as RtpParameters,
  });
  const consumer = await recv.consume({
    producerId: producer.id,
    rtpCapabilities: rtpCapabilities as RtpCapabilities,
  });
  return { sender, receiver, producer, consumer, ssrc: rtpParameters.encodings![0]!.ssrc! };
}

function header(ssrc: number, sequence: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes[0] = 0x80;
  bytes[1] = 111;
  bytes.writeUInt16BE(sequence & 0xffff, 2);
  bytes.writeUInt32BE((sequence * 960) >>> 0, 4);
  bytes.writeUInt32BE(ssrc, 8);
  return bytes;
}

function headerLength(packet: Buffer): number {
  const csrcs = 12 + (packet[0]! & 0x0f) * 4;
  return packet[0]! & 0x10 ? csrcs + 4 + packet.readUInt16BE(csrcs + 2) * 4 : csrcs;
}

/** The payload of a packet as text. */
const textOf = (endpoint: Endpoint, packet: Buffer, roc = 0): string | undefined =>
  endpoint.openRtp(packet, headerLength(packet), roc)?.toString();

const arrival = (endpoint: Endpoint): Promise<Buffer> =>
  new Promise((resolve) => {
    endpoint.onRtp = resolve;
  });

describe('Endpoint', () => {
  it('does ICE and DTLS with a real server, and knows what each took', async () => {
    const { send } = sending.transports;
    const endpoint = await open();
    await send.connect({
      dtlsParameters: {
        role: 'client',
        fingerprints: [{ algorithm: 'sha-256', value: endpoint.fingerprint }],
      },
    });
    const took = await endpoint.connect(remoteOf(send));
    expect(took.ice).toBeGreaterThan(0);
    expect(took.dtls).toBeGreaterThan(0);
    while (send.dtlsState !== 'connected') await once(send.observer, 'dtlsstatechange');
    expect(endpoint.connected).toBe(true);
  });

  it('sends what the server forwards, and opens what the server sent', async () => {
    const { sender, receiver, ssrc } = await stream();
    const arrived = arrival(receiver);
    sender.sendRtp([header(ssrc, 7), Buffer.from('a voice '), Buffer.from('of one')]);
    const packet = await arrived;
    expect(textOf(receiver, packet)).toBe('a voice of one');
    expect(receiver.peekRtp(packet, headerLength(packet), 0, 7)?.toString()).toBe('a voice');
    expect(receiver.openRtp(packet, headerLength(packet), 1)).toBeNull();
    expect(sender.counts.sentPackets).toBe(1);
    expect(receiver.counts.receivedPackets).toBe(1);
  });

  it('goes on over the end of the sequence numbers', async () => {
    const { sender, receiver, ssrc } = await stream();
    const opened: (string | undefined)[] = [];
    let roc = 0;
    let last = 0;
    const all = new Promise<void>((resolve) => {
      receiver.onRtp = (packet): void => {
        const sequence = packet.readUInt16BE(2);
        if (sequence < last) roc++;
        last = sequence;
        opened.push(textOf(receiver, packet, roc));
        if (opened.length === 4) resolve();
      };
    });
    for (const sequence of [65_534, 65_535, 65_536, 65_537])
      sender.sendRtp([header(ssrc, sequence), Buffer.from(String(sequence))]);
    await all;
    expect(opened).toEqual(['65534', '65535', '65536', '65537']);
  });

  it('exchanges RTCP: a request for a keyframe reaches the server', async () => {
    const { sender, receiver, ssrc, consumer } = await stream();
    const arrived = arrival(receiver);
    sender.sendRtp([header(ssrc, 1), Buffer.from('x')]);
    await arrived;
    const nack = Buffer.alloc(16);
    nack.writeUInt32BE(0x81cd0003, 0);
    nack.writeUInt32BE(1, 4);
    nack.writeUInt32BE(consumer.rtpParameters.encodings![0]!.ssrc!, 8);
    nack.writeUInt16BE(1, 12);
    await consumer.enableTraceEvent(['nack']);
    const traced = once(consumer.observer, 'trace');
    receiver.sendRtcp(nack);
    expect(await traced).toMatchObject([{ type: 'nack', direction: 'in' }]);
    const report = new Promise<Buffer>((resolve) => {
      receiver.onRtcp = resolve;
    });
    // Sender reports of the server follow by themselves.
    expect((await report).readUInt8(1)).toBe(200);
  });

  it('refuses a server whose certificate is not the one that was named', async () => {
    const { send } = sending.transports;
    const endpoint = await open();
    await send.connect({
      dtlsParameters: {
        role: 'client',
        fingerprints: [{ algorithm: 'sha-256', value: endpoint.fingerprint }],
      },
    });
    await expect(
      endpoint.connect(remoteOf(send, { fingerprint: Array.from({ length: 32 }, () => 'AB').join(':') })),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is told when the server ends the connection', async () => {
    const { send } = sending.transports;
    const endpoint = await connected(send);
    const lost = new Promise<string>((resolve) => (endpoint.onLost = resolve));
    send.close();
    // Its goodbye is one datagram, which may be lost; then the server's silence tells, after 35 s.
    await expect(lost).resolves.toMatch(/^the server ended the connection$|^no consent/);
  }, 60_000);

  it('ends what it waits for when it is closed', async () => {
    const endpoint = await open();
    const connecting = endpoint.connect(remoteOf(sending.transports.send, { password: 'wrong' }));
    endpoint.close();
    endpoint.close();
    await expect(connecting).rejects.toMatchObject({
      code: expect.stringMatching(/unavailable|invalidState/),
    });
    endpoint.sendRtp([header(1, 1), Buffer.from('x')]);
    expect(endpoint.counts.sentPackets).toBe(0);
  });

  it('restarts ICE and keeps its keys', async () => {
    const { sender, receiver, ssrc } = await stream();
    const iceParameters = await sending.transports.send.restartIce();
    await sender.restartIce(remoteOf(sending.transports.send, iceParameters));
    const arrived = arrival(receiver);
    sender.sendRtp([header(ssrc, 3), Buffer.from('again')]);
    expect(textOf(receiver, await arrived)).toBe('again');
  });

  it('takes any garbage without a word', async () => {
    const { sender, receiver, ssrc } = await stream();
    const { createSocket } = await import('node:dgram');
    const stranger = createSocket('udp4');
    for (let first = 0; first < 256; first += 3)
      stranger.send(Buffer.from([first, 1, 2, 3, first, 9, 9]), receiver.port, '127.0.0.1');
    const arrived = arrival(receiver);
    sender.sendRtp([header(ssrc, 1), Buffer.from('fine')]);
    expect(textOf(receiver, await arrived)).toBe('fine');
    stranger.close();
  });
});
