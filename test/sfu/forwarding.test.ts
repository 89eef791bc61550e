import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConsumerInfo, View } from '../../src/protocol/models.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { audioOnlyCapabilities } from '../support/fabricatedMedia.ts';
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

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(() => {
  registry = createRegistry(pool);
  room = registry.getOrCreate('forwarding');
});
afterEach(() => registry.close());

/** Nothing of these is seen. */
const unseen = (...producerIds: string[]): View[] =>
  producerIds.map((producerId) => view(producerId, { visible: false }));

const view = (producerId: string, change: Partial<View> = {}): View => ({
  producerId,
  visible: true,
  width: 320,
  height: 180,
  importance: 'normal',
  ...change,
});

/** Peers with a camera each. */
async function publishers(count: number): Promise<{ peer: Peer; camera: string }[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const peer = await joinPeer(room);
      return { peer, camera: (await produceCamera(peer)).producerId };
    }),
  );
}

function consumerOf(peer: Peer, producerId: string) {
  const forwarded = peer.consumers.forwarded(producerId);
  if (!forwarded) throw new Error('no consumer');
  return forwarded;
}

describe('a viewer that does not say what it looks at', () => {
  it('has consumers of the last N only, and the others later', async () => {
    room.forwarding.configure({ lastN: 2 });
    const cameras = (await publishers(4)).map(({ camera }) => camera);
    const viewer = await joinPeer(room);
    const { consumers, deferred, refused } = await room.consume(viewer, cameras);
    expect(consumers).toHaveLength(2);
    expect(deferred).toHaveLength(2);
    expect(refused).toEqual([]);
    const created: ConsumerInfo[] = [];
    viewer.consumers.on('created', (info) => created.push(info));
    room.forwarding.configure({ lastN: 0 });
    await until('all of them', () => created.length === 2);
    expect(created.map(({ producerId }) => producerId).sort()).toEqual([...deferred].sort());
  });

  it('gets the camera of who speaks, and loses that of who spoke longest ago', async () => {
    room.forwarding.configure({ lastN: 1 });
    const [first, second] = await publishers(2);
    if (!first || !second) throw new Error('nobody');
    const viewer = await joinPeer(room);
    const cameras = [first.camera, second.camera];
    const { consumers } = await room.consume(viewer, cameras);
    await viewer.consumers.resume(consumers.map(({ consumerId }) => consumerId));
    const shown = first.camera === consumers[0]?.producerId ? first : second;
    const hidden = shown === first ? second : first;
    const created = viewer.consumers.next('created');
    room.forwarding.spoke(hidden.peer.id);
    const [info] = await created;
    expect(info.producerId).toBe(hidden.camera);
    await until('the other one paused', () => consumerOf(viewer, shown.camera).consumer.paused);
  });
});

describe('a listener', () => {
  it('hears a voice that comes late without a word, and says of those that it asked for that it is ready', async () => {
    const peers = await Promise.all(Array.from({ length: 17 }, () => joinPeer(room)));
    const voices = await Promise.all(peers.map(async (peer) => (await produceMicrophone(peer)).producerId));
    const listener = await joinPeer(room);
    const { consumers, deferred } = await room.consume(listener, voices);
    expect([consumers.length, deferred.length]).toEqual([16, 1]);
    for (const info of consumers) {
      expect(info).not.toHaveProperty('resumed');
      expect(consumerOf(listener, info.producerId).consumer.paused).toBe(true);
    }
    const [late = ''] = deferred;
    const created = listener.consumers.next('created');
    room.forwarding.setViews(listener, [view(late, { importance: 'pinned' })]);
    expect((await created)[0]).toMatchObject({ producerId: late, resumed: true });
    expect(consumerOf(listener, late).consumer.paused).toBe(false);
    expect(consumerOf(listener, late).isReady).toBe(true);
  });
});

