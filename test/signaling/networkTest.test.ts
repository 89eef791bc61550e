import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { dtlsParameters } from '../support/fabricatedMedia.ts';
import { MediasoupObjects } from '../support/MediasoupObjects.ts';
import { accessToken, SignalingHarness } from '../support/signalingHarness.ts';
import type { SignalingPeer } from '../support/signalingPeer.ts';
import { createTestPool } from '../support/testRooms.ts';

const TURN = [{ urls: 'turn:turn.example.org', username: 'u', credential: 'c' }];

const objects = new MediasoupObjects();
let pool: WorkerPool;
let harness: SignalingHarness;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
afterEach(async () => {
  await harness.close();
  expect(harness.networkTests.size).toBe(0);
  expect(objects.total).toBe(0);
});

type Options = Parameters<typeof SignalingHarness.start>[1];

async function start(options: Options = {}): Promise<SignalingPeer> {
  harness = await SignalingHarness.start(pool, options);
  return harness.peer().connected();
}

const open = (peer: SignalingPeer) => peer.request('openNetworkTest', { room: 'standup' });

/** Resolves when no test goes on. */
async function over(): Promise<void> {
  while (harness.networkTests.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a test of the network', () => {
  it('offers UDP and TCP each by itself, makes no room, and leaves nothing when it is closed', async () => {
    const peer = await start();
    const answer = await open(peer);
    const protocols = (way: 'udp' | 'tcp') =>
      answer[way].transport.iceCandidates.map(({ protocol, port }) => ({ protocol, port }));
    const [port] = pool.status().map((worker) => worker.port);
    expect(protocols('udp')).toEqual([{ protocol: 'udp', port }]);
    expect(protocols('tcp')).toEqual([{ protocol: 'tcp', port }]);
    expect(answer.relay).toBeUndefined();
    expect(answer.ports).toEqual([port]);
    expect(answer.endsIn).toBeGreaterThan(0);
    expect(harness.registry.rooms.size).toBe(0);
    expect(objects.counts.routers).toBe(1);
    expect(await peer.request('closeNetworkTest', {})).toEqual({});
    expect(objects.total).toBe(0);
    expect(await peer.codeOf('closeNetworkTest', {})).toBe('ok');
  });

  it('has a way over TURN where there is a server, with credentials of its own', async () => {
    const names: string[] = [];
    const iceServersFor = (id: string) => {
      names.push(id);
      return TURN;
    };
    const answer = await open(await start({ iceServersFor }));
    expect(answer.relay?.transport.iceCandidates.map(({ protocol }) => protocol)).toEqual(['udp']);
    expect(answer.iceServers).toEqual(expect.arrayContaining(TURN));
    expect(names).toEqual([expect.stringMatching(/^test-/)]);
  });

  it('is for those who may join: by a token where the server asks for one', async () => {
    const peer = await start({ open: false });
    const asked = (token?: string) =>
      peer.codeOf('openNetworkTest', { room: 'standup', ...(token === undefined ? {} : { token }) });
    expect(await asked()).toBe('unauthorized');
    expect(await asked('nonsense')).toBe('unauthorized');
    expect(await asked(await accessToken({ video: { roomJoin: true, room: 'other' } }))).toBe('forbidden');
    expect(await asked(await accessToken({ video: { roomJoin: true, room: 'standup' } }))).toBe('ok');
  });

  it('refuses rubbish, what is not its own, and what comes twice', async () => {
    const peer = await start();
    expect(await peer.codeOf('openNetworkTest', {})).toBe('badRequest');
    expect(await peer.codeOf('openNetworkTest', { room: '../etc' })).toBe('badRequest');
    const transportId = 'nobody';
    expect(await peer.codeOf('measureNetwork', { transportId, direction: 'up' })).toBe('notFound');
    const { udp } = await open(peer);
    const own = udp.transport.transportId;
    expect(await peer.codeOf('measureNetwork', { transportId: own, direction: 'sideways' })).toBe(
      'badRequest',
    );
    expect(await peer.codeOf('connectNetworkTest', { transportId: own, dtlsParameters: {} })).toBe(
      'badRequest',
    );
    expect(await peer.codeOf('connectNetworkTest', { transportId, dtlsParameters })).toBe('notFound');
    const stranger = await harness.peer().connected();
    expect(await stranger.codeOf('connectNetworkTest', { transportId: own, dtlsParameters })).toBe(
      'notFound',
    );
    expect(await peer.codeOf('connectNetworkTest', { transportId: own, dtlsParameters })).toBe('ok');
    expect(await peer.codeOf('connectNetworkTest', { transportId: own, dtlsParameters })).toBe(
      'invalidState',
    );
    // Nobody is at the other end.
    expect(await peer.codeOf('measureNetwork', { transportId: own, direction: 'down' })).toBe('invalidState');
    expect(await peer.request('measureNetwork', { transportId: own, direction: 'up' })).toEqual({
      bytes: 0,
      bitrate: null,
    });
    expect(await peer.codeOf('measureNetwork', { transportId: own, direction: 'up' })).toBe('invalidState');
    // What belongs to a peer of a room is no business of a test, and the other way round.
    expect(await peer.codeOf('restartIce', { transportId: own })).toBe('invalidState');
  });

  it('is one for each socket, and ends with it', async () => {
    const peer = await start();
    const first = await open(peer);
    const second = await open(peer);
    expect(objects.counts.routers).toBe(1);
    const measure = (transportId: string) => peer.codeOf('measureNetwork', { transportId, direction: 'up' });
    expect(await measure(first.udp.transport.transportId)).toBe('notFound');
    expect(await measure(second.udp.transport.transportId)).toBe('ok');
    peer.close();
    await over();
  });

  it('ends when its socket joins, which cannot begin another one', async () => {
    const peer = await start();
    await open(peer);
    await peer.request('join', { room: 'standup' });
    expect(harness.networkTests.size).toBe(0);
    expect(await peer.codeOf('openNetworkTest', { room: 'standup' })).toBe('invalidState');
  });

  it('ends by itself', async () => {
    const peer = await start({ networkTests: { lifetime: 50 } });
    const { udp, endsIn } = await open(peer);
    expect(endsIn).toBeLessThanOrEqual(50);
    await over();
    const { transportId } = udp.transport;
    expect(await peer.codeOf('measureNetwork', { transportId, direction: 'up' })).toBe('notFound');
  });

  it('waits for its turn when many go on, and is refused to an address that asks too often', async () => {
    const peer = await start({ networkTests: { atOnce: 2 } });
    const others = [await harness.peer().connected(), await harness.peer().connected()];
    for (const other of others) await open(other);
    expect(await peer.codeOf('openNetworkTest', { room: 'standup' })).toBe('limitExceeded');
    await others[0]?.request('closeNetworkTest', {});
    expect(await peer.codeOf('openNetworkTest', { room: 'standup' })).toBe('ok');
    const codes = new Set<string>();
    for (let i = 0; i < 30; i += 1) codes.add(await peer.codeOf('openNetworkTest', { room: 'standup' }));
    expect([...codes]).toEqual(['ok', 'rateLimited']);
  });

  it('is not begun while the server drains', async () => {
    const peer = await start();
    harness.drain.begin();
    expect(await peer.codeOf('openNetworkTest', { room: 'standup' })).toBe('unavailable');
  });
});

describe('a worker that dies', () => {
  it('ends the tests on it', async () => {
    const peer = await start();
    const { udp } = await open(peer);
    const back = new Promise<void>((resolve) => {
      const off = pool.on('workerReady', () => {
        off();
        resolve();
      });
    });
    process.kill(pool.workers[0]?.pid ?? 0, 'SIGKILL');
    await back;
    await over();
    const { transportId } = udp.transport;
    expect(await peer.codeOf('measureNetwork', { transportId, direction: 'up' })).toBe('notFound');
    expect(await peer.codeOf('openNetworkTest', { room: 'standup' })).toBe('ok');
  });
});
