import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createWorker, type types } from 'mediasoup';
import type { Router } from 'mediasoup/types';
import { RoomMicrophones } from '../../src/sfu/forwarding/RoomMicrophones.ts';
import { mediaCodecs } from '../../src/sfu/mediaCodecs.ts';
import { obtainWorker } from '../../src/workers/native/obtainWorker.mjs';
import { FabricatedMicrophone } from '../support/FabricatedMicrophone.ts';

let worker: types.Worker;
let router: Router;
let room: RoomMicrophones;
let microphones: FabricatedMicrophone[];
let observers: types.RtpObserver[];
let dominant: string | null;

beforeAll(async () => {
  worker = await createWorker({ workerBin: await obtainWorker({}), logLevel: 'warn' });
});
afterAll(() => worker.close());
beforeEach(async () => {
  router = await worker.createRouter({ mediaCodecs });
  observers = [];
  router.observer.on('newrtpobserver', (observer) => observers.push(observer));
  microphones = [];
  dominant = null;
  room = new RoomMicrophones(2, () => dominant);
});
afterEach(() => {
  room.close();
  for (const microphone of microphones) microphone.close();
  router.close();
});

async function open(count: number, level: number | null, on = router): Promise<string[]> {
  const transport = await on.createDirectTransport();
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const microphone = await FabricatedMicrophone.open(transport, microphones.length + 1);
    microphone.level = level;
    microphones.push(microphone);
    room.add(microphone.producer, on, `peer ${microphones.length}`, true);
    ids.push(microphone.producer.id);
  }
  return ids;
}

/** Resolves once it holds, looked at after each change. */
async function untilFacts(holds: () => boolean): Promise<void> {
  while (!holds()) await room.next('changed');
}

describe('the microphones of a room', () => {
  it('are not measured while there are no more than a listener gets', async () => {
    await open(2, 50);
    expect(observers).toEqual([]);
    expect(room.facts()).toMatchObject({ all: false, places: [] });
  });

  it('have a place each while they are among the loudest', async () => {
    const ids = await open(5, 50);
    await untilFacts(() => room.facts().places.length === 2);
    const talker = microphones.find(({ producer }) => !room.facts().places.includes(producer.id));
    if (!talker) throw new Error('nobody without a place');
    talker.level = 15;
    await untilFacts(() => room.facts().places.includes(talker.producer.id));
    expect(ids.filter((id) => room.facts().isSending(id))).toHaveLength(5);
  });

  it('are silent when they send only now and then', async () => {
    const [silent] = await open(1, null);
    await open(3, 50);
    await untilFacts(() => room.facts().places.length === 2);
    expect(room.facts().isSending(silent ?? '')).toBe(false);
  });

  it('are measured no more once enough of them are gone', async () => {
    await open(3, 50);
    await untilFacts(() => room.facts().places.length === 2);
    microphones[0]?.producer.close();
    room.remove(microphones[0]?.producer.id ?? '');
    expect(room.facts().places).toEqual([]);
    expect(observers.every(({ closed }) => closed)).toBe(true);
  });

  it('have their places whichever router they are on', async () => {
    const other = await worker.createRouter({ mediaCodecs });
    const [here] = await open(3, 50);
    const [there] = await open(3, 50, other);
    await untilFacts(() => room.facts().places.length === 2);
    microphones[0]!.level = microphones[3]!.level = 15;
    await untilFacts(() => [here!, there!].every((id) => room.facts().places.includes(id)));
    const all = microphones.map(({ producer }) => producer.id);
    expect(all.filter((id) => room.facts().isSending(id))).toHaveLength(6);

    // What was measured on a router that is gone says nothing any more.
    for (const { producer } of microphones.slice(3)) room.remove(producer.id);
    other.close();
    await untilFacts(() => room.facts().places.every((id) => all.slice(0, 3).includes(id)));
    expect(room.facts().places).toContain(here);
  });

  it('are measured on the router to which the room moved', async () => {
    await open(3, 50);
    await untilFacts(() => room.facts().places.length === 2);
    for (const { producer } of microphones) room.remove(producer.id);
    router.close();
    router = await worker.createRouter({ mediaCodecs });
    await open(3, 50);
    await untilFacts(() => room.facts().places.length === 2);
    expect(room.facts().microphones).toHaveLength(3);
  });
});
