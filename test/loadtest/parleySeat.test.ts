import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Server, type Socket } from 'socket.io';
import type { ProducerInfo } from '../../src/protocol/models.ts';
import { ParleyTarget } from '../../loadtest/targets/ParleyTarget.ts';
import type { JoinRequest, Seat } from '../../loadtest/targets/Target.ts';

/** Answers as Parley does, with facts right behind the answer, so that one chunk holds both. */
let server: Server;
let url: string;
let sockets: Socket[];
let errors: string[];
let resumeAnswer: object;

const producer = (producerId: string): ProducerInfo => ({
  producerId,
  peerId: 'ann',
  kind: 'video',
  source: 'camera',
  paused: false,
});
const transport = {
  transportId: 'transport',
  iceParameters: { usernameFragment: 'u', password: 'p' },
  iceCandidates: [],
  dtlsParameters: { fingerprints: [] },
};
const snapshot = (producers: ProducerInfo[]): object => ({
  mediaEpoch: 1,
  peers: [
    { peerId: 'bot', name: 'bot', producers: [] },
    { peerId: 'ann', name: 'ann', producers },
  ],
});
const media = {
  mediaEpoch: 1,
  routerRtpCapabilities: {},
  sendTransport: transport,
  recvTransport: transport,
};

beforeEach(async () => {
  sockets = [];
  errors = [];
  resumeAnswer = { ok: true, data: { snapshot: snapshot([producer('a')]), iceParameters: {} } };
  const http = createServer();
  server = new Server(http);
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('join', (_payload, answer: (data: object) => void) => {
      answer({ ok: true, data: { peerId: 'bot', sessionToken: 't', snapshot: snapshot([]), media } });
      socket.emit('newProducer', { producer: producer('a') });
    });
    socket.on('resume', (_payload, answer: (data: object) => void) => {
      answer(resumeAnswer);
      socket.emit('newProducer', { producer: producer('b') });
    });
    socket.on('leave', (_payload, answer: (data: object) => void) => answer({ ok: true, data: {} }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

function join(deadline = 5000): Promise<Seat> {
  const request: JoinRequest = {
    url,
    room: 'room',
    name: 'bot',
    deadline,
    transportCc: true,
    signal: new AbortController().signal,
    observer: {
      signaling: () => undefined,
      ice: () => undefined,
      dtls: () => undefined,
      request: () => undefined,
      error: (phase, code) => errors.push(`${phase} ${code}`),
    },
    createEndpoint: () => Promise.reject(new Error('nothing is sent here')),
  };
  return new ParleyTarget().join(request);
}

describe('a seat in Parley', () => {
  it('knows of what came with the answer to its join', async () => {
    const seat = await join();
    while (seat.tracks.size === 0) await new Promise((resolve) => seat.once('trackAdded', resolve));
    expect([...seat.tracks.keys()]).toEqual(['a']);
    expect(seat.participants).toBe(2);
    await seat.leave();
  });

  it('knows of what came with the answer when it resumed', async () => {
    const seat = await join();
    const added = new Promise<void>((resolve) => {
      seat.on('trackAdded', ({ trackId }) => {
        if (trackId === 'b') resolve();
      });
    });
    await seat.dropSocket!();
    await added;
    expect([...seat.tracks.keys()]).toEqual(['a', 'b']);
    expect(errors).toEqual([]);
    await seat.leave();
  });

  it('is interrupted while a lost connection is not back, and lost after its deadline', async () => {
    const seat = await join(300);
    expect(seat.isInterrupted).toBe(false);
    const lost = new Promise<string>((resolve) => seat.once('lost', resolve));
    server.on('connection', (socket) => socket.disconnect(true));
    sockets[0]!.disconnect(true);
    expect(await lost).toMatch(/^the connection was lost, and not back within 300 ms/);
    expect(seat.isInterrupted).toBe(false);
  });

  it('is lost when the server does not know it any more', async () => {
    const seat = await join();
    const lost = new Promise<string>((resolve) => seat.once('lost', resolve));
    resumeAnswer = { ok: false, error: { code: 'notFound', message: 'no such session' } };
    await seat.dropSocket!();
    expect(await lost).toBe('no such session');
  });
});
