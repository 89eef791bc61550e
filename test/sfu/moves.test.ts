import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { rtpCapabilities } from '../support/fabricatedMedia.ts';
import { until } from '../support/processes.ts';
import {
  createRegistry,
  createTestPool,
  joinPeer,
  produceCamera,
  produceMicrophone,
} from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let room: Room;
let ann: Peer;
let bob: Peer;

beforeAll(async () => {
  pool = await createTestPool(2);
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  await until('both workers', () => pool.workers.length === 2);
  registry = createRegistry(pool);
  room = registry.getOrCreate('standup');
  ann = await joinPeer(room, { name: 'Ann' });
  bob = await joinPeer(room, { name: 'Bob' });
});
afterEach(() => registry.close());

const workerOf = (peer: Peer): number | undefined => room.media.routers.workerIndex(peer);

/** Where both are, and the other worker. */
function workers(): { here: number; there: number } {
  const here = workerOf(ann)!;
  expect(workerOf(bob)).toBe(here);
  return { here, there: 1 - here };
}

async function subscribe(peer: Peer): Promise<string[]> {
  peer.consumers.capabilities.set(rtpCapabilities);
  const others = [...room.tracks.all].filter(({ producer }) => !peer.producers.has(producer.id));
  const { consumers } = await room.consume(
    peer,
    others.map(({ producer }) => producer.id),
  );
  const ids = consumers.map(({ consumerId }) => consumerId);
  await peer.consumers.resume(ids);
  return ids;
}

describe('a room that leaves a worker', () => {
  it('asks its peers to move, and lets nobody else go there', async () => {
    const { here, there } = workers();
    const asked = [ann.next('moving'), bob.next('moving')];
    expect(room.media.moves.vacate(here)).toBe(2);
    for (const [endsIn] of await Promise.all(asked)) expect(endsIn).toBe(10_000);
    expect(workerOf(await joinPeer(room))).toBe(there);
    expect(room.media.moves.vacate(here)).toBe(2);
    expect(room.media.moves.size).toBe(2);
  });

  it('refuses what is no worker', () => {
    expect(() => room.media.moves.vacate(7)).toThrow(expect.objectContaining({ code: 'notFound' }));
  });

  it('moves a few at a time', async () => {
    const others = await Promise.all(Array.from({ length: 10 }, () => joinPeer(room)));
    let asked = 0;
    for (const peer of [ann, bob, ...others]) peer.on('moving', () => (asked += 1));
    expect(room.media.moves.vacate(workerOf(ann)!)).toBe(12);
    expect(asked).toBe(8);
    ann.close('left');
    expect(asked).toBe(9);
    expect(room.media.moves.size).toBe(11);
  });
});

