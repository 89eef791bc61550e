import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeDownFrame, encodeDataFrame } from '../../src/protocol/dataFrame.ts';
import { forwardingReport } from '../../src/sfu/forwarding/operatorReport.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import { defaultPlacement, type PlacementSettings } from '../../src/sfu/placement.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { RoomRouters } from '../../src/sfu/RoomRouters.ts';
import { createLogger } from '../../src/support/logger.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { MediasoupObjects } from '../support/MediasoupObjects.ts';
import { until } from '../support/processes.ts';
import {
  allPermissions,
  createRegistry,
  createTestPool,
  joinPeer,
  produceCamera,
  produceMicrophone,
} from '../support/testRooms.ts';

const WORKERS = 3;

const objects = new MediasoupObjects();
let pool: WorkerPool;
let registry: RoomRegistry;
let room: Room;

beforeAll(async () => {
  pool = await createTestPool(WORKERS);
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  await until('all workers run', () => pool.workers.length === WORKERS);
  open({ spreadRooms: true });
});
afterEach(() => {
  registry.close();
  expect(objects.counts).toEqual({
    routers: 0,
    transports: 0,
    producers: 0,
    consumers: 0,
    observers: 0,
    data: 0,
  });
});

function open(placement: Partial<PlacementSettings>): void {
  registry = createRegistry(pool, {}, {}, placement);
  room = registry.getOrCreate('wide');
}

const workerOf = (peer: Peer): number => {
  const index = room.media.routers.workerIndex(peer);
  if (index === undefined) throw new Error('it has no place');
  return index;
};

async function joinPeers<N extends number>(count: N): Promise<Peer[] & { length: N }> {
  const peers: Peer[] = [];
  for (let i = 0; i < count; i++) peers.push(await joinPeer(room));
  return peers as Peer[] & { length: N };
}

/** Subscribes, and builds its side. */
async function watch(peer: Peer, ...producerIds: string[]): Promise<void> {
  const { consumers, refused } = await room.consume(peer, producerIds);
  expect(refused).toEqual([]);
  await peer.consumers.resume(consumers.map(({ consumerId }) => consumerId));
}

function kill(worker: number): void {
  const pid = pool.status()[worker]?.pid;
  if (pid === undefined) throw new Error('no worker runs there');
  process.kill(pid, 'SIGKILL');
}

describe('the peers of a room', () => {
  it('are spread over all workers in turn where that is set, also when they come at once', async () => {
    const peers = await Promise.all(Array.from({ length: 6 }, () => joinPeer(room)));
    expect(peers.map(workerOf).sort()).toEqual([0, 0, 1, 1, 2, 2]);
    expect(objects.counts.routers).toBe(3);
    const ports = peers.map((peer) => peer.transports.info().recvTransport.iceCandidates[0]?.port);
    expect(new Set(ports).size).toBe(3);
  });

  it('stay on one worker, with one router, while that has capacity', async () => {
    registry.close();
    open({});
    const peers = await joinPeers(4);
    const cameras = await Promise.all(peers.map((peer) => produceCamera(peer)));
    for (const peer of peers) {
      const others = cameras.filter(({ peerId }) => peerId !== peer.id);
      await watch(peer, ...others.map(({ producerId }) => producerId));
    }
    expect(new Set(peers.map(workerOf)).size).toBe(1);
    expect([objects.counts.routers, objects.counts.producers, room.media.pipes.size]).toEqual([1, 4, 0]);
  });

  it('spill over to a further worker once it has not', async () => {
    registry.close();
    open({ spillConsumers: 2 });
    const [ann, bob] = await joinPeers(2);
    const [camera, microphone] = await Promise.all([produceCamera(ann!), produceMicrophone(ann!)]);
    await watch(bob!, camera.producerId, microphone.producerId);
    const cid = await joinPeer(room);
    expect(workerOf(bob!)).toBe(workerOf(ann!));
    expect(workerOf(cid)).not.toBe(workerOf(ann!));
  });

  it('take their router with them when the last of them goes, but the room keeps one', async () => {
    const [ann, bob, cid] = await joinPeers(3);
    expect(objects.counts.routers).toBe(3);
    bob!.close('left');
    expect(objects.counts.routers).toBe(2);
    cid!.close('left');
    ann!.close('left');
    expect(objects.counts.routers).toBe(1);
    await joinPeer(room);
    expect(objects.counts.routers).toBe(1);
  });

  it('leave their router to what else goes through it', async () => {
    const [ann, bob] = await joinPeers(2);
    const { router } = bob!.transports;
    const letGo = [room.media.routers.keep(router), room.media.routers.keep(router)];
    bob!.close('left');
    letGo[0]!();
    letGo[0]!();
    expect([router.closed, objects.counts.routers]).toEqual([false, 2]);
    letGo[1]!();
    expect([router.closed, ann!.transports.router.closed]).toEqual([true, false]);
    room.media.routers.keep(router)();
  });
});

