import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../src/support/logger.ts';
import { setListenerErrorHandler } from '../../src/support/TypedEmitter.ts';
import { freePort } from '../../src/workers/freePort.ts';
import { MediaWorker, type MediaWorkerOptions } from '../../src/workers/MediaWorker.ts';
import { MEDIASOUP_VERSION, versionMismatch } from '../../src/workers/workerVersion.ts';
import { isRunning, until } from '../support/processes.ts';

const LOOPBACK = [{ ip: '127.0.0.1' }];
const OPUS = { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } as const;
const workers: MediaWorker[] = [];
const sockets: { close(): unknown }[] = [];

async function createWorker(options: Partial<MediaWorkerOptions> = {}): Promise<MediaWorker> {
  const port = options.port ?? (await freePort(['127.0.0.1']));
  const worker = await MediaWorker.create({
    index: 0,
    port,
    addresses: LOOPBACK,
    logger: silentLogger,
    ...options,
  });
  workers.push(worker);
  return worker;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  for (const worker of workers.splice(0)) {
    worker.close('poolClosed');
    await worker.terminated;
    expect(isRunning(worker.pid)).toBe(false);
  }
});

describe('a worker', () => {
  test('listens on its port for UDP and TCP, on every address', async () => {
    const worker = await createWorker({ addresses: [{ ip: '127.0.0.1' }, { ip: '127.0.0.2' }] });
    const { udpSockets, tcpServers } = await worker.webRtcServer.dump();
    const expected = ['127.0.0.1', '127.0.0.2'].map((ip) => ({ ip, port: worker.port }));
    expect(udpSockets).toEqual(expected);
    expect(tcpServers).toEqual(expected);
  });

  test('serves IPv4 and IPv6 wildcards on one port, and announces the public addresses', async () => {
    const worker = await createWorker({
      addresses: [
        { ip: '0.0.0.0', announcedAddress: '203.0.113.7' },
        { ip: '::', announcedAddress: 'meet.example.org' },
      ],
    });
    const router = await worker.createRouter({ mediaCodecs: [OPUS] });
    const transport = await router.createWebRtcTransport({ webRtcServer: worker.webRtcServer });
    expect(transport.iceCandidates.map((c) => [c.protocol, c.address, c.port])).toEqual([
      ['udp', '203.0.113.7', worker.port],
      ['udp', 'meet.example.org', worker.port],
      ['tcp', '203.0.113.7', worker.port],
      ['tcp', 'meet.example.org', worker.port],
    ]);
  });

  test('creates routers', async () => {
    const router = await (await createWorker()).createRouter({ mediaCodecs: [OPUS] });
    expect(router.rtpCapabilities.codecs?.[0]?.mimeType).toBe('audio/opus');
  });

  test('refuses codecs that mediasoup does not know', async () => {
    const worker = await createWorker();
    const codec = { ...OPUS, mimeType: 'audio/nonsense' };
    await expect(worker.createRouter({ mediaCodecs: [codec] })).rejects.toMatchObject({ code: 'badRequest' });
  });

  test('leaves no signal listeners on the process', async () => {
    const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];
    const maxListeners = process.getMaxListeners();
    await createWorker();
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual(before);
    expect(process.getMaxListeners()).toBe(maxListeners);
  });

  test('counts routers, consumers and bitrate, and forgets them when they close', async () => {
    const worker = await createWorker({ watchdog: { intervalMs: 20 } });
    const router = await worker.createRouter({ mediaCodecs: [OPUS] });
    const direct = await router.createDirectTransport();
    const producer = await direct.produce({
      kind: 'audio',
      rtpParameters: {
        codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 100 }],
        encodings: [{ ssrc: 1111 }],
      },
    });
    await direct.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });
    expect(worker.load).toMatchObject({ routers: 1, consumers: 1 });
    const packet = Buffer.concat([Buffer.from('806400010000000100000457', 'hex'), Buffer.alloc(1_000)]);
    for (let i = 0; i < 50; i += 1) {
      packet.writeUInt16BE(i, 2);
      producer.send(packet);
    }
    await until('the bitrate is seen', () => worker.load.bitrate > 0);
    router.close();
    expect(worker.load).toMatchObject({ routers: 0, consumers: 0, bitrate: 0 });
  });

  test('measures the CPU time that it uses', async () => {
    const worker = await createWorker({ watchdog: { intervalMs: 20 } });
    const router = await worker.createRouter({ mediaCodecs: [OPUS] });
    const deadline = performance.now() + 10_000;
    while (worker.load.cpu === 0 && performance.now() < deadline) {
      await Promise.all(Array.from({ length: 100 }, () => router.dump()));
    }
    expect(worker.load.cpu).toBeGreaterThan(0);
    expect(worker.load.cpu).toBeLessThan(2);
  });

  test('counts an expected room until it can be measured', async () => {
    const worker = await createWorker({ watchdog: { intervalMs: 20 } });
    worker.expectRoom();
    expect(worker.load.unmeasuredRooms).toBe(1);
    await until('the room is measured', () => worker.load.unmeasuredRooms === 0);
  });
});

