import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerQuality, QualityCause, TrackQuality, View } from '../../src/protocol/models.ts';
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

/* Real workers, and producers without media: what does not arrive is known to them as it is in life. */

let pool: WorkerPool;
let registry: RoomRegistry;
let room: Room;
let publisher: Peer;
let viewer: Peer;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  registry = createRegistry(pool);
  await meet();
});
afterEach(() => registry.close());

async function meet(): Promise<void> {
  room = registry.getOrCreate('quality');
  [publisher, viewer] = await Promise.all([joinPeer(room), joinPeer(room)]);
}

const view = (producerId: string, visible: boolean): View => ({
  producerId,
  visible,
  width: 1280,
  height: 720,
  importance: 'normal',
});

/** Subscribes, and builds its side. */
async function watch(producerIds: string[]): Promise<void> {
  const { consumers } = await room.consume(viewer, producerIds);
  await viewer.consumers.resume(consumers.map(({ consumerId }) => consumerId));
}

const told = (producerId: string, cause: QualityCause) =>
  until(cause, () => viewer.quality.get(producerId)?.cause === cause);

describe('the cause of what a viewer gets', () => {
  it('is connecting until its side is built, and then that nothing is sent', async () => {
    const { producerId } = await produceCamera(publisher);
    const { consumers } = await room.consume(viewer, [producerId]);
    await told(producerId, 'connecting');
    await viewer.consumers.resume(consumers.map(({ consumerId }) => consumerId));
    await told(producerId, 'layerNotSent');
  });

  it('is the publisher’s, when it says so, until it takes it back', async () => {
    const { producerId } = await produceCamera(publisher);
    await watch([producerId]);
    const report = (limitedBy: 'none' | 'cpu' | 'bandwidth') =>
      room.forwarding.quality.report(publisher, [{ producerId, limitedBy }], []);
    report('cpu');
    await told(producerId, 'senderCpu');
    report('bandwidth');
    await told(producerId, 'senderBandwidth');
    report('none');
    await told(producerId, 'layerNotSent');
  });

  it('is that it is muted, also without a consumer', async () => {
    const { producerId: camera } = await produceCamera(publisher);
    const { producerId: microphone } = await produceMicrophone(publisher, true);
    room.forwarding.setViews(viewer, [view(camera, false)]);
    await watch([camera, microphone]);
    await told(camera, 'notVisible');
    await told(microphone, 'mutedBySender');
    await publisher.producers.pause(camera);
    await told(camera, 'mutedBySender');
    await publisher.producers.resume(camera);
    await told(camera, 'notVisible');
    await publisher.producers.resume(microphone);
    await told(microphone, 'layerNotSent');
  });

  it('is what the viewer looks at', async () => {
    const { producerId } = await produceCamera(publisher);
    room.forwarding.setViews(viewer, [view(producerId, true)]);
    await watch([producerId]);
    await told(producerId, 'layerNotSent');
    room.forwarding.setViews(viewer, [view(producerId, false)]);
    await told(producerId, 'notVisible');
  });

  it('is the last N for who says nothing of that', async () => {
    room.forwarding.configure({ lastN: 1 });
    const { producerId: first } = await produceCamera(publisher);
    const { producerId: second } = await produceCamera(await joinPeer(room));
    await watch([first, second]);
    await until('one of them', () =>
      [first, second].some((id) => viewer.quality.get(id)?.cause === 'notInLastN'),
    );
    room.forwarding.configure({ lastN: 0 });
    await until('none of them', () =>
      [first, second].every((id) => viewer.quality.get(id)?.cause !== 'notInLastN'),
    );
  });

  it('is the loudest, where there are more microphones than are kept', async () => {
    const microphones = await Promise.all(
      Array.from({ length: 18 }, async () => (await produceMicrophone(await joinPeer(room))).producerId),
    );
    await watch(microphones);
    const left = () => microphones.filter((id) => viewer.quality.get(id)?.cause === 'notAmongLoudest');
    await until('two are left', () => left().length === 2);
    room.forwarding.configure({ loudest: 0 });
    await until('none are left', () => left().length === 0);
  });

  it('is the server, when it has no time left', async () => {
    registry.close();
    registry = createRegistry(pool, {}, { workerBusy: 0 });
    await meet();
    const { producerId } = await produceCamera(publisher);
    await watch([producerId]);
    await told(producerId, 'serverOverload');
  });
});

