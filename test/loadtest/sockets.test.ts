import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BatchedSocket } from '../../loadtest/endpoint/sockets/BatchedSocket.ts';
import { loadLibc } from '../../loadtest/endpoint/sockets/libc.ts';
import { NodeSocket } from '../../loadtest/endpoint/sockets/NodeSocket.ts';
import { Poller } from '../../loadtest/endpoint/sockets/Poller.ts';
import type { UdpSocket } from '../../loadtest/endpoint/sockets/UdpSocket.ts';

const libc = await loadLibc();
const poller = libc && new Poller(libc);

const kinds: [string, () => Promise<UdpSocket>][] = [['NodeSocket', () => NodeSocket.open('127.0.0.1')]];
if (libc && poller)
  kinds.push(['BatchedSocket', () => Promise.resolve(new BatchedSocket(libc, poller, '127.0.0.1'))]);

it('this Linux has batched sockets', () => {
  expect(poller !== null).toBe(process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch));
});

describe.each(kinds)('%s', (_, open) => {
  let peer: Socket;
  let socket: UdpSocket;
  let received: { text: string; arrivedAt: number }[];
  let wanted: { count: number; done: () => void };

  const arrivals = (count: number): Promise<void> =>
    new Promise((done) => {
      wanted = { count, done };
    });

  beforeEach(async () => {
    peer = createSocket('udp4');
    peer.bind(0, '127.0.0.1');
    await once(peer, 'listening');
    socket = await open();
    received = [];
    wanted = { count: Infinity, done: () => undefined };
    socket.onDatagram = (datagram, arrivedAt): void => {
      received.push({ text: datagram.toString('latin1'), arrivedAt });
      if (received.length === wanted.count) wanted.done();
    };
    await socket.connect('127.0.0.1', peer.address().port);
  });
  afterEach(() => {
    socket.close();
    peer.close();
  });

  it('sends to the address that it is connected to, from where it says', async () => {
    const message = once(peer, 'message');
    socket.send(Buffer.from('hello'));
    const [datagram, from] = (await message) as [Buffer, { address: string; port: number }];
    expect(datagram.toString()).toBe('hello');
    expect(from).toMatchObject({ address: socket.address, port: socket.port });
  });

  it('tells each datagram, in order, more than one reading takes, and of what length it is', async () => {
    const all = arrivals(100);
    for (let i = 0; i < 100; i++) peer.send('x'.repeat(i), socket.port, '127.0.0.1');
    await all;
    expect(received.map(({ text }) => text.length)).toEqual(Array.from({ length: 100 }, (_unused, i) => i));
  });

  it('tells when each arrived, on the clock of performance.now()', async () => {
    const all = arrivals(2);
    const before = performance.now();
    peer.send('a', socket.port, '127.0.0.1');
    peer.send('b', socket.port, '127.0.0.1');
    await all;
    const [first, second] = received.map(({ arrivedAt }) => arrivedAt) as [number, number];
    // Two clocks are compared, which takes some microseconds.
    expect(first).toBeGreaterThan(before - 1);
    expect(second).toBeGreaterThanOrEqual(first);
    expect(second).toBeLessThanOrEqual(performance.now());
  });

  it('hears nobody else', async () => {
    const stranger = createSocket('udp4');
    const sent = new Promise((resolve) => stranger.send('stranger', socket.port, '127.0.0.1', resolve));
    await sent;
    const all = arrivals(1);
    peer.send('peer', socket.port, '127.0.0.1');
    await all;
    stranger.close();
    expect(received.map(({ text }) => text)).toEqual(['peer']);
  });

  it('is silent once it is closed, even in the middle of what came at once', async () => {
    const heard: string[] = [];
    const first = new Promise<void>((resolve) => {
      socket.onDatagram = (datagram): void => {
        heard.push(datagram.toString());
        socket.close();
        resolve();
      };
    });
    for (const text of ['a', 'b', 'c']) peer.send(text, socket.port, '127.0.0.1');
    await first;
    socket.send(Buffer.from('late'));
    socket.close();
    const next = await open();
    const told = new Promise<void>((resolve) => {
      next.onDatagram = (): void => resolve();
    });
    await next.connect('127.0.0.1', peer.address().port);
    peer.send('d', next.port, '127.0.0.1');
    await told;
    next.close();
    expect(heard).toEqual(['a']);
  });
});

if (libc && poller) {
  describe('BatchedSocket', () => {
    it('knows when a datagram came that waited for the event loop', async () => {
      const socket = new BatchedSocket(libc, poller, '127.0.0.1');
      const sender = new BatchedSocket(libc, poller, '127.0.0.1');
      await sender.connect('127.0.0.1', socket.port);
      const told = new Promise<number>((resolve) => {
        socket.onDatagram = (_datagram, arrivedAt): void => resolve(arrivedAt);
      });
      sender.send(Buffer.from('early'));
      const sentAt = performance.now();
      while (performance.now() < sentAt + 50);
      expect(await told).toBeLessThan(sentAt + 25);
      socket.close();
      sender.close();
    });

    it('says that an address is not of this host', () => {
      expect(() => new BatchedSocket(libc, poller, '203.0.113.7')).toThrow('no socket at 203.0.113.7');
    });
  });
}
