import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalCluster } from '../../src/cluster/local/LocalCluster.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { LmdbStore } from '../../src/store/LmdbStore.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { EventLog } from '../../src/webhooks/EventLog.ts';
import type { NumberedEvent } from '../../src/webhooks/events.ts';
import { LostNodes } from '../../src/webhooks/LostNodes.ts';
import { NODES, PRESENT, ROOMS } from '../../src/webhooks/presence.ts';
import { RoomEvents } from '../../src/webhooks/RoomEvents.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import {
  createRegistry,
  createTestPool,
  joinPeer,
  produceCamera,
  produceMicrophone,
} from '../support/testRooms.ts';

/* What real rooms come to in the log. */

let pool: WorkerPool;
let directory: string;
let store: LmdbStore;
let log: EventLog;
const registries: RoomRegistry[] = [];

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parley-rooms-'));
  store = await LmdbStore.open(directory);
  log = new EventLog({ store, kept: 1000, logger: silentLogger });
});
afterEach(async () => {
  for (const registry of registries.splice(0)) registry.close();
  await log.close(1000);
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function node(name = 'here', limits = {}): { rooms: RoomRegistry; told: RoomEvents } {
  const rooms = createRegistry(pool, { gracePeriod: 0, ...limits });
  registries.push(rooms);
  return { rooms, told: new RoomEvents({ rooms, log, node: name }) };
}

async function events(last: string): Promise<NumberedEvent[]> {
  let found: NumberedEvent[] = [];
  await until(`${last} is told; ${found.map(({ event }) => event).join()}`, async () => {
    found = (await log.read(0, 1000)).events;
    return found.some(({ event }) => event === last);
  });
  return found;
}
const kinds = (found: NumberedEvent[]) => found.map(({ event }) => event);

describe('a room', () => {
  it('is told from its start to its end', async () => {
    const { rooms } = node();
    const room = rooms.getOrCreate('standup');
    const ann = await joinPeer(room, { identity: 'ann', name: 'Ann' });
    const microphone = await produceMicrophone(ann);
    const camera = await produceCamera(ann);
    ann.producers.closeOne(microphone.producerId, 'closed');
    const bob = await joinPeer(room, { identity: 'bob' });
    ann.close('left');
    bob.disconnected();
    await until('bob is gone', () => room.peers.size === 0);
    room.close('roomClosed');
    const found = await events('room_finished');
    expect(kinds(found)).toEqual([
      'room_started',
      'participant_joined',
      'track_published',
      'track_published',
      'track_unpublished',
      'participant_joined',
      // What goes with its peer.
      'track_unpublished',
      'participant_left',
      'participant_connection_aborted',
      'participant_left',
      'room_finished',
    ]);
    expect(found.map(({ seq }) => seq)).toEqual(found.map((_, index) => index + 1));
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    for (const { room: told } of found)
      expect(told).toMatchObject({ sid: room.definition.sid, name: 'standup' });
    expect(found[2]).toMatchObject({
      participant: { sid: ann.id, identity: 'ann', name: 'Ann', state: 'ACTIVE' },
      track: { sid: microphone.producerId, source: 'MICROPHONE', mimeType: 'audio/opus' },
    });
    expect(found[6]).toMatchObject({
      participant: { identity: 'ann', state: 'DISCONNECTED' },
      track: { sid: camera.producerId, source: 'CAMERA', mimeType: 'video/VP8' },
    });
    expect(found[7]?.participant?.disconnectReason).toBe('CLIENT_INITIATED');
    expect(found[9]?.participant).toMatchObject({ identity: 'bob', disconnectReason: 'CONNECTION_TIMEOUT' });
    for (const collection of [PRESENT, ROOMS]) expect(await store.list(collection)).toEqual([]);
  });

  it('on two nodes starts once and finishes once, and who moves neither leaves nor joins', async () => {
    const [north, south] = [node('north'), node('south')];
    const [there, here] = [north.rooms.getOrCreate('standup'), south.rooms.getOrCreate('standup')];
    const ann = await joinPeer(there, { identity: 'ann' });
    const moved = await joinPeer(here, {
      identity: 'ann',
      moved: { peerId: ann.id, joinedAt: ann.joinedAt },
    });
    ann.close('left');
    there.close('empty');
    await joinPeer(here, { identity: 'bob' });
    moved.close('left');
    here.close('roomClosed');
    const found = await events('room_finished');
    expect(found.map(({ event, participant }) => [event, participant?.identity])).toEqual([
      ['room_started', undefined],
      ['participant_joined', 'ann'],
      ['participant_joined', 'bob'],
      ['participant_left', 'ann'],
      ['participant_left', 'bob'],
      ['room_finished', undefined],
    ]);
  });

  it('is not told again to a store that knows of it, and is to one that has forgotten', async () => {
    const { rooms, told } = node();
    const room = rooms.getOrCreate('standup');
    const ann = await joinPeer(room);
    told.retell();
    expect(kinds(await events('participant_joined'))).toEqual(['room_started', 'participant_joined']);
    const keys = [...(await store.list(PRESENT)).map(({ key }) => ({ in: PRESENT, key }))];
    await store.write([{ remove: keys }]);
    told.retell();
    ann.close('left');
    expect(kinds(await events('participant_left'))).toEqual([
      'room_started',
      'participant_joined',
      'participant_joined',
      'participant_left',
    ]);
  });
});

describe('a node that is gone', () => {
  it('has what was on it ended by another one, which then lets nobody wait for it again', async () => {
    const north = node('north');
    const cluster = new LocalCluster({
      identity: { id: 'south', address: '127.0.0.1', region: null, capacity: 1, url: null },
      status: () => ({ peers: 0, cpu: 0, accepting: true }),
      logger: silentLogger,
    });
    const others = new Map([['north', { ...cluster.nodes.self, id: 'north' }]]);
    const look = (self: string, patience: number) =>
      new LostNodes({
        store,
        log,
        nodes: { others },
        self,
        isReachable: () => cluster.connected,
        patience,
        logger: silentLogger,
      });
    const theirs = look('north', 60_000);
    const room = north.rooms.getOrCreate('standup');
    await joinPeer(room, { identity: 'ann' });
    await events('participant_joined');
    const ours = look('south', 60_000);
    await until('both are known', async () => (await store.list(NODES)).length === 2);
    await ours.look();
    others.clear();
    await ours.look();
    // It may come back until the next look.
    expect((await log.read(0, 100)).last).toBe(2);
    await Promise.all([ours.look(), ours.look()]);
    const found = await events('room_finished');
    expect(kinds(found).slice(2)).toEqual([
      'participant_connection_aborted',
      'participant_left',
      'room_finished',
    ]);
    expect(found[3]?.participant).toMatchObject({
      identity: 'ann',
      state: 'DISCONNECTED',
      disconnectReason: 'SERVER_SHUTDOWN',
    });
    await until('it is forgotten', async () => (await store.list(NODES)).length === 1);
    // It was alive after all: what it tells the end of now was told.
    room.close('roomClosed');
    ours.close();
    theirs.close();
    await until('nobody is there any more', async () => (await store.list(NODES)).length === 0);
    expect((await log.read(0, 100)).last).toBe(found.length);
    await cluster.close();
  });
});