describe('what is told', () => {
  it('is the differences, and everything to who listens anew', async () => {
    const { producerId: camera } = await produceCamera(publisher);
    const { producerId: microphone } = await produceMicrophone(publisher, true);
    room.forwarding.setViews(viewer, [view(camera, false)]);
    const changes: TrackQuality[][] = [];
    viewer.quality.on('changed', ({ tracks }) => changes.push(tracks));
    await watch([camera, microphone]);
    await told(camera, 'notVisible');
    await told(microphone, 'mutedBySender');
    changes.length = 0;
    await publisher.producers.pause(camera);
    await told(camera, 'mutedBySender');
    expect(changes).toEqual([[{ producerId: camera, cause: 'mutedBySender', score: 0 }]]);
    const all = viewer.quality.next('changed');
    viewer.quality.retell();
    room.forwarding.quality.touch();
    const [{ tracks }] = await all;
    expect(tracks.map(({ producerId }) => producerId).sort()).toEqual([camera, microphone].sort());
  });

  it('is how everybody is connected, when that is different', async () => {
    const told: PeerQuality[] = [];
    room.forwarding.quality.on('peersChanged', (peers) => told.push(...peers));
    await until('both', () => told.length === 2);
    expect(told.map(({ peerId }) => peerId).sort()).toEqual([publisher.id, viewer.id].sort());
    const { producerId } = await produceCamera(publisher);
    room.forwarding.quality.report(publisher, [{ producerId, limitedBy: 'bandwidth' }], []);
    await until('the publisher', () => told.length === 3);
    expect(told[2]).toEqual({ peerId: publisher.id, score: 3 });
  });

  it('ends with the subscription and with the producer', async () => {
    const { producerId: camera } = await produceCamera(publisher);
    const { producerId: microphone } = await produceMicrophone(publisher);
    await watch([camera, microphone]);
    await until('both', () => [...viewer.quality.producerIds].length === 2);
    viewer.consumers.unsubscribe([camera]);
    await until('one', () => [...viewer.quality.producerIds].length === 1);
    publisher.producers.closeOne(microphone, 'closed');
    await until('none', () => [...viewer.quality.producerIds].length === 0);
  });
});

describe('a report', () => {
  it('of what is not one’s own, or not subscribed to, is ignored', async () => {
    const { producerId } = await produceCamera(publisher);
    const { quality } = room.forwarding;
    quality.report(
      viewer,
      [
        { producerId, limitedBy: 'cpu' },
        { producerId: 'nothing', limitedBy: 'cpu' },
      ],
      [
        { producerId, cpuLimited: true, missing: false },
        { producerId: 'nothing', cpuLimited: true, missing: false },
      ],
    );
    for (const id of [producerId, 'nothing']) {
      expect(viewer.quality.reports.limitedBy(id)).toBe('none');
      expect(viewer.quality.reports.isCpuLimited(id)).toBe(false);
    }
  });

  it('is forgotten with the producer', async () => {
    const { producerId } = await produceCamera(publisher);
    await watch([producerId]);
    room.forwarding.quality.report(publisher, [{ producerId, limitedBy: 'cpu' }], []);
    room.forwarding.quality.report(viewer, [], [{ producerId, cpuLimited: true, missing: false }]);
    expect(viewer.quality.reports.isCpuLimited(producerId)).toBe(true);
    publisher.producers.closeOne(producerId, 'closed');
    expect(publisher.quality.reports.limitedBy(producerId)).toBe('none');
    expect(viewer.quality.reports.isCpuLimited(producerId)).toBe(false);
  });
});
