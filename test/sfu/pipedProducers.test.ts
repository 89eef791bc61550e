import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Consumer, DirectTransport, Producer, Router, RtpCapabilities } from 'mediasoup/types';
import { mediaCodecs } from '../../src/sfu/mediaCodecs.ts';
import type { PipeHold } from '../../src/sfu/PipedProducer.ts';
import { PipedProducers } from '../../src/sfu/PipedProducers.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { rtpCapabilities } from '../support/fabricatedMedia.ts';
import { FabricatedCamera } from '../support/FabricatedCamera.ts';
import { FabricatedMicrophone } from '../support/FabricatedMicrophone.ts';
import { MediasoupObjects } from '../support/MediasoupObjects.ts';
import { until } from '../support/processes.ts';
import { createTestPool } from '../support/testRooms.ts';

/** ms; short, so that the tests need not wait. */
const KEPT_FOR = 300;

const objects = new MediasoupObjects();
let pool: WorkerPool;
let home: Router;
let away: Router;
let near: DirectTransport;
let far: DirectTransport;
let pipes: PipedProducers;
let camera: FabricatedCamera;

beforeAll(async () => {
  pool = await createTestPool(2);
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  await until('both workers run', () => pool.workers.length === 2);
  const [one, other] = pool.workers;
  [home, away] = (await Promise.all([one, other].map((worker) => worker!.createRouter({ mediaCodecs })))) as [
    Router,
    Router,
  ];
  [near, far] = await Promise.all([home.createDirectTransport(), away.createDirectTransport()]);
  camera = await FabricatedCamera.open(near);
  pipes = new PipedProducers(KEPT_FOR);
});
afterEach(() => {
  camera.close();
  pipes.close();
  home.close();
  away.close();
  expect(objects.total).toBe(0);
});

function hold(producer = camera.producer): PipeHold {
  const held = pipes.hold(producer, home, away);
  if (!held) throw new Error('no pipe is needed');
  return held;
}

/** Subscribes on the other router. */
async function subscribe(spatialLayer = 0, producer = camera.producer): Promise<Consumer> {
  const held = hold(producer);
  await held.ready;
  const consumer = await far.consume({
    producerId: producer.id,
    rtpCapabilities: rtpCapabilities as RtpCapabilities,
    preferredLayers: { spatialLayer },
  });
  held.follow(consumer);
  return consumer;
}

async function packetsOf(stream: Consumer | Producer): Promise<number> {
  const stats = (await stream.getStats()) as { type: string; packetCount: number }[];
  const type = 'producerId' in stream ? 'outbound-rtp' : 'inbound-rtp';
  return stats.reduce((sum, stat) => sum + (stat.type === type ? stat.packetCount : 0), 0);
}

/** Packets that went into the pipe. */
async function crossed(): Promise<number> {
  const [pipe] = pipes.senders;
  if (!pipe) throw new Error('there is no pipe');
  return packetsOf(pipe);
}

/** Resolves once so many packets came. */
async function receives(consumer: Consumer, packets = 5): Promise<void> {
  let left = packets;
  consumer.on('rtp', () => (left -= 1));
  await until('packets arrive', () => left <= 0);
}

