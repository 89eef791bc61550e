import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let harness: SignalingHarness;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await SignalingHarness.start(pool);
});
afterEach(async () => {
  await harness.close();
  expect(harness.signaling.connections).toBe(0);
});

describe('the handshake', () => {
  it('refuses another protocol version with a code', async () => {
    for (const protocol of [99, undefined, '1', null]) {
      const peer = harness.peer({ protocol });
      await expect(peer.connected()).rejects.toMatchObject({ data: { code: 'badRequest' } });
    }
  });

  it('refuses pages of foreign origins, and lets in those that are allowed or no page', async () => {
    await expect(harness.peer({ origin: 'https://evil.example' }).connected()).rejects.toThrow();
    await harness.peer({ origin: 'https://good.example' }).connected();
    await harness.peer().connected();
  });
});

describe('the door', () => {
  it('answers everything but join and resume with invalidState before a join', async () => {
    const peer = await harness.peer().connected();
    expect(await peer.codeOf('leave', {})).toBe('invalidState');
    expect(await peer.codeOf('sendChat', { text: 'hi' })).toBe('invalidState');
    expect(await peer.codeOf('consume', { producerIds: ['x'] })).toBe('invalidState');
    expect(await peer.codeOf('setUpMedia', {})).toBe('invalidState');
  });

  it('answers unknown and malformed requests with badRequest and says what is wrong', async () => {
    const { peer } = await harness.joined();
    expect(await peer.codeOf('shutdown', {})).toBe('badRequest');
    expect(await peer.codeOf('constructor', {})).toBe('badRequest');
    // Socket.IO lets numbers pass as names.
    expect(await peer.codeOf(5 as unknown as string, {})).toBe('badRequest');
    expect(await peer.codeOf('sendChat')).toBe('badRequest');
    expect(await peer.codeOf('sendChat', null)).toBe('badRequest');
    expect(await peer.codeOf('sendChat', 'text')).toBe('badRequest');
    expect(await peer.codeOf('sendChat', { text: Buffer.from('x') })).toBe('badRequest');
    expect(await peer.codeOf('consume', { producerIds: [] })).toBe('badRequest');
    const answer = await peer.raw('sendChat', { text: 'x'.repeat(4001) });
    expect(answer).toMatchObject({ ok: false, error: { details: [expect.stringContaining('text:')] } });
    expect(await peer.codeOf('sendChat', { text: 'still here' })).toBe('ok');
  });

  it('drops requests without an acknowledgement', async () => {
    const { peer } = await harness.joined();
    peer.socket.emit('sendChat', { text: 'no ack' });
    peer.socket.emit('sendChat');
    peer.socket.emit('leave', null);
    expect(await peer.codeOf('sendChat', { text: 'with ack' })).toBe('ok');
    expect((await peer.event('chatMessage')).message.text).toBe('with ack');
  });

  it('disconnects a socket whose message is oversized, and keeps its peer for the grace period', async () => {
    const { peer, answer } = await harness.joined();
    peer.socket.emit('sendChat', { text: 'x'.repeat(200_000) }, () => undefined);
    await peer.disconnected();
    expect(harness.registry.rooms.get('standup')?.peers.has(answer.peerId)).toBe(true);
  });

  it('answers rateLimited to a flood, and goes on afterwards', async () => {
    const { peer } = await harness.joined();
    const codes = await Promise.all(Array.from({ length: 400 }, () => peer.codeOf('leave', 'nonsense')));
    expect(codes).toContain('rateLimited');
    expect(codes.filter((code) => code === 'badRequest').length).toBeLessThanOrEqual(300);
    const other = await harness.joined();
    expect(other.answer.snapshot.peers).toHaveLength(2);
  });
});
