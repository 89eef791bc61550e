import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { createRegistry, createTestPool, joinPeer, produceMicrophone } from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let room: Room;

beforeEach(async () => {
  pool = await createTestPool(1);
  registry = createRegistry(pool);
  room = registry.getOrCreate('standup');
});
afterEach(async () => {
  registry.close();
  pool.close();
  await pool.terminated();
});

/** Kills the only worker there is, so the room has to wait for its successor. */
function killWorker(): void {
  const pid = pool.status()[0]?.pid;
  if (pid === undefined) throw new Error('no worker runs');
  process.kill(pid, 'SIGKILL');
}

describe('a room whose worker dies', () => {
  it('moves with its peers, tells them to set up media anew, and tells nobody that somebody left', async () => {
    const [ann, bob] = await Promise.all([joinPeer(room), joinPeer(room)]);
    const microphone = await produceMicrophone(ann);
    await room.consume(bob, [microphone.producerId]);
    const told: string[] = [];
    room.on('peerLeft', () => told.push('peerLeft'));
    room.on('producerClosed', ({ source }, reason) => told.push(`${source}: ${reason}`));
    bob.consumers.on('closed', () => told.push('consumerClosed'));

    const resets = Promise.all([ann.next('mediaReset'), bob.next('mediaReset')]);
    killWorker();
    expect(await resets).toEqual([[2], [2]]);
    expect([ann.mediaEpoch, bob.mediaEpoch]).toEqual([2, 2]);
    expect([ann.producers.size, bob.consumers.size, ann.transports.size]).toEqual([0, 0, 0]);
    expect(told).toEqual(['microphone: mediaReset']);

    await Promise.all([room.media.setUp(ann), room.media.setUp(bob)]);
    const again = await produceMicrophone(ann);
    const { consumers } = await room.consume(bob, [again.producerId]);
    expect(consumers).toHaveLength(1);
  });

  it('lets a peer in that arrives while there is no worker', async () => {
    await joinPeer(room);
    const died = pool.next('workerDied');
    killWorker();
    await died;
    const late = await joinPeer(room);
    expect(late.transports.size).toBe(2);
    expect(room.peers.size).toBe(2);
  });

  it('finishes a join under whose hands the worker dies', async () => {
    await joinPeer(room);
    const joining = joinPeer(room);
    killWorker();
    const peer = await joining;
    await room.media.setUp(peer);
    expect(room.peers.size).toBe(2);
  });

  it('does not come back once it was closed', async () => {
    await joinPeer(room);
    const died = pool.next('workerDied');
    killWorker();
    room.close('roomClosed');
    await died;
    await expect(joinPeer(room)).rejects.toMatchObject({ code: 'invalidState' });
    expect(registry.rooms.size).toBe(0);
  });
});

describe('rooms whose workers die all at once', () => {
  it('move, however many the workers are', async () => {
    const many = await createTestPool(6);
    const rooms = createRegistry(many);
    const peers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => joinPeer(rooms.getOrCreate(`room-${i}`))),
    );
    const moved = Promise.all(
      peers.map((peer) => Promise.race([peer.next('mediaReset'), peer.next('closed')])),
    );
    for (const { pid } of many.status()) process.kill(pid!, 'SIGKILL');
    expect(await moved).toEqual(peers.map(() => [2]));
    expect(rooms.peerCount).toBe(6);
    rooms.close();
    many.close();
    await many.terminated();
  });
});
