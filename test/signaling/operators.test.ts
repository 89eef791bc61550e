import type { Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Drain } from '../../src/cluster/Drain.ts';
import { openDoors } from '../../src/doors.ts';
import { createHttpApp } from '../../src/http/createHttpApp.ts';
import { createServer, listen } from '../../src/http/listen.ts';
import type { ForwardingReport, PeerReport } from '../../src/sfu/forwarding/operatorReport.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import { plainRtpIn } from '../support/plainRtp.ts';
import { recordingsIn } from '../support/recordings.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { AccessTokens } from '../../src/access/AccessTokens.ts';
import { silentLogger } from '../../src/support/logger.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import {
  createRegistry,
  createTestPool,
  joinPeer,
  produceCamera,
  produceMicrophone,
} from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let drain: Drain;
let server: Server;
let url: string;
let ann: Peer;
let bob: Peer;
let camera: string;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  registry = createRegistry(pool);
  drain = new Drain({ rooms: registry, deadline: 60_000, logger: silentLogger });
  // Even an open server tells nobody without a token.
  const tokens = new AccessTokens({ apiKey: API_KEY, apiSecret: API_SECRET, open: true });
  const app = createHttpApp({
    staticDir: '/nowhere',
    secure: false,
    trustProxy: 0,
    health: () => ({ ready: true }),
    doors: openDoors({
      rooms: registry,
      drain,
      tokens,
      recordings: recordingsIn(registry),
      plainRtp: plainRtpIn(registry),
    }).routes,
    logger: silentLogger,
  });
  server = createServer(app);
  url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}/api/rooms`;
  const room = registry.getOrCreate('standup');
  ann = await joinPeer(room, { name: 'Ann', identity: 'ann@example.org' });
  bob = await joinPeer(room, { name: 'Bob' });
  ({ producerId: camera } = await produceCamera(ann));
  await produceMicrophone(ann, true);
  await room.consume(
    bob,
    ann.producers.list().map(({ producerId }) => producerId),
  );
});
afterEach(() => {
  drain.cutShort();
  registry.close();
  server.closeAllConnections();
  server.close();
});

const admin = () => accessToken({ sub: 'ops', video: { roomAdmin: true, room: 'standup' } });

const get = (path: string, token?: string) =>
  fetch(`${url}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

