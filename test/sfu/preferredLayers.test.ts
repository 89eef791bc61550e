import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { observer, type types } from 'mediasoup';
import { startsSmall } from '../../src/sfu/forwarding/PreferredLayers.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
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
let publisher: Peer;
let subscriber: Peer;
const consumers: types.Consumer[] = [];

beforeAll(async () => {
  observer.once('newworker', (worker) =>
    worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (transport) =>
        transport.observer.on('newconsumer', (consumer) => consumers.push(consumer)),
      ),
    ),
  );
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  consumers.length = 0;
  registry = createRegistry(pool);
  room = registry.getOrCreate('layers');
  [publisher, subscriber] = await Promise.all([joinPeer(room), joinPeer(room)]);
});
afterEach(() => registry.close());

/** Subscribes to a camera that was published just now. */
async function subscribed(): Promise<types.Consumer> {
  const { producerId } = await produceCamera(publisher);
  await room.consume(subscriber, [producerId]);
  const [consumer] = consumers;
  if (!consumer) throw new Error('no consumer');
  return consumer;
}

/** What mediasoup tells once the first keyframe of a layer was forwarded. */
const firstPicture = (consumer: types.Consumer) =>
  consumer.emit('layerschange', { spatialLayer: 0, temporalLayer: 0 });

describe('a subscription to a publisher that has only just started', () => {
  it('begins with the smallest layer, and has all once there is a picture', async () => {
    const consumer = await subscribed();
    expect(consumer.preferredLayers).toEqual({ spatialLayer: 0, temporalLayer: 2 });
    firstPicture(consumer);
    await until('all layers', () => consumer.preferredLayers?.spatialLayer === 2);
    expect(consumer.preferredLayers).toEqual({ spatialLayer: 2, temporalLayer: 2 });
  });

  it('has what its peer asked for, but not before there is a picture', async () => {
    const consumer = await subscribed();
    await subscriber.consumers.setPreferredLayers(consumer.id, 1, 0);
    expect(consumer.preferredLayers).toMatchObject({ spatialLayer: 0 });
    firstPicture(consumer);
    await until('the wanted layers', () => consumer.preferredLayers?.spatialLayer === 1);
    expect(consumer.preferredLayers).toEqual({ spatialLayer: 1, temporalLayer: 0 });
    await subscriber.consumers.setPreferredLayers(consumer.id, 2);
    expect(consumer.preferredLayers).toMatchObject({ spatialLayer: 2 });
  });

  it('does not concern what has no layers', async () => {
    const { producerId } = await produceMicrophone(publisher);
    await room.consume(subscriber, [producerId]);
    await subscriber.consumers.setPreferredLayers(consumers[0]?.id ?? '', 1);
    expect(consumers[0]?.preferredLayers).toBeUndefined();
  });
});

describe('startsSmall', () => {
  it('is for simulcast, and for a while only', () => {
    expect(startsSmall({ type: 'simulcast' }, 0)).toBe(true);
    expect(startsSmall({ type: 'simulcast' }, 60_000)).toBe(false);
    expect(startsSmall({ type: 'simple' }, 0)).toBe(false);
    expect(startsSmall({ type: 'svc' }, 0)).toBe(false);
  });
});