describe('the routers of a room', () => {
  it('are none when the room closes at the moment in which its first one is there', async () => {
    let created = false;
    const write = (line: string): void => {
      if (!line.includes('router created')) return;
      created = true;
      routers.close();
    };
    const logger = createLogger({ level: 'debug', destination: { write } });
    const routers = new RoomRouters({ pool, settings: defaultPlacement, tracks: () => 0, logger });
    await until('a router is there', () => created);
    registry.close();
    expect(objects.counts.routers).toBe(0);
  });
});

describe('a producer of a room on several workers', () => {
  it('is brought to each of them once, for all who subscribe at a time, and goes with them', async () => {
    const [ann, ...viewers] = await joinPeers(7);
    const { producerId } = await produceCamera(ann!);
    await Promise.all(viewers.map((viewer) => watch(viewer, producerId)));
    expect([room.media.pipes.size, objects.pipeConsumers.size]).toEqual([2, 2]);
    expect(viewers.map((viewer) => viewer.consumers.size)).toEqual([1, 1, 1, 1, 1, 1]);
    const closed = viewers.map((viewer) => viewer.consumers.next('closed'));
    room.tracks.close(ann!, producerId);
    expect((await Promise.all(closed)).map(([, id, reason]) => [id, reason])).toEqual(
      viewers.map(() => [producerId, 'closed']),
    );
    expect([room.media.pipes.size, objects.pipeConsumers.size]).toEqual([0, 0]);
  });

  it('is left alone by a viewer that goes in the middle of it', async () => {
    const [ann, bob, cid] = await joinPeers(5);
    const { producerId } = await produceCamera(ann!);
    const watching = room.consume(bob!, [producerId]);
    bob!.close('left');
    expect((await watching).consumers).toEqual([]);
    await watch(cid!, producerId);
    expect(cid!.consumers.size).toBe(1);
  });

  it('tells its publisher what somebody needs of it on another worker', async () => {
    const [ann, bob] = await joinPeers(2);
    const { producerId } = await produceCamera(ann!);
    const unneeded = ann!.producers.next('demandChanged');
    expect(await unneeded).toEqual([producerId, null]);
    await watch(bob!, producerId);
    const needed = ann!.producers.next('demandChanged');
    const view = { producerId, visible: true, importance: 'normal' } as const;
    room.forwarding.setViews(bob!, [{ ...view, width: 320, height: 180 }]);
    expect((await needed)[1]).not.toBeNull();
    room.forwarding.setViews(bob!, [{ ...view, visible: false, width: 0, height: 0 }]);
    expect(await ann!.producers.next('demandChanged')).toEqual([producerId, null]);
    await until('nothing crosses', () => room.media.pipes.flowing === 0);
  });

  it('is in the report of its room, with where everybody is', async () => {
    const [ann, bob] = await joinPeers(2);
    const { producerId } = await produceCamera(ann!);
    await watch(bob!, producerId);
    const report = await forwardingReport(room);
    expect(report.pipes).toEqual({ open: 1, flowing: 1, packets: 0, bitrate: 0 });
    expect(report.peers.map(({ worker }) => worker)).toEqual([workerOf(ann!), workerOf(bob!)]);
    expect(report.peers[1]!.receiving).toMatchObject([{ producerId, peerId: ann!.id }]);
  });
});

describe('data messages in a room on several workers', () => {
  it('reach everybody, or those whom they are meant for', async () => {
    const received: string[] = [];
    const peers: Peer[] = [];
    for (const name of ['ann', 'bob', 'cid']) {
      const { peer, media } = await room.join({ name, permissions: allPermissions });
      peers.push(peer);
      await peer.data.resume();
      // As its client would, on the channel that is for it alone.
      const ear = await peer.transports.router.createDirectTransport();
      const consumer = await ear.consumeData({
        dataProducerId: media.dataConsumers[0]!.dataProducerId,
        subchannels: [peer.data.subchannel],
      });
      consumer.on('message', (message) => {
        const { payload } = decodeDownFrame(message)!;
        received.push(`${name}: ${Buffer.from(payload).toString()}`);
      });
    }
    const [ann, , cid] = peers;
    const mouth = await ann!.transports.router.createDirectTransport();
    const upstream = await mouth.produceData();
    await room.data.listen(ann!, upstream, true, ann!.transports.router);
    upstream.send(Buffer.from(encodeDataFrame({ format: 'text', to: [cid!.id] }, Buffer.from('psst'))), 53);
    upstream.send(Buffer.from(encodeDataFrame({ format: 'text' }, Buffer.from('hello'))), 53);
    await until('everything arrived', () => received.length >= 3);
    expect(received.sort()).toEqual(['bob: hello', 'cid: hello', 'cid: psst']);
  });
});