describe('a producer on another router', () => {
  it('is there under its own id, with its layers', async () => {
    const small = await subscribe(0);
    expect([small.producerId, small.type]).toEqual([camera.producer.id, 'simulcast']);
    await receives(small);
    const large = await subscribe(2);
    await receives(large);
    expect([small, large].map(({ currentLayers }) => currentLayers?.spatialLayer)).toEqual([0, 2]);
  });

  it('needs no pipe where it is published', () => {
    expect(pipes.hold(camera.producer, home, home)).toBeUndefined();
    expect(pipes.size).toBe(0);
  });

  it('is brought there once, however many ask at a time', async () => {
    const consumers = await Promise.all(Array.from({ length: 10 }, () => subscribe()));
    await Promise.all(consumers.map((consumer) => receives(consumer)));
    expect([pipes.size, objects.pipeConsumers.size]).toEqual([1, 1]);
    expect(pipes.senders).toEqual([...objects.pipeConsumers]);
  });

  it('crosses once, whatever the number of viewers', async () => {
    const first = await subscribe();
    await Promise.all(Array.from({ length: 9 }, () => subscribe()));
    await receives(first);
    const [before, published] = await Promise.all([crossed(), packetsOf(camera.producer)]);
    await receives(first, 50);
    const [after, publishedThen] = await Promise.all([crossed(), packetsOf(camera.producer)]);
    // Three layers; those of one frame may be under way.
    expect(Math.abs(after - before - (publishedThen - published))).toBeLessThanOrEqual(3);
  });

  it('stays while anybody subscribes, and some time longer', async () => {
    const [first, second] = await Promise.all([subscribe(), subscribe()]);
    first.close();
    const held = hold();
    second.close();
    expect(pipes.size).toBe(1);
    held.release();
    expect(pipes.size).toBe(1);
    const again = await subscribe();
    await receives(again);
    expect(objects.pipeConsumers.size).toBe(1);
    again.close();
    await until('it is gone', () => objects.pipeConsumers.size === 0);
    expect(pipes.size).toBe(0);
  });

  it('passes a request for a keyframe on to its publisher', async () => {
    const consumer = await subscribe(1);
    await receives(consumer);
    const asked = new Set<number>();
    // Payload-specific feedback, and in it a picture loss indication (RFC 4585, 6.3.1).
    near.on('rtcp', (packet) => {
      if (packet.readUInt8(1) === 206 && (packet.readUInt8(0) & 0x1f) === 1)
        asked.add(packet.readUInt32BE(8));
    });
    await consumer.requestKeyFrame();
    await until('the publisher is asked', () => asked.has(1001));
  });

  it('sends nothing while nobody needs it, which is not muting', async () => {
    const consumer = await subscribe();
    await receives(consumer);
    await consumer.pause();
    await until('it is idle', () => pipes.flowing === 0);
    expect([consumer.producerPaused, consumer.closed]).toEqual([false, false]);
    await consumer.resume();
    await receives(consumer);
    expect(pipes.flowing).toBe(1);
  });

  it('is muted and opened with its origin', async () => {
    const microphone = await FabricatedMicrophone.open(near, 1, true);
    microphone.level = 30;
    try {
      const consumer = await subscribe(0, microphone.producer);
      expect(consumer.producerPaused).toBe(true);
      await microphone.producer.resume();
      await until('it is open', () => !consumer.producerPaused);
      await receives(consumer);
      await microphone.producer.pause();
      await until('it is muted', () => consumer.producerPaused);
    } finally {
      microphone.close();
    }
  });

  it('closes with its origin', async () => {
    const consumer = await subscribe();
    camera.producer.close();
    await until('its consumer closes', () => consumer.closed);
    expect([pipes.size, objects.pipeConsumers.size]).toEqual([0, 0]);
    await expect(hold().ready).rejects.toMatchObject({ code: 'notFound' });
    expect(pipes.size).toBe(0);
  });

  it('leaves nothing when whoever asked for it went in the middle', async () => {
    hold().release();
    expect(pipes.size).toBe(1);
    await until('it is gone', () => pipes.size === 0);
    await until('nothing is left', () => objects.pipeConsumers.size === 0);
  });

  it('leaves nothing when the room closes in the middle', async () => {
    const held = hold();
    pipes.close();
    await expect(held.ready).rejects.toMatchObject({ code: 'unavailable' });
    await expect(hold().ready).rejects.toMatchObject({ code: 'unavailable' });
    expect(pipes.size).toBe(0);
  });

  it('is given up when a worker does not answer, and tried again by the next who asks', async () => {
    const frozen = pool.workers[1]!.pid;
    process.kill(frozen, 'SIGSTOP');
    try {
      const both = [hold(), hold()];
      for (const { ready } of both) await expect(ready).rejects.toMatchObject({ code: 'unavailable' });
      expect(pipes.size).toBe(0);
    } finally {
      process.kill(frozen, 'SIGCONT');
    }
    await receives(await subscribe());
    expect(objects.pipeConsumers.size).toBe(1);
  });

  it.each([0, 1])('goes with either worker, %i', async (index) => {
    const consumer = await subscribe();
    await receives(consumer);
    process.kill(pool.workers[index]!.pid, 'SIGKILL');
    await until('its consumer closes', () => consumer.closed);
    await until('the pipe is gone', () => objects.pipeConsumers.size === 0);
    expect(pipes.size).toBe(0);
  });
});