describe('a viewer that says what it looks at', () => {
  it('has consumers of that alone, in the layer that fits', async () => {
    const cameras = (await publishers(3)).map(({ camera }) => camera);
    const [small = '', large = '', hidden = ''] = cameras;
    const viewer = await joinPeer(room);
    room.forwarding.setViews(viewer, [
      view(small),
      view(large, { width: 1280, height: 720 }),
      ...unseen(hidden),
    ]);
    const { consumers, deferred } = await room.consume(viewer, cameras);
    expect(consumers.map(({ producerId }) => producerId).sort()).toEqual([small, large].sort());
    expect(deferred).toEqual([hidden]);
    expect(consumerOf(viewer, small).decision.layers.spatialLayer).toBe(0);
    expect(consumerOf(viewer, large).decision.layers.spatialLayer).toBe(2);
  });

  it('gets what scrolls into view, and what scrolled away is paused', async () => {
    const [shown = '', hidden = ''] = (await publishers(2)).map(({ camera }) => camera);
    const viewer = await joinPeer(room);
    room.forwarding.setViews(viewer, [view(shown), ...unseen(hidden)]);
    const { consumers } = await room.consume(viewer, [shown, hidden]);
    await viewer.consumers.resume(consumers.map(({ consumerId }) => consumerId));
    expect(consumerOf(viewer, shown).consumer.paused).toBe(false);
    const created = viewer.consumers.next('created');
    room.forwarding.setViews(viewer, [view(shown, { visible: false }), view(hidden)]);
    const [info] = await created;
    await viewer.consumers.resume([info.consumerId]);
    expect(info).toMatchObject({ producerId: hidden });
    expect(info).not.toHaveProperty('resumed');
    await until('paused', () => consumerOf(viewer, shown).consumer.paused);
    room.forwarding.setViews(viewer, [view(shown)]);
    await until('resumed', () => !consumerOf(viewer, shown).consumer.paused);
  });

  it('may say that it is ready when nothing is to be done for that, and is served on afterwards', async () => {
    const [camera = ''] = (await publishers(1)).map(({ camera }) => camera);
    const viewer = await joinPeer(room);
    room.forwarding.setViews(viewer, [view(camera)]);
    const { consumers } = await room.consume(viewer, [camera]);
    const ids = consumers.map(({ consumerId }) => consumerId);
    room.forwarding.setViews(viewer, unseen(camera));
    await until('not needed', () => consumerOf(viewer, camera).notNeededSince !== undefined);
    await viewer.consumers.resume(ids);
    room.forwarding.setViews(viewer, [view(camera)]);
    await until('resumed', () => !consumerOf(viewer, camera).consumer.paused);
    await viewer.consumers.resume(ids);
    room.forwarding.setViews(viewer, unseen(camera));
    await until('paused', () => consumerOf(viewer, camera).consumer.paused);
  });

  it('keeps its subscription to what is closed because nobody looks at it', async () => {
    const [camera = ''] = (await publishers(1)).map(({ camera }) => camera);
    const viewer = await joinPeer(room);
    room.forwarding.setViews(viewer, [view(camera)]);
    await room.consume(viewer, [camera]);
    room.forwarding.setViews(viewer, [view(camera, { visible: false })]);
    await until('not needed', () => consumerOf(viewer, camera).notNeededSince !== undefined);
    const closed = viewer.consumers.next('closed');
    viewer.consumers.closeNotNeeded({ audio: 0, video: 60_000 });
    expect(viewer.consumers.size).toBe(1);
    viewer.consumers.closeNotNeeded({ audio: 60_000, video: 0 });
    expect((await closed)[2]).toBe('notNeeded');
    expect(viewer.consumers.size).toBe(0);
    const created = viewer.consumers.next('created');
    room.forwarding.setViews(viewer, [view(camera)]);
    expect((await created)[0].producerId).toBe(camera);
  });

  it('is not given what it cannot decode, however often it looks', async () => {
    const [camera = ''] = (await publishers(1)).map(({ camera }) => camera);
    const viewer = await joinPeer(room);
    viewer.consumers.capabilities.set(audioOnlyCapabilities);
    room.forwarding.setViews(viewer, unseen(camera));
    expect((await room.consume(viewer, [camera])).deferred).toEqual([camera]);
    for (let i = 0; i < 3; i++) {
      room.forwarding.setViews(viewer, [view(camera, { width: 100 + i })]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(viewer.consumers.size).toBe(0);
    expect((await room.consume(viewer, [camera])).refused).toHaveLength(1);
  });

  it('stops at what it unsubscribes from, with a consumer or without', async () => {
    const [shown = '', hidden = ''] = (await publishers(2)).map(({ camera }) => camera);
    const viewer = await joinPeer(room);
    room.forwarding.setViews(viewer, [view(shown), ...unseen(hidden)]);
    await room.consume(viewer, [shown, hidden]);
    viewer.consumers.unsubscribe([shown, hidden, 'unknown']);
    room.forwarding.setViews(viewer, [view(hidden), view(shown)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(viewer.consumers.size).toBe(0);
    expect(viewer.consumers.subscriptions.has(hidden)).toBe(false);
  });
});

describe('a publisher', () => {
  const demand = async (peer: Peer, wanted: number | null): Promise<void> => {
    for (;;) {
      const [, layer] = await peer.producers.next('demandChanged');
      if (layer === wanted) return;
    }
  };

  it('is told to stop when nobody looks, and to go on when somebody does', async () => {
    const [publisher] = await publishers(1);
    if (!publisher) throw new Error('nobody');
    await demand(publisher.peer, null);
    const viewer = await joinPeer(room);
    const small = demand(publisher.peer, 0);
    room.forwarding.setViews(viewer, [view(publisher.camera)]);
    await room.consume(viewer, [publisher.camera]);
    await small;
    const all = demand(publisher.peer, 2);
    room.forwarding.setViews(viewer, [view(publisher.camera, { width: 1920, height: 1080 })]);
    await all;
    const none = demand(publisher.peer, null);
    viewer.close('left');
    await none;
  });

  it('is asked for everything when the room is set to', async () => {
    const [publisher] = await publishers(1);
    if (!publisher) throw new Error('nobody');
    await demand(publisher.peer, null);
    const all = demand(publisher.peer, 2);
    room.forwarding.configure({ dynacast: false });
    await all;
  });

  it('is asked for what fits once its picture has another size', async () => {
    const [publisher] = await publishers(1);
    if (!publisher) throw new Error('nobody');
    const viewer = await joinPeer(room);
    room.forwarding.setViews(viewer, [view(publisher.camera)]);
    await room.consume(viewer, [publisher.camera]);
    expect(consumerOf(viewer, publisher.camera).decision.layers.spatialLayer).toBe(0);
    publisher.peer.producers.resize(publisher.camera, 640, 360);
    room.forwarding.touchReceivers({ id: publisher.camera, kind: 'video' });
    await until(
      'a larger layer',
      () => consumerOf(viewer, publisher.camera).decision.layers.spatialLayer === 1,
    );
  });
});

describe('forwarding', () => {
  it('goes on as it was when a policy fails', async () => {
    const [camera = ''] = (await publishers(1)).map(({ camera }) => camera);
    const viewer = await joinPeer(room);
    const { consumers } = await room.consume(viewer, [camera]);
    await viewer.consumers.resume(consumers.map(({ consumerId }) => consumerId));
    Object.defineProperty(viewer.views, 'visible', {
      get: () => {
        throw new Error('a broken policy');
      },
    });
    room.forwarding.touch(viewer);
    await new Promise((resolve) => setImmediate(resolve));
    expect(consumerOf(viewer, camera).consumer.paused).toBe(false);
  });
});