async function refusal(path: string, token?: string): Promise<[number, string]> {
  const response = await get(path, token);
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

describe('what is forwarded in a room', () => {
  it('is told to its admin: settings, demand, decisions and causes', async () => {
    await until('the cause', () => bob.quality.get(camera) !== undefined);
    const response = await get('/standup/forwarding', await admin());
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const report = (await response.json()) as ForwardingReport;
    expect(report).toMatchObject({ room: 'standup', videoCodec: 'video/VP8', loudest: { places: [] } });
    expect(report.settings.loudest).toBe(4);
    expect(report.pipes).toEqual({ open: 0, flowing: 0, packets: 0, bitrate: 0 });
    expect(report.peers.map(({ worker }) => worker)).toEqual([0, 0]);
    const [first, second] = report.peers;
    expect(first?.sending).toContainEqual(
      expect.objectContaining({ producerId: camera, codec: 'video/VP8', demand: 2, limitedBy: 'none' }),
    );
    expect(second?.receiving).toContainEqual(
      expect.objectContaining({
        producerId: camera,
        peerId: ann.id,
        cause: 'connecting',
        score: 0,
        decision: { forward: 'send', spatialLayer: 7, temporalLayer: 7, priority: 60 },
        layers: null,
        bitrate: 0,
      }),
    );
  });

  it('counts what is deferred by its cause', async () => {
    const room = registry.getOrCreate('standup');
    room.forwarding.setViews(bob, [
      { producerId: camera, visible: false, width: 0, height: 0, importance: 'normal' },
    ]);
    await until('the cause', () => bob.quality.get(camera)?.cause === 'notVisible');
    bob.consumers.closeNotNeeded({ audio: 0, video: 0 });
    const { receiving, deferred } = (await (
      await get(`/standup/peers/${bob.id}/quality`, await admin())
    ).json()) as PeerReport;
    expect(deferred).toEqual({ notVisible: 1 });
    expect(receiving).toHaveLength(1);
  });
});

describe('the quality of a peer', () => {
  it('is found by id and by identity', async () => {
    for (const peer of [ann.id, encodeURIComponent('ann@example.org')]) {
      const response = await get(`/standup/peers/${peer}/quality`, await admin());
      expect(await response.json()).toMatchObject({
        peerId: ann.id,
        name: 'Ann',
        audioOnly: false,
        connection: { score: 5, availableOutgoingBitrate: null },
        sending: [{ source: 'camera' }, { source: 'microphone', paused: true }],
        receiving: [],
      });
    }
  });

  it('is not there for peers and rooms that are not', async () => {
    expect(await refusal('/standup/peers/nobody/quality', await admin())).toEqual([404, 'notFound']);
    const everywhere = await accessToken({ video: { roomAdmin: true } });
    expect(await refusal('/nowhere/forwarding', everywhere)).toEqual([404, 'notFound']);
    expect(await refusal('/nowhere/peers/nobody/quality', everywhere)).toEqual([404, 'notFound']);
  });
});

describe('who is no admin of the room', () => {
  it.each(['/standup/forwarding', '/standup/peers/nobody/quality', '/nowhere/forwarding'])(
    'gets nothing from %s',
    async (path) => {
      expect(await refusal(path)).toEqual([401, 'unauthorized']);
      expect(await refusal(path, 'garbage')).toEqual([401, 'unauthorized']);
      const forged = await accessToken(
        { video: { roomAdmin: true } },
        { secret: 'some other secret of 32 bytes' },
      );
      expect(await refusal(path, forged)).toEqual([401, 'unauthorized']);
      expect(await refusal(path, await accessToken())).toEqual([403, 'forbidden']);
      const other = await accessToken({ video: { roomAdmin: true, room: 'other' } });
      expect(await refusal(path, other)).toEqual([403, 'forbidden']);
    },
  );
});

describe('a room that is to leave a worker', () => {
  const vacate = async (worker: string, token?: string): Promise<[number, unknown]> => {
    const response = await fetch(`${url}/standup/workers/${worker}/vacate`, {
      method: 'POST',
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });
    return [response.status, await response.json()];
  };

  it('is told so by its admin alone', async () => {
    expect(await vacate('0')).toMatchObject([401, { error: { code: 'unauthorized' } }]);
    expect(await vacate('0', await accessToken())).toMatchObject([403, { error: { code: 'forbidden' } }]);
    for (const worker of ['9', 'x', '-1'])
      expect(await vacate(worker, await admin())).toMatchObject([404, { error: { code: 'notFound' } }]);
    // There is only one here.
    expect(await vacate('0', await admin())).toMatchObject([409, { error: { code: 'conflict' } }]);
  });
});

describe('a drain', () => {
  const post = (token?: string) =>
    fetch(new URL('/api/drain', url), {
      method: 'POST',
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });

  it('is begun by an admin of the server, once, and tells how long it takes at most', async () => {
    let begun = 0;
    drain.on('began', () => (begun += 1));
    const token = await accessToken({ sub: 'ops', video: { roomAdmin: true } });
    const response = await post(token);
    expect([response.status, await response.json()]).toEqual([202, { endsIn: 60_000, peers: 2 }]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    await until('the drain', () => drain.begun);
    const [again] = await Promise.all([post(token), post(token)]);
    expect(again.status).toBe(202);
    expect(((await again.json()) as { endsIn: number }).endsIn).toBeLessThan(60_000);
    expect(begun).toBe(1);
  });

  it('is begun by nobody else', async () => {
    for (const [token, status, code] of [
      [undefined, 401, 'unauthorized'],
      ['garbage', 401, 'unauthorized'],
      [await accessToken(), 403, 'forbidden'],
      [await admin(), 403, 'forbidden'],
    ] as const) {
      const response = await post(token);
      expect([response.status, await response.json()]).toEqual([
        status,
        { error: { code, message: expect.any(String) } },
      ]);
    }
    expect((await fetch(new URL('/api/drain', url))).status).toBe(404);
    expect(drain.begun).toBe(false);
  });
});
