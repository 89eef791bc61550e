import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordingNodes } from '../../src/cluster/RecordingNodes.ts';
import { readIndexEntry, type IndexEntry } from '../../src/recording/RecordingIndex.ts';
import type { Recordings } from '../../src/recording/Recordings.ts';
import { LmdbStore } from '../../src/store/LmdbStore.ts';
import { RedisStore } from '../../src/store/RedisStore.ts';
import { StoredRecordings } from '../../src/store/StoredRecordings.ts';
import { silentLogger } from '../../src/support/logger.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import { recordingsIn } from '../support/recordings.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ROOM, SharedNode } from '../support/sharedNodes.ts';
import { createRegistry, createTestPool } from '../support/testRooms.ts';

/* Recordings of a room on two nodes, and where they are found after a restart. */

let pool: WorkerPool;
let redis: RedisServer;
let directory: string;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  [pool, redis] = await Promise.all([createTestPool(), RedisServer.start()]);
});
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parley-nodes-'));
  await redis.flush();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(directory, { recursive: true });
});
afterAll(async () => {
  await redis.close();
  pool.close();
  await pool.terminated();
});

interface Node {
  shared: SharedNode;
  recordings: Recordings;
}

async function start(name: string): Promise<Node> {
  const shared = await SharedNode.start(pool, redis);
  closing.push(() => shared.close());
  const store = new RedisStore({ url: redis.url, name: `${name}-store`, logger: silentLogger });
  closing.push(() => store.close());
  const index = new StoredRecordings<IndexEntry>(store, readIndexEntry);
  await until('the store', () =>
    index.list().then(
      () => true,
      () => false,
    ),
  );
  const recordings = recordingsIn(shared.harness.registry, join(directory, name), {
    index,
    place: { node: shared.id, url: `https://${name}.example` },
    others: new RecordingNodes(shared.cluster),
  });
  closing.push(() => recordings.close());
  return { shared, recordings };
}

async function startTwo(): Promise<[north: Node, south: Node]> {
  const north = await start('north');
  const south = await start('south');
  await Promise.all([north.shared.sees(south.shared), south.shared.sees(north.shared)]);
  return [north, south];
}

const isFinished = async ({ recordings }: Node): Promise<boolean> =>
  (await recordings.list(ROOM)).every(({ state }) => state === 'finished');

describe('a room on two nodes', () => {
  it('is recorded by one of them, of which everybody is told, and which anybody ends', async () => {
    const [north, south] = await startTwo();
    await north.shared.join('Ann');
    const bob = await south.shared.join('Bob');
    await Promise.all([north.shared.knows('Bob'), south.shared.knows('Ann')]);
    expect(bob.answer.snapshot.recording).toBeNull();
    const { recordingId, startedAt } = await north.recordings.start(ROOM);
    expect(await bob.peer.event('recordingChanged')).toEqual({ recording: { recordingId, startedAt } });
    const cid = await south.shared.join('Cid');
    expect(cid.answer.snapshot.recording).toEqual({ recordingId, startedAt });
    await expect(south.recordings.start(ROOM)).rejects.toMatchObject({ code: 'conflict' });
    await south.recordings.end(ROOM);
    expect(await bob.peer.event('recordingChanged')).toEqual({ recording: null, endReason: 'stopped' });
    await expect(south.recordings.end(ROOM)).rejects.toMatchObject({ code: 'invalidState' });
    expect(north.recordings.active).toEqual([]);
  });

  it('is not recorded twice when both begin at a time', async () => {
    const [north, south] = await startTwo();
    await north.shared.join('Ann');
    await south.shared.join('Bob');
    const begun = await Promise.allSettled([north.recordings.start(ROOM), south.recordings.start(ROOM)]);
    expect(begun.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(begun.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  });

  it('has recordings that both list, and that are had and removed where they are', async () => {
    const [north, south] = await startTwo();
    await north.shared.join('Ann');
    const { recordingId } = await north.recordings.start(ROOM);
    const facts = { recordingId, room: ROOM, node: north.shared.id, url: 'https://north.example' };
    await until('the index', async () => (await south.recordings.list(ROOM)).length === 1);
    expect(await south.recordings.list(ROOM)).toEqual([
      expect.objectContaining({ ...facts, state: 'recording' }),
    ]);
    await expect(south.recordings.remove(ROOM, recordingId)).rejects.toMatchObject({ code: 'invalidState' });
    await south.recordings.stop(ROOM, recordingId);
    await until('it to be finished', () => isFinished(south));
    expect(await south.recordings.list(ROOM)).toEqual([
      expect.objectContaining({ ...facts, endReason: 'stopped', participants: 1 }),
    ]);
    expect(await south.recordings.list('other')).toEqual([]);
    await expect(south.recordings.read(ROOM, recordingId)).rejects.toMatchObject({
      code: 'invalidState',
      message: expect.stringContaining('https://north.example'),
    });
    await expect(south.recordings.stop(ROOM, recordingId)).rejects.toMatchObject({ code: 'invalidState' });
    await south.recordings.remove(ROOM, recordingId);
    expect(readdirSync(join(directory, 'north'))).toEqual([]);
    await until('the index', async () => (await south.recordings.list(ROOM)).length === 0);
    await expect(south.recordings.remove(ROOM, recordingId)).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('a server that is started anew', () => {
  it('lists what was recorded before, and forgets what is gone', async () => {
    const registry = createRegistry(pool);
    closing.push(() => {
      registry.close();
      return Promise.resolve();
    });
    registry.getOrCreate(ROOM);
    const files = join(directory, 'files');
    const open = async (node: string) => {
      const store = await LmdbStore.open(join(directory, 'state'));
      const index = new StoredRecordings<IndexEntry>(store, readIndexEntry);
      const recordings = recordingsIn(registry, files, { index, place: { node, url: null } });
      const close = async (): Promise<void> => {
        await recordings.close();
        await store.close();
      };
      return { recordings, index, close };
    };
    const first = await open('here');
    const { recordingId } = await first.recordings.start(ROOM);
    await first.recordings.stop(ROOM);
    await first.close();

    const second = await open('here');
    expect(await second.index.list(ROOM)).toEqual([expect.objectContaining({ recordingId, node: 'here' })]);
    await second.recordings.recover();
    await until(
      'it to be finished',
      async () => (await second.index.get(ROOM, recordingId))?.state === 'finished',
    );
    expect(await second.recordings.read(ROOM, recordingId)).toMatchObject({ state: 'finished' });
    await second.close();

    rmSync(join(files, recordingId), { recursive: true });
    const third = await open('here');
    await third.recordings.recover();
    await until('it to be forgotten', async () => (await third.index.list()).length === 0);
    await third.close();
  });

  it('knows those that an index did not know yet', async () => {
    const registry = createRegistry(pool);
    closing.push(() => {
      registry.close();
      return Promise.resolve();
    });
    registry.getOrCreate(ROOM);
    const before = recordingsIn(registry, directory);
    const { recordingId } = await before.start(ROOM);
    await before.stop(ROOM);
    await before.close();
    const store = await LmdbStore.open(join(directory, 'state'));
    closing.push(() => store.close());
    const index = new StoredRecordings<IndexEntry>(store, readIndexEntry);
    const after = recordingsIn(registry, directory, { index });
    await after.recover();
    await until('it to be known', async () => (await index.list()).length === 1);
    expect((await index.list(ROOM))[0]).toMatchObject({ version: 1, recordingId });
    await after.close();
  });
});
