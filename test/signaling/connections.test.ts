import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import { RawSocket } from '../support/rawSocket.ts';
import { SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

const CONNECT = '40{"protocol":1}';

let pool: WorkerPool;
let harness: SignalingHarness;
let raw: RawSocket;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await SignalingHarness.start(pool);
  raw = await RawSocket.open(harness.url);
});
afterEach(async () => {
  raw.close();
  await harness.close();
});

/** A room with as much chat as it keeps: a snapshot takes 0.8 MB. */
async function fullRoom(): Promise<void> {
  const { answer } = await harness.joined('full');
  const room = harness.registry.rooms.get('full')!;
  const peer = room.peers.get(answer.peerId)!;
  for (let i = 0; i < 200; i++) room.sendChat(peer, '€'.repeat(4000));
}

describe('a connection', () => {
  it('is ended when its client does not read what it asks for', async () => {
    await fullRoom();
    raw.send(CONNECT);
    await raw.reads('40{"sid"');
    raw.stopReading();
    const before = harness.signaling.connections;
    for (let id = 0; id < 40; id += 2) raw.send(`42${id}["join",{"room":"full"}]`, `42${id + 1}["leave",{}]`);
    await until('the connection is ended', () => harness.signaling.connections === before - 1);
    expect((await harness.joined('full')).answer.snapshot.chat).toHaveLength(65);
  });

  it('stays when its client reads, however much that is', async () => {
    await fullRoom();
    const peer = await harness.peer().connected();
    for (let i = 0; i < 12; i++) {
      await peer.request('join', { room: 'full' });
      await peer.request('leave', {});
    }
  });

  it('is ended when its client floods, with or without waiting for answers', async () => {
    for (const message of ['42["leave",{}]', '421["leave",{}]', '3']) {
      const flood = await RawSocket.open(harness.url);
      flood.send(CONNECT);
      await flood.reads('40{"sid"');
      flood.send(...Array.from({ length: 3100 }, () => message));
      await flood.ended();
    }
    await until('the sockets are gone', () => harness.signaling.connections === 0);
  });

  it('carries one socket, however many are asked for at once', async () => {
    raw.send(...Array.from({ length: 50 }, () => CONNECT));
    await raw.ended();
    await until('its socket is gone', () => harness.signaling.connections === 0);
    expect(raw.received.split('40{"sid"').length - 1).toBeLessThanOrEqual(1);
  });

  it('is refused to a script element, which sends no origin', async () => {
    const handshake = `${harness.url}/socket.io/?EIO=4&transport=polling`;
    expect((await fetch(handshake)).status).toBe(200);
    expect((await fetch(`${handshake}&j=0`)).status).toBe(403);
  });
});