describe('a move', () => {
  it('is begun by nobody who is not asked, and ended by nobody who has not begun', async () => {
    await expect(room.media.moves.begin(ann)).rejects.toMatchObject({ code: 'invalidState' });
    room.media.moves.vacate(workers().here);
    expect(() => room.media.moves.end(ann, 1)).toThrow(expect.objectContaining({ code: 'invalidState' }));
    const { mediaEpoch } = await room.media.moves.begin(ann);
    await expect(room.media.moves.begin(ann)).rejects.toMatchObject({ code: 'invalidState' });
    expect(() => room.media.moves.end(ann, mediaEpoch - 1)).toThrow(
      expect.objectContaining({ code: 'invalidState' }),
    );
    room.media.moves.end(ann, mediaEpoch);
    expect(room.media.moves.endsIn(ann)).toBeUndefined();
  });

  it('keeps what is sent and received until the client has all of it on the new worker', async () => {
    const { here, there } = workers();
    const camera = await produceCamera(ann);
    await produceMicrophone(bob);
    await subscribe(ann);
    const [seen] = await subscribe(bob);
    const events: string[] = [];
    room.on('producerClosed', ({ producerId }, reason) => events.push(`${producerId} ${reason}`));
    room.on('peerLeft', () => events.push('left'));
    const [former] = [...ann.consumers.all];

    room.media.moves.vacate(here);
    const { mediaEpoch, sendTransport } = await room.media.moves.begin(ann);
    expect(mediaEpoch).toBe(2);
    expect(workerOf(ann)).toBe(there);
    expect(former?.consumer.closed).toBe(false);
    expect(former?.consumer.paused).toBe(false);
    const [anew] = await subscribe(ann);
    expect(anew).not.toBe(former?.consumer.id);
    const moved = await ann.producers.produce({
      transportId: sendTransport.transportId,
      kind: 'video',
      source: 'camera',
      rtpParameters: (await import('../support/fabricatedMedia.ts')).vp8SimulcastParameters(),
      paused: false,
      replaces: camera.producerId,
    });
    expect(moved.replaces).toBe(camera.producerId);
    expect(ann.producers.list().map(({ producerId }) => producerId)).toEqual([
      camera.producerId,
      moved.producerId,
    ]);
    expect(bob.consumers.forwarded(camera.producerId)?.consumer.id).toBe(seen);

    room.media.moves.end(ann, mediaEpoch);
    expect(former?.consumer.closed).toBe(true);
    expect(ann.consumers.ids()).toEqual([anew]);
    expect(ann.producers.list().map(({ producerId }) => producerId)).toEqual([moved.producerId]);
    expect(events).toEqual([`${camera.producerId} transportClosed`]);
  });

  it('frees the router that nobody uses any more', async () => {
    const { here } = workers();
    const { router } = ann.transports;
    room.media.moves.vacate(here);
    for (const peer of [ann, bob]) {
      expect(router.closed).toBe(false);
      const { mediaEpoch } = await room.media.moves.begin(peer);
      room.media.moves.end(peer, mediaEpoch);
    }
    expect(router.closed).toBe(true);
    expect(room.media.moves.size).toBe(0);
  });

  it('leaves everything as it was when the client loses its socket, and asks it again', async () => {
    const { here, there } = workers();
    const camera = await produceCamera(bob);
    await subscribe(ann);
    const [former] = [...ann.consumers.all];
    room.media.moves.vacate(here);
    const { recvTransport } = await room.media.moves.begin(ann);
    const cancelled = ann.next('moveCancelled');
    ann.disconnected();
    expect(await cancelled).toEqual([1]);
    expect(workerOf(ann)).toBe(here);
    expect(() => ann.transports.get(recvTransport.transportId)).toThrow();
    expect(ann.consumers.forwarded(camera.producerId)).toBe(former);
    expect(former?.consumer.closed).toBe(false);
    const { mediaEpoch } = await room.media.moves.begin(ann);
    expect(mediaEpoch).toBe(3);
    const ended = room.media.moves.next('ended');
    room.media.moves.end(ann, mediaEpoch);
    expect(await ended).toEqual(['moved']);
    expect(workerOf(ann)).toBe(there);
  });

  it('that is cancelled while something is subscribed to, leaves what was subscribed to before', async () => {
    const camera = await produceCamera(ann);
    await subscribe(bob);
    room.media.moves.vacate(workers().here);
    await room.media.moves.begin(bob);
    const asked = room.consume(bob, [camera.producerId]);
    // As if the worker died that it moves to.
    room.media.moves.lost(bob);
    expect((await asked).consumers).toEqual([]);
    expect(bob.consumers.subscriptions.has(camera.producerId)).toBe(true);
    expect([...bob.consumers.all].map(({ consumer }) => consumer.paused)).toEqual([false]);
  });

  it('is over when the client builds its media anew instead', async () => {
    room.media.moves.vacate(workers().here);
    await room.media.moves.begin(ann);
    const ended = room.media.moves.next('ended');
    await room.media.setUp(ann);
    expect(await ended).toEqual(['rebuilt']);
    expect(room.media.moves.endsIn(ann)).toBeUndefined();
    expect(ann.transports.size).toBe(2);
    expect(ann.transports.isMoving).toBe(false);
  });

  it('ends with the peer', async () => {
    room.media.moves.vacate(workers().here);
    await room.media.moves.begin(ann);
    const { router } = ann.transports;
    const ended = room.media.moves.next('ended');
    ann.close('left');
    expect(await ended).toEqual(['left']);
    bob.close('left');
    expect(room.media.moves.size).toBe(0);
    expect(router.closed).toBe(true);
  });

  it('goes on when the worker dies that the peer moves away from', async () => {
    const { here, there } = workers();
    room.media.moves.vacate(here);
    const { mediaEpoch } = await room.media.moves.begin(ann);
    const reset = bob.next('mediaReset');
    process.kill(pool.workers.find(({ index }) => index === here)!.pid, 'SIGKILL');
    await reset;
    room.media.moves.end(ann, mediaEpoch);
    expect(ann.transports.size).toBe(2);
    expect(workerOf(ann)).toBe(there);
  });

  it('leaves everything as it was when the worker dies that the peer moves to', async () => {
    const { here, there } = workers();
    room.media.moves.vacate(here);
    await room.media.moves.begin(ann);
    const cancelled = ann.next('moveCancelled');
    process.kill(pool.workers.find(({ index }) => index === there)!.pid, 'SIGKILL');
    expect(await cancelled).toEqual([1]);
    expect(workerOf(ann)).toBe(here);
    expect(ann.transports.size).toBe(2);
  });
});

describe('a client that does not move in time', () => {
  it('builds its media anew on the other worker, without leaving', async () => {
    const { RoomMoves } = await import('../../src/sfu/RoomMoves.ts');
    const { here, there } = workers();
    const camera = await produceCamera(ann);
    const closed = room.next('producerClosed');
    const moves = new RoomMoves({
      routers: room.media.routers,
      setUp: () => Promise.reject(new Error('not asked')),
      reset: (peer) => peer.mediaLost(),
      deadline: 20,
      logger: ann.logger,
    });
    moves.vacate(here);
    expect(await closed).toEqual([expect.objectContaining({ producerId: camera.producerId }), 'mediaReset']);
    await until('both', () => moves.size === 0);
    expect(ann.mediaEpoch).toBe(2);
    await room.media.setUp(ann);
    expect(workerOf(ann)).toBe(there);
    moves.close();
  });
});
