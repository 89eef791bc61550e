import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { observer, type types } from 'mediasoup';
import { opusParameters } from '../support/fabricatedMedia.ts';
import { createRegistry, joinPeer, produceCamera, produceMicrophone } from '../support/testRooms.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { WorkerPool } from '../../src/workers/WorkerPool.ts';

/* Real traffic through a room's router, as the worker measures it: RTP that this process sends. */

let pool: WorkerPool;
const routers: types.Router[] = [];
let traffic: NodeJS.Timeout | undefined;

beforeAll(async () => {
  observer.once('newworker', (worker) => worker.observer.on('newrouter', (router) => routers.push(router)));
  pool = await WorkerPool.create({
    count: 1,
    rtcPort: 0,
    announcedAddresses: ['127.0.0.1'],
    logger: silentLogger,
    watchdog: { intervalMs: 20 },
  });
});
afterAll(async () => {
  clearInterval(traffic);
  pool.close();
  await pool.terminated();
});

/** Sends 50 packets/s into a router until the tests end. */
async function send(router: types.Router): Promise<void> {
  const transport = await router.createDirectTransport();
  const rtpParameters = opusParameters() as types.RtpParameters;
  const producer = await transport.produce({ kind: 'audio', rtpParameters });
  const packet = Buffer.alloc(212);
  packet[0] = 0x80;
  packet[1] = 111;
  packet.writeUInt32BE(rtpParameters.encodings?.[0]?.ssrc ?? 0, 8);
  let sequence = 0;
  traffic = setInterval(() => {
    packet.writeUInt16BE(++sequence & 0xffff, 2);
    packet.writeUInt32BE(sequence * 960, 4);
    producer.send(packet);
  }, 20);
}

/** Resolves once the worker has measured that much. */
async function measured(bitrate: number): Promise<void> {
  while ((pool.workers[0]?.load.bitrate ?? 0) < bitrate)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a limit of bandwidth', () => {
  it('keeps others out of the busy room, or of every room when it is the server’s', async () => {
    const limited = createRegistry(pool, { maxBitratePerRoom: 1_000 });
    const busy = limited.getOrCreate('busy');
    const ann = await joinPeer(busy, { identity: 'ann' });
    const [router] = routers;
    if (!router) throw new Error('the room has no router');
    await send(router);
    await measured(1_000);

    await expect(joinPeer(busy)).rejects.toMatchObject({ code: 'limitExceeded' });
    await joinPeer(limited.getOrCreate('quiet'));
    // Who comes again takes the place that was hers.
    await joinPeer(busy, { identity: 'ann' });
    expect(ann.closed).toBe(true);

    const full = createRegistry(pool, { maxBitrate: 1_000 });
    await expect(joinPeer(full.getOrCreate('another'))).rejects.toMatchObject({ code: 'limitExceeded' });
    full.close();
    limited.close();
  });
});

describe('a ceiling of the downlink', () => {
  it('is told to congestion control with the first video', async () => {
    const limited = createRegistry(pool, { maxOutgoingBitrate: 500_000 });
    const room = limited.getOrCreate('ceiling');
    const [ann, bob] = [await joinPeer(room), await joinPeer(room)];
    const ceiling = async () => (await bob.transports.recv.getStats())[0]?.maxOutgoingBitrate;
    await room.consume(bob, [(await produceMicrophone(ann)).producerId]);
    expect(await ceiling()).toBeUndefined();
    await room.consume(bob, [(await produceCamera(ann)).producerId]);
    expect(await ceiling()).toBe(500_000);
    limited.close();
  });

  it('is lowered by the room, for whoever is there and whoever comes, and never lifted above the server’s', async () => {
    const limited = createRegistry(pool, { maxOutgoingBitrate: 500_000 });
    const room = limited.getOrCreate('lowered');
    const [ann, bob] = [await joinPeer(room), await joinPeer(room)];
    const ceilingOf = async (peer: Peer) => (await peer.transports.recv.getStats())[0]?.maxOutgoingBitrate;
    const { producerId } = await produceCamera(ann);
    await room.consume(bob, [producerId]);
    room.forwarding.configure({ maxOutgoingBitrate: 200_000 });
    const cid = await joinPeer(room);
    await room.consume(cid, [producerId]);
    expect([await ceilingOf(bob), await ceilingOf(cid)]).toEqual([200_000, 200_000]);
    room.forwarding.configure({ maxOutgoingBitrate: 900_000 });
    expect(await ceilingOf(bob)).toBe(500_000);
    limited.close();
  });
});
