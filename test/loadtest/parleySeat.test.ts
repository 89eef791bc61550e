import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Server, type Socket } from 'socket.io';
import type { ProducerInfo } from '../../src/protocol/models.ts';
import { Endpoint } from '../../loadtest/endpoint/Endpoint.ts';
import { ParleyTarget } from '../../loadtest/targets/ParleyTarget.ts';
import type { JoinRequest, Seat, Subscription } from '../../loadtest/targets/Target.ts';

/** Answers as Parley does, with facts right behind the answer, so that one chunk holds both. */
let server: Server;
let url: string;
let sockets: Socket[];
let errors: string[];
let resumeAnswer: object;
/** What it was asked, with what. */
let asked: [string, unknown][];
/** Sent right before the answer to `consume`. */
let beforeAnswer: [string, object][];
let consumeAnswer: object;
let endpoints: Endpoint[];

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
  asked = [];
  beforeAnswer = [];
  endpoints = [];
  consumeAnswer = { consumers: [], deferred: ['a'], refused: [] };
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
    socket.on('consume', (_payload, answer: (data: object) => void) => {
      for (const [event, payload] of beforeAnswer) socket.emit(event, payload);
      answer({ ok: true, data: consumeAnswer });
    });
    for (const name of ['unsubscribe', 'setViews', 'resumeConsumers', 'connectTransport'])
      socket.on(name, (payload, answer: (data: object) => void) => {
        asked.push([name, payload]);
        answer({ ok: true, data: {} });
      });
    socket.on('leave', (_payload, answer: (data: object) => void) => answer({ ok: true, data: {} }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const endpoint of endpoints) endpoint.close();
  await server.close();
});

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
    createEndpoint: async () => {
      const endpoint = await Endpoint.open({ onRoundTrip: () => undefined });
      endpoints.push(endpoint);
      return endpoint;
    },
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

describe('a subscription in Parley', () => {
  const consumer = {
    consumerId: 'c1',
    producerId: 'a',
    peerId: 'ann',
    kind: 'video',
    source: 'camera',
    rtpParameters: { codecs: [] },
    producerPaused: false,
    type: 'simple',
  };
  const prepared: string[] = [];
  const prepare = ({ subscriptionId }: Subscription): void => void prepared.push(subscriptionId);
  beforeEach(() => {
    prepared.length = 0;
  });

  async function seated(): Promise<Seat> {
    const seat = await join();
    while (seat.tracks.size === 0) await new Promise((resolve) => seat.once('trackAdded', resolve));
    return seat;
  }
  /** Subscribes to `a`; no server is behind the transport, which is told as an error of ICE. */
  const subscribe = (seat: Seat): Promise<void> => seat.subscribe(['a'], prepare).catch(() => undefined);

  it('that is deferred comes later, and may end and come again', async () => {
    const seat = await seated();
    await subscribe(seat);
    expect([[...seat.deferred!], prepared]).toEqual([['a'], []]);
    for (const consumerId of ['c1', 'c2']) {
      const subscribed = new Promise<Subscription>((resolve) => seat.once('subscribed', resolve));
      sockets[0]!.emit('newConsumer', { consumer: { ...consumer, consumerId } });
      expect(await subscribed).toMatchObject({ subscriptionId: consumerId, track: { trackId: 'a' } });
      expect([...seat.deferred!]).toEqual([]);
      const ended = new Promise<string>((resolve) => seat.once('subscriptionEnded', resolve));
      sockets[0]!.emit('consumerClosed', { consumerId, producerId: 'a', reason: 'notNeeded' });
      expect(await ended).toBe('a');
      expect([[...seat.deferred!], seat.tracks.has('a')]).toEqual([['a'], true]);
    }
    await seat.unsubscribe!(['a']);
    expect(asked.at(-1)).toEqual(['unsubscribe', { producerIds: ['a'] }]);
    expect([...seat.deferred!]).toEqual([]);
    await seat.leave();
  });

  it('that comes before the answer which defers it is not deferred', async () => {
    const seat = await seated();
    beforeAnswer = [['newConsumer', { consumer }]];
    const subscribed = new Promise<Subscription>((resolve) => seat.once('subscribed', resolve));
    await subscribe(seat);
    expect((await subscribed).subscriptionId).toBe('c1');
    expect([...seat.deferred!]).toEqual([]);
    await seat.leave();
  });

  it('that ends before the answer which brings it is deferred', async () => {
    const seat = await seated();
    consumeAnswer = { consumers: [consumer], deferred: [], refused: [] };
    beforeAnswer = [['consumerClosed', { consumerId: 'c1', producerId: 'a', reason: 'notNeeded' }]];
    await subscribe(seat);
    expect([[...seat.deferred!], prepared]).toEqual([['a'], []]);
    await seat.leave();
  });

  it('tells of layers that are needed, and why a track does not come', async () => {
    const seat = await seated();
    const told: unknown[] = [];
    seat.on('layersNeeded', (...needed) => told.push(needed));
    const causes = new Promise<void>((resolve) =>
      seat.on('trackCause', ({ trackId, cause, isHeld }) => {
        told.push([trackId, cause, isHeld]);
        if (cause === 'fine') resolve();
      }),
    );
    sockets[0]!.emit('demandChanged', { producerId: 'own', spatialLayer: 1 });
    sockets[0]!.emit('demandChanged', { producerId: 'own', spatialLayer: null });
    const causesOf = [
      ['notVisible', 0],
      ['layerNotSent', 3],
      ['layerNotSent', 0],
      ['receiverBandwidth', 0],
      ['fine', 5],
    ] as const;
    const tracks = causesOf.map(([cause, score]) => ({ producerId: 'a', cause, score }));
    sockets[0]!.emit('qualityChanged', { tracks, peers: [] });
    await causes;
    expect(told).toEqual([
      ['own', 2],
      ['own', 0],
      ['a', 'notVisible', true],
      ['a', 'layerNotSent', false],
      ['a', 'layerNotSent', true],
      ['a', 'receiverBandwidth', false],
      ['a', 'fine', false],
    ]);
    await seat.leave();
  });

  it('says what it looks at', async () => {
    const seat = await seated();
    const size = { width: 320, height: 180 };
    await seat.setViews!([{ trackId: 'a', visible: true, ...size, isScreen: true }]);
    const views = [{ producerId: 'a', visible: true, ...size, importance: 'screen' }];
    expect(asked.at(-1)).toEqual(['setViews', { views }]);
    await seat.leave();
  });
});