describe('a worker that cannot start', () => {
  test('says which UDP port is in use', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'listening');
    const { port } = socket.address();
    await expect(createWorker({ port })).rejects.toMatchObject({
      code: 'conflict',
      message: `UDP port ${port} on 127.0.0.1 is in use; worker 0 needs it for media`,
    });
  });

  test('says which TCP port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    sockets.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(createWorker({ port })).rejects.toMatchObject({
      code: 'conflict',
      message: `TCP port ${port} on 127.0.0.1 is in use; worker 0 needs it for media`,
    });
  });

  test('refuses an address that this machine does not have', async () => {
    await expect(createWorker({ addresses: [{ ip: '203.0.113.7' }] })).rejects.toMatchObject({
      code: 'badRequest',
      message: expect.stringMatching(/cannot listen on UDP port \d+ on 203\.0\.113\.7/) as unknown,
    });
  });
});

describe('a worker that is lost', () => {
  test('tells once that it died, its routers closed already, when its process is killed', async () => {
    const worker = await createWorker();
    const router = await worker.createRouter({ mediaCodecs: [OPUS] });
    const events: unknown[] = [];
    worker.on('died', (reason) => events.push(['died', reason, router.closed, worker.closed]));
    worker.on('closed', (reason) => events.push(['closed', reason]));
    process.kill(worker.pid, 'SIGKILL');
    await until('it died', () => worker.closed);
    worker.close('poolClosed');
    expect(events).toEqual([
      ['died', 'crashed', true, true],
      ['closed', 'crashed'],
    ]);
  });

  test('is killed by the watchdog when it freezes', async () => {
    const worker = await createWorker({ watchdog: { intervalMs: 50, deadlineMs: 100, misses: 2 } });
    const died = new Promise((resolve) => worker.once('died', resolve));
    process.kill(worker.pid, 'SIGSTOP');
    await expect(died).resolves.toBe('frozen');
    expect(isRunning(worker.pid)).toBe(false);
  });

  test('is left alone by the watchdog when it stands still for less than the allowed misses', async () => {
    const worker = await createWorker({ watchdog: { intervalMs: 20, deadlineMs: 200, misses: 2 } });
    process.kill(worker.pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 250));
    process.kill(worker.pid, 'SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(worker.closed).toBe(false);
  });

  test('a listener of died that throws stops nothing, and its error is not lost', async () => {
    const worker = await createWorker();
    const errors: unknown[] = [];
    setListenerErrorHandler((error, event) => errors.push([event, error]));
    worker.on('died', () => {
      throw new Error('on purpose');
    });
    const closed = new Promise((resolve) => worker.once('closed', resolve));
    process.kill(worker.pid, 'SIGKILL');
    await expect(closed).resolves.toBe('crashed');
    expect(errors).toEqual([['died', new Error('on purpose')]]);
  });
});

describe('a closed worker', () => {
  test('closes its routers at once, and tells it once', async () => {
    const worker = await createWorker();
    const router = await worker.createRouter({ mediaCodecs: [OPUS] });
    const reasons: string[] = [];
    worker.on('closed', (reason) => reasons.push(reason));
    worker.close('poolClosed');
    expect(router.closed).toBe(true);
    worker.close('startFailed');
    expect(reasons).toEqual(['poolClosed']);
  });

  test('creates no more routers', async () => {
    const worker = await createWorker();
    const late = worker.createRouter({ mediaCodecs: [OPUS] });
    worker.close('poolClosed');
    await expect(late).rejects.toMatchObject({ code: 'unavailable' });
    await expect(worker.createRouter({})).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('leaves no process, not even a frozen one', async () => {
    const worker = await createWorker();
    process.kill(worker.pid, 'SIGSTOP');
    worker.close('poolClosed');
    await worker.terminated;
    expect(isRunning(worker.pid)).toBe(false);
  });
});

describe('versionMismatch', () => {
  const cached = (version: string) => `/home/ann/.cache/parley/worker/${version}-0a1b2c/mediasoup-worker`;

  test('accepts the pinned library with its own binary, or one of unknown origin', () => {
    expect(versionMismatch(MEDIASOUP_VERSION, cached(MEDIASOUP_VERSION))).toBeUndefined();
    expect(versionMismatch(MEDIASOUP_VERSION, '/opt/mediasoup-worker')).toBeUndefined();
  });

  test('refuses another library, and a cached binary of another version', () => {
    expect(versionMismatch('3.19.3', '/opt/mediasoup-worker')).toMatch(/mediasoup 3\.19\.3 is installed/);
    expect(versionMismatch(MEDIASOUP_VERSION, cached('3.26.0'))).toMatch(/is a mediasoup 3\.26\.0 worker/);
  });
});