describe('a room of which one worker dies', () => {
  it('takes the media of those who were on it alone, and brings them together again', async () => {
    const [ann, bob, cid] = await joinPeers(3);
    const [a, b, c] = await Promise.all([ann!, bob!, cid!].map((peer) => produceMicrophone(peer)));
    await watch(bob!, a!.producerId, c!.producerId);
    await watch(cid!, a!.producerId, b!.producerId);
    const resets: string[] = [];
    for (const [name, peer] of Object.entries({ bob: bob!, cid: cid! }))
      peer.on('mediaReset', () => resets.push(name));
    const gone: unknown[] = [];
    room.on('producerClosed', ({ producerId }, reason) => gone.push([producerId, reason]));
    room.on('peerLeft', () => gone.push('somebody left'));
    const lost = Promise.all([bob!.consumers.next('closed'), cid!.consumers.next('closed')]);
    const reset = ann!.next('mediaReset');

    kill(workerOf(ann!));
    expect((await lost).map(([, producerId]) => producerId)).toEqual([a!.producerId, a!.producerId]);
    expect(await reset).toEqual([2]);
    expect(gone).toEqual([[a!.producerId, 'mediaReset']]);
    expect([bob!.transports.size, bob!.producers.size, bob!.consumers.size]).toEqual([2, 1, 1]);

    await room.media.setUp(ann!);
    const again = await produceMicrophone(ann!);
    await watch(ann!, b!.producerId, c!.producerId);
    await Promise.all([bob!, cid!].map((peer) => watch(peer, again.producerId)));
    expect([ann!, bob!, cid!].map(({ consumers }) => consumers.size)).toEqual([2, 2, 2]);
    expect([resets, bob!.mediaEpoch, ann!.mediaEpoch]).toEqual([[], 1, 2]);
  });

  it('gives its peers a place although they come back before they were told', async () => {
    const [ann, bob] = await joinPeers(2);
    const { router } = ann!.transports;
    kill(workerOf(ann!));
    await new Promise<void>((resolve) => router.observer.once('close', resolve));
    const media = await room.media.setUp(ann!);
    expect(media.mediaEpoch).toBe(2);
    expect(ann!.transports.size + bob!.transports.size).toBe(4);
  });

  it('goes on when all of them die', async () => {
    const peers = await joinPeers(3);
    const resets = Promise.all(peers.map((peer) => peer.next('mediaReset')));
    for (let worker = 0; worker < WORKERS; worker++) kill(worker);
    await resets;
    await Promise.all(peers.map((peer) => room.media.setUp(peer)));
    const { producerId } = await produceCamera(peers[0]!);
    await watch(peers[1]!, producerId);
  });

  it('leaves no place for somebody who leaves while another one is looked for', async () => {
    const [ann, bob] = await joinPeers(2);
    bob!.transports.router.observer.once('close', () => bob!.close('left'));
    kill(workerOf(bob!));
    await bob!.next('closed');
    await until('the worker is replaced', () => pool.workers.length === WORKERS);
    expect(objects.counts.routers).toBe(1);
    expect(room.media.routers.workerIndex(bob!)).toBeUndefined();
    expect(ann!.transports.size).toBe(2);
  });
});

describe('rooms on several workers', () => {
  it('leave nothing behind, with all that there can be in them', async () => {
    const peers = await joinPeers(6);
    const tracks = await Promise.all(peers.flatMap((peer) => [produceCamera(peer), produceMicrophone(peer)]));
    await Promise.all(
      peers.map((peer) =>
        watch(peer, ...tracks.filter(({ peerId }) => peerId !== peer.id).map(({ producerId }) => producerId)),
      ),
    );
    expect(room.media.pipes.size).toBe(24);
    // Each is published once, and on the two other workers.
    expect(objects.counts.producers).toBe(36);
    expect(pool.status().map(({ routers }) => routers)).toEqual([1, 1, 1]);
    room.close('roomClosed');
    expect([objects.total, room.media.pipes.size]).toEqual([0, 0]);
    expect(pool.status().map(({ routers, consumers }) => [routers, consumers])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });
});
