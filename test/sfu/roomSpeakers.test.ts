import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createWorker, type types } from 'mediasoup';
import type { Router } from 'mediasoup/types';
import { RoomSpeakers, type SpeakerChange } from '../../src/sfu/RoomSpeakers.ts';
import { mediaCodecs } from '../../src/sfu/mediaCodecs.ts';
import { obtainWorker } from '../../src/workers/native/obtainWorker.mjs';
import { FabricatedMicrophone as Microphone } from '../support/FabricatedMicrophone.ts';

let worker: types.Worker;
let router: Router;
let transport: types.DirectTransport;
let speakers: RoomSpeakers;
let microphones: Microphone[];
let observers: number;

beforeAll(async () => {
  worker = await createWorker({ workerBin: await obtainWorker({}), logLevel: 'warn' });
});
afterAll(() => worker.close());
beforeEach(async () => {
  router = await worker.createRouter({ mediaCodecs });
  observers = 0;
  router.observer.on('newrtpobserver', () => (observers += 1));
  transport = await router.createDirectTransport();
  microphones = [];
  speakers = new RoomSpeakers((producer) => `peer ${producer.rtpParameters.mid ?? ''}`);
});
afterEach(() => {
  for (const microphone of microphones) microphone.close();
  router.close();
});

async function microphone(ssrc: number, paused = false): Promise<Microphone> {
  const opened = await Microphone.open(transport, ssrc, paused);
  microphones.push(opened);
  speakers.observe(opened.producer, router);
  return opened;
}

/** The next change of this kind. */
function change(wanted: SpeakerChange): Promise<void> {
  return new Promise((resolve) => {
    const off = speakers.on('changed', (what) => {
      if (what !== wanted) return;
      off();
      resolve();
    });
  });
}

async function untilFloor(peerId: string): Promise<void> {
  while (speakers.dominantPeerId !== peerId) await change('floor');
}

const heard = () => speakers.levels.map(({ peerId }) => peerId).sort();

describe('RoomSpeakers', () => {
  it('costs nothing until the first microphone is open', async () => {
    const muted = await microphone(1, true);
    expect(observers).toBe(0);
    const change1 = change('heard');
    muted.level = 20;
    await muted.producer.resume();
    await change1;
    expect(observers).toBe(2);
    expect(speakers.levels).toEqual([{ peerId: 'peer 1', level: -20 }]);
    // Muted and open again it is observed once only.
    await muted.producer.pause();
    await muted.producer.resume();
    expect(observers).toBe(2);
  });

  it('tells who begins and who falls silent, and who holds the floor', async () => {
    const ann = await microphone(1);
    ann.level = 10;
    await Promise.all([change('heard'), change('floor')]);
    expect(speakers.dominantPeerId).toBe('peer 1');
    expect(heard()).toEqual(['peer 1']);
    const bob = await microphone(2);
    bob.level = 40;
    await change('heard');
    expect(heard()).toEqual(['peer 1', 'peer 2']);
    ann.level = bob.level = null;
    while (speakers.levels.length > 0) await change('heard');
  });

  it('tells of levels when one changed by 6 dB, and passes over less', async () => {
    const [ann, bob] = [await microphone(1), await microphone(2)];
    [ann.level, bob.level] = [30, 50];
    while (heard().length < 2) await change('heard');
    let before = speakers.levels;
    const steps: number[] = [];
    speakers.on('changed', (what) => {
      const levelOf = (peerId: string) => before.find((one) => one.peerId === peerId)?.level ?? 0;
      if (what === 'levels')
        steps.push(Math.max(...speakers.levels.map((one) => Math.abs(one.level - levelOf(one.peerId)))));
      before = speakers.levels;
    });
    bob.level = 47;
    ann.level = 10;
    while (!speakers.levels.some(({ peerId, level }) => peerId === 'peer 1' && level > -16))
      await change('levels');
    bob.level = null;
    while (heard().join() !== 'peer 1') await change('heard');
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(6);
  });

  it('tells of all routers of the room together, and gives the floor to the loudest', async () => {
    const ann = await microphone(1);
    const first = router;
    router = await worker.createRouter({ mediaCodecs });
    transport = await router.createDirectTransport();
    const bob = await microphone(2);
    try {
      [ann.level, bob.level] = [40, 20];
      while (heard().length < 2) await change('heard');
      expect(speakers.levels.map(({ peerId }) => peerId)).toEqual(['peer 2', 'peer 1']);
      await untilFloor('peer 2');
      [ann.level, bob.level] = [10, 40];
      await untilFloor('peer 1');
      // Silent is not who is heard on the other router.
      bob.level = null;
      while (heard().join() !== 'peer 1') await change('heard');
      bob.level = 20;
      while (heard().length < 2) await change('heard');
      router.close();
      expect(heard()).toEqual(['peer 1']);
    } finally {
      first.close();
    }
  });

  it('goes on where the room moved to', async () => {
    const ann = await microphone(1);
    ann.level = 10;
    await change('heard');
    const silence = change('heard');
    router.close();
    await silence;
    router = await worker.createRouter({ mediaCodecs });
    expect(speakers.levels).toEqual([]);
    transport = await router.createDirectTransport();
    const again = await microphone(3);
    again.level = 10;
    await change('heard');
    expect(heard()).toEqual(['peer 3']);
  });
});
