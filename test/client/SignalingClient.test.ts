import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Server, type Socket } from 'socket.io';
import { SignalingClient } from '../../client/lib/SignalingClient.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
import { badRequest } from '../../src/support/errors.ts';
import { freePort } from '../../src/workers/freePort.ts';
import { pause, until } from './support/until.ts';

let io: Server;
let url: string;
let client: SignalingClient;
let heard: string[];
let handshakes: unknown[];
let serve: (socket: Socket) => void;
let admit: () => (Error & { data?: unknown }) | undefined;

beforeEach(async () => {
  const http = createServer();
  io = new Server(http);
  heard = [];
  handshakes = [];
  serve = () => {};
  admit = () => undefined;
  io.use((_socket, next) => next(admit()));
  io.on('connection', (socket) => {
    handshakes.push(socket.handshake.auth);
    serve(socket);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  client = create();
});

afterEach(async () => {
  client.close();
  await io.close();
});

function create(over: Partial<ConstructorParameters<typeof SignalingClient>[0]> = {}): SignalingClient {
  const created = new SignalingClient({ url, requestTimeout: 150, reconnectDelay: 10, ...over });
  created.on('connected', () => heard.push('connected'));
  created.on('disconnected', (reason) => heard.push(`disconnected: ${reason}`));
  created.on('connectFailed', (error) => heard.push(`connectFailed: ${error.code}`));
  created.on('refused', (error) => heard.push(`refused: ${error.code}`));
  created.on('unreachable', (error) => heard.push(`unreachable: ${error.code}`));
  return created;
}

async function opened(): Promise<void> {
  client.open();
  await until(() => client.connected);
}

function answer(respond: (acknowledge: (answer: unknown) => void) => void): void {
  serve = (socket) =>
    socket.onAny((_name: string, _payload: unknown, acknowledge: (answer: unknown) => void) =>
      respond(acknowledge),
    );
}

describe('a signaling client', () => {
  it('says its protocol version in the handshake', async () => {
    await opened();
    expect(handshakes).toEqual([{ protocol: PROTOCOL_VERSION }]);
    expect(heard).toEqual(['connected']);
  });

  it('takes the origin of a base URL with a path', async () => {
    client.close();
    client = create({ url: `${url}/r/standup?name=x` });
    await opened();
    expect(client.connected).toBe(true);
  });

  it('tells each of the facts that come gathered, in order, until it is closed', async () => {
    const told: unknown[] = [];
    client.on('peerLeft', (fact) => told.push(fact));
    client.on('producerPaused', (fact) => {
      told.push(fact);
      client.close();
    });
    await opened();
    const left = { peerId: 'ann', reason: 'left' };
    const paused = { peerId: 'bob', producerId: 'b1' };
    io.emit('facts', {
      facts: [
        ['peerLeft', left],
        ['unheardOf', {}],
        ['producerPaused', paused],
        ['peerLeft', left],
      ],
    });
    await until(() => client.closed);
    expect(told).toEqual([left, paused]);
  });

  it('goes where it is sent, also after a lost socket, and home when nobody is there', async () => {
    const other = new Server();
    const port = await freePort(['127.0.0.1']);
    other.on('connection', (socket) => handshakes.push(socket.handshake.auth));
    other.listen(port);
    await opened();
    expect(client.goHome()).toBe(false);
    expect(client.moveTo(`http://127.0.0.1:${port}`)).toBe(true);
    await until(() => client.connected);
    expect([...other.of('/').sockets.values()]).toHaveLength(1);
    await until(() => io.of('/').sockets.size === 0);
    for (const socket of other.of('/').sockets.values()) socket.conn.close();
    await until(() => heard.length === 4);
    expect([...other.of('/').sockets.values()]).toHaveLength(1);
    await other.close();
    await until(() => io.of('/').sockets.size === 1);
    await until(() => client.connected);
    // Neither that it went nor that it came back is a lost connection.
    expect(heard.filter((what) => what.startsWith('disconnected'))).toHaveLength(2);
    expect(heard.filter((what) => /refused|unreachable/.test(what))).toEqual([]);
  });

  it('comes home at once when it is refused where it was sent', async () => {
    const other = new Server();
    const port = await freePort(['127.0.0.1']);
    other.use((_socket, next) => next(new Error('not you')));
    other.listen(port);
    await opened();
    client.moveTo(`http://127.0.0.1:${port}`);
    await until(() => heard.length === 2);
    expect(heard).toEqual(['connected', 'connected']);
    expect(io.of('/').sockets.size).toBe(1);
    await other.close();
  });

  it('goes to no place that is none', async () => {
    await opened();
    for (const nonsense of ['', 'north', 'ftp://example.org', 'javascript:alert(1)'])
      expect(client.moveTo(nonsense)).toBe(false);
    expect(client.connected).toBe(true);
  });

  it('resolves a request with its data', async () => {
    const seen: unknown[] = [];
    serve = (socket) =>
      socket.on('sendChat', (payload: unknown, acknowledge: (answer: unknown) => void) => {
        seen.push(payload);
        acknowledge({ ok: true, data: { message: { text: 'hi' } } });
      });
    await opened();
    await expect(client.request('sendChat', { text: 'hi' })).resolves.toEqual({ message: { text: 'hi' } });
    expect(seen).toEqual([{ text: 'hi' }]);
  });

  it('rejects a refused request with its code, text and details', async () => {
    answer((acknowledge) =>
      acknowledge({ ok: false, error: badRequest('no', { details: ['text: empty'] }).toWire() }),
    );
    await opened();
    await expect(client.request('sendChat', { text: '' })).rejects.toMatchObject({
      name: 'ParleyError',
      code: 'badRequest',
      message: 'no',
      details: ['text: empty'],
    });
  });

  it('rejects an answer outside the protocol with `internal`', async () => {
    for (const nonsense of [undefined, null, 'ok', {}, { ok: true }, { ok: false, error: 'x' }]) {
      io.removeAllListeners('connection');
      answer((acknowledge) => acknowledge(nonsense));
      io.on('connection', (socket) => serve(socket));
      client.close();
      client = create();
      await opened();
      await expect(client.request('leave', {})).rejects.toMatchObject({ code: 'internal' });
    }
  });

  it('rejects with `timeout` when no answer comes in time', async () => {
    await opened();
    await expect(client.request('leave', {})).rejects.toMatchObject({ code: 'timeout' });
    expect(client.connected).toBe(true);
  });

  it('rejects with `unavailable` at once when it is not connected', async () => {
    await expect(client.request('leave', {})).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('rejects with `unavailable` when the socket is lost before the answer, and sends nothing later', async () => {
    const seen: string[] = [];
    serve = (socket) => socket.onAny((name: string) => seen.push(name));
    await opened();
    const request = expect(client.request('leave', {})).rejects.toMatchObject({ code: 'unavailable' });
    await until(() => seen.length === 1);
    for (const socket of io.sockets.sockets.values()) socket.conn.close();
    await request;
    await until(() => heard.filter((event) => event === 'connected').length === 2);
    await pause(50);
    expect(seen).toEqual(['leave']);
  });

  it('opens a lost socket again by itself', async () => {
    await opened();
    for (const socket of io.sockets.sockets.values()) socket.conn.close();
    await until(() => heard.length === 3);
    expect(heard).toEqual(['connected', 'disconnected: transport close', 'connected']);
  });

  it('opens the socket again after the server closed it', async () => {
    await opened();
    io.disconnectSockets();
    await until(() => heard.length === 3);
    expect(heard).toEqual(['connected', 'disconnected: io server disconnect', 'connected']);
  });

  it('replaces a socket that seems dead', async () => {
    await opened();
    client.reconnect();
    await until(() => heard.length === 3);
    expect(heard[2]).toBe('connected');
    expect(handshakes).toHaveLength(2);
  });

  it('hands every fact on, and nothing that is not in the protocol', async () => {
    const facts: unknown[] = [];
    client.on('peerLeft', (payload) => facts.push(payload));
    client.on('mediaReset', (payload) => facts.push(payload));
    await opened();
    io.emit('peerLeft', { peerId: 'ada', reason: 'left' });
    io.emit('connected', { not: 'a fact' });
    io.emit('toString', {});
    io.emit('mediaReset', { mediaEpoch: 2 });
    await until(() => facts.length === 2);
    expect(facts).toEqual([{ peerId: 'ada', reason: 'left' }, { mediaEpoch: 2 }]);
    expect(heard).toEqual(['connected']);
  });

  it('tells a refusal in the handshake with its code, and does not try again', async () => {
    admit = () => Object.assign(new Error('old'), { data: badRequest('old').toWire() });
    client.open();
    await until(() => heard.length > 0);
    await pause(100);
    expect(heard).toEqual(['refused: badRequest']);
  });

  it('takes a refusal without a code for `unavailable`', async () => {
    admit = () => new Error('no');
    client.open();
    await until(() => heard.length > 0);
    expect(heard).toEqual(['refused: unavailable']);
  });

  it('tells failed attempts, and when it gives up', async () => {
    client.close();
    client = create({ url: 'http://127.0.0.1:9', reconnectAttempts: 2 });
    client.open();
    await until(() => heard.includes('unreachable: unavailable'));
    expect(heard.filter((event) => event === 'connectFailed: unavailable').length).toBeGreaterThanOrEqual(2);
  });

  it('is silent once closed, and closes twice without harm', async () => {
    await opened();
    client.close();
    client.close();
    client.open();
    io.emit('mediaReset', { mediaEpoch: 2 });
    await pause(50);
    expect(heard).toEqual(['connected']);
    expect(client.connected).toBe(false);
    await expect(client.request('leave', {})).rejects.toMatchObject({ code: 'unavailable' });
  });
});
