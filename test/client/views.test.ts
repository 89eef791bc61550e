import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RoomClient } from '../../client/lib/RoomClient.ts';
import { badRequest, unavailable } from '../../src/support/errors.ts';
import type { ProducerInfo } from '../../src/protocol/models.ts';
import { RoomHarness } from './support/RoomHarness.ts';
import { pause, until } from './support/until.ts';

let harness: RoomHarness;
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

/** A room with as many cameras in it. */
async function roomOf(cameras: number): Promise<{ room: RoomClient; producers: ProducerInfo[] }> {
  const producers = Array.from({ length: cameras }, (_, index) =>
    harness.server.addProducer(harness.server.addPeer(`Ada${index}`), 'camera'),
  );
  const room = await harness.connect({ autoSubscribe: false });
  return { room, producers };
}

const told = (): string[] =>
  harness.server.calls('setViews').flatMap(({ views }) => views.map(({ producerId }) => producerId));

describe('views that will come', () => {
  it('are announced before anything is consumed, and anew after a new join', async () => {
    harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    await harness.connect({ views: true });
    await until(() => harness.server.calls('consume').length === 1);
    const names = () => harness.server.requests.map(({ name }) => name);
    expect(harness.server.calls('setViews')).toEqual([{ views: [] }]);
    expect(names().indexOf('setViews')).toBeLessThan(names().indexOf('consume'));
    harness.server.resetMedia();
    await until(() => harness.server.calls('setViews').length === 2);
  });
});

describe('a view', () => {
  it('is told with its defaults, in whole pixels', async () => {
    const { room, producers } = await roomOf(1);
    const { producerId } = producers[0]!;
    room.setView(producerId, { visible: true, width: 320.4, height: 99_999 });
    await until(() => harness.server.calls('setViews').length === 1);
    expect(harness.server.calls('setViews')[0]).toEqual({
      views: [{ producerId, visible: true, width: 320, height: 16_384, importance: 'normal' }],
    });
  });

  it('is told once as long as it stays the same', async () => {
    const { room, producers } = await roomOf(1);
    const { producerId } = producers[0]!;
    room.setView(producerId, { visible: true, width: 320, height: 180 });
    await until(() => told().length === 1);
    room.setView(producerId, { visible: true, width: 320, height: 180, importance: 'normal' });
    await pause(200);
    expect(told()).toHaveLength(1);
  });

  it('that changes a thousand times is told as it was at first and at last', async () => {
    const { room, producers } = await roomOf(1);
    const { producerId } = producers[0]!;
    for (let width = 1; width <= 500; width += 1) room.setView(producerId, { visible: true, width });
    await until(() => told().length === 1);
    for (let width = 500; width <= 1000; width += 1) room.setView(producerId, { visible: true, width });
    await until(() => told().length === 2);
    await pause(200);
    expect(harness.server.calls('setViews').map(({ views }) => views[0]?.width)).toEqual([500, 1000]);
  });

  it('is told together with the others, at most 256 at a time', async () => {
    const { room, producers } = await roomOf(300);
    for (const { producerId } of producers) room.setView(producerId, { visible: false });
    await until(() => told().length === 300);
    expect(harness.server.calls('setViews').map(({ views }) => views.length)).toEqual([256, 44]);
  });

  it('of a producer that is gone is forgotten', async () => {
    const { room, producers } = await roomOf(2);
    const [one, two] = producers;
    harness.server.tell('producerClosed', { ...one!, reason: 'closed' });
    await until(() => room.state.peers.find(({ name }) => name === 'Ada0')?.publications.length === 0);
    room.setView(one!.producerId, { visible: true });
    room.setView(two!.producerId, { visible: true });
    await until(() => told().length > 0);
    await pause(150);
    expect(told()).toEqual([two!.producerId]);
  });

  it('is told again after a failure that passes, but not after a refusal', async () => {
    const { room, producers } = await roomOf(1);
    const { producerId } = producers[0]!;
    harness.server.on('setViews', () => {
      throw unavailable('not now');
    });
    room.setView(producerId, { visible: true });
    await until(() => told().length === 1);
    harness.server.on('setViews', () => {
      throw badRequest('nonsense');
    });
    await until(() => told().length === 2);
    await until(() => harness.events.includes('error'));
    await pause(200);
    expect(told()).toHaveLength(2);
  });

  it('is told again to a server that lost the socket or forgot this peer', async () => {
    const { room, producers } = await roomOf(1);
    room.setView(producers[0]!.producerId, { visible: true });
    await until(() => told().length === 1);
    harness.server.dropSockets();
    await until(() => told().length === 2);
    harness.server.sessionToken = 'forgotten';
    harness.server.dropSockets();
    await until(() => harness.server.calls('join').length === 2);
    await until(() => told().length >= 3);
  });

  it('of a closed room makes no difference', async () => {
    const { room, producers } = await roomOf(1);
    await room.leave();
    room.setView(producers[0]!.producerId, { visible: true });
    await pause(50);
    expect(told()).toEqual([]);
  });
});
