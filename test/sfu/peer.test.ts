import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { Room } from '../../src/sfu/Room.ts';
import { RoomData } from '../../src/sfu/RoomData.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { silentLogger } from '../../src/support/logger.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { dtlsParameters, opusParameters, unknownCodecParameters } from '../support/fabricatedMedia.ts';
import {
  allPermissions,
  createRegistry,
  createTestPool,
  joinPeer,
  produceCamera,
  produceMicrophone,
} from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let room: Room;
let peer: Peer;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  registry = createRegistry(pool, { maxProducersPerPeer: 3, gracePeriod: 1 });
  room = registry.getOrCreate('standup');
  peer = await joinPeer(room);
});
afterEach(() => registry.close());

const produce = (overrides: Partial<Parameters<Peer['producers']['produce']>[0]> = {}) =>
  peer.producers.produce({
    transportId: peer.transports.send.id,
    kind: 'audio',
    source: 'microphone',
    rtpParameters: opusParameters(),
    paused: false,
    ...overrides,
  });

describe('Peer', () => {
  it('tells of a new name, and keeps what was not changed', async () => {
    peer.update({ metadata: 'blue' });
    const updated = room.next('peerUpdated');
    peer.update({ name: 'Bob' });
    await updated;
    expect(peer.info()).toMatchObject({ name: 'Bob', metadata: 'blue' });
  });

  it('closes with "timeout" when nobody comes back within the grace period', async () => {
    const closed = peer.next('closed');
    peer.disconnected();
    expect(await closed).toEqual(['timeout']);
    expect(room.peers.size).toBe(0);
  });

  it('stays when it comes back in time', async () => {
    peer.disconnected();
    peer.reconnected();
    const other = await joinPeer(room);
    other.disconnected();
    expect(await room.next('peerLeft')).toEqual([other, 'timeout']);
    expect(peer.closed).toBe(false);
  });

  it('closes once only', () => {
    const reasons: string[] = [];
    peer.on('closed', (reason) => reasons.push(reason));
    peer.close('left');
    peer.close('removed');
    expect(reasons).toEqual(['left']);
  });
});

describe('PeerTransports', () => {
  it('connects once', async () => {
    const { id } = peer.transports.send;
    await peer.transports.connect(id, dtlsParameters);
    await expect(peer.transports.connect(id, dtlsParameters)).rejects.toMatchObject({ code: 'invalidState' });
  });

  it('refuses DTLS parameters that the worker does not take, and can be connected afterwards', async () => {
    const { id } = peer.transports.send;
    const bad = {
      role: 'server' as const,
      fingerprints: [{ algorithm: 'sha-256' as const, value: '00:11' }],
    };
    await expect(peer.transports.connect(id, { ...bad, role: 'weird' as never })).rejects.toMatchObject({
      code: 'badRequest',
    });
    await peer.transports.connect(id, dtlsParameters);
  });

  it('gives new ICE credentials', async () => {
    const { id, iceParameters } = peer.transports.recv;
    const restarted = await peer.transports.restartIce(id);
    expect(restarted.password).not.toBe(iceParameters.password);
    expect(Object.keys(await peer.transports.restartAllIce()).sort()).toEqual(
      [peer.transports.send.id, peer.transports.recv.id].sort(),
    );
  });

  it('does not know transports of others', async () => {
    const other = await joinPeer(room);
    const { id } = other.transports.send;
    expect(() => peer.transports.get(id)).toThrow(expect.objectContaining({ code: 'notFound' }));
    await expect(produce({ transportId: id })).rejects.toMatchObject({ code: 'notFound' });
  });

  it('closes the former pair when media is set up anew, and tells what went with it', async () => {
    const former = peer.transports.send;
    await produceMicrophone(peer);
    const closed = room.next('producerClosed');
    await room.media.setUp(peer);
    expect((await closed)[1]).toBe('transportClosed');
    expect(former.closed).toBe(true);
    expect(peer.transports.size).toBe(2);
    expect(peer.producers.size).toBe(0);
  });
});

describe('PeerProducers', () => {
  it('publishes and lists', async () => {
    const info = await produce();
    expect(peer.info().producers).toEqual([info]);
    expect(info).toMatchObject({ peerId: peer.id, kind: 'audio', source: 'microphone', paused: false });
  });

  it('pauses and resumes, telling each change once', async () => {
    const { producerId } = await produce();
    const told: string[] = [];
    peer.producers.on('paused', () => told.push('paused'));
    peer.producers.on('resumed', () => told.push('resumed'));
    await peer.producers.pause(producerId);
    await peer.producers.pause(producerId);
    await peer.producers.resume(producerId);
    expect(told).toEqual(['paused', 'resumed']);
  });

  it('refuses a second microphone, also at the same time', async () => {
    const results = await Promise.allSettled([produce(), produce()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(produce()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('puts a producer in the place of another one, telling the new one before the old one goes', async () => {
    const old = await produceCamera(peer);
    const told: string[] = [];
    peer.producers.on('added', (_, { producerId }) => told.push(`added ${producerId}`));
    peer.producers.on('closed', ({ producerId }, reason) => told.push(`${reason} ${producerId}`));
    const gone = peer.producers.next('closed');
    const fresh = await produceCamera(peer, false, old.producerId);
    await expect(produceCamera(peer)).rejects.toMatchObject({ code: 'conflict' });
    await expect(produceCamera(peer, false, old.producerId)).rejects.toMatchObject({ code: 'invalidState' });
    await gone;
    expect(told).toEqual([`added ${fresh.producerId}`, `closed ${old.producerId}`]);
    expect(peer.producers.list()).toEqual([fresh]);
  });

  it('replaces at the limit too', async () => {
    const old = await produceCamera(peer);
    for (let i = 0; i < 2; i++) await produce({ source: 'custom' });
    await produceCamera(peer, false, old.producerId);
  });

  it('replaces only what is its own, and of the same source', async () => {
    const { producerId } = await produce();
    await expect(produceCamera(peer, false, producerId)).rejects.toMatchObject({ code: 'badRequest' });
    const other = await joinPeer(room);
    const theirs = await produceCamera(other);
    await expect(produceCamera(peer, false, theirs.producerId)).rejects.toMatchObject({ code: 'notFound' });
    expect(other.producers.has(theirs.producerId)).toBe(true);
  });

  it('does not bring back what a moderator closed in the middle of being replaced', async () => {
    const old = await produceCamera(peer);
    const replacing = produceCamera(peer, false, old.producerId);
    peer.producers.closeOne(old.producerId, 'removed');
    await expect(replacing).rejects.toMatchObject({ code: 'invalidState' });
    expect(peer.producers.size).toBe(0);
  });

  it('refuses more tracks than a peer may publish', async () => {
    for (let i = 0; i < 3; i++) await produce({ source: 'custom' });
    await expect(produce({ source: 'custom' })).rejects.toMatchObject({ code: 'limitExceeded' });
  });

  it('refuses a camera that is audio, and a codec that the router does not take', async () => {
    await expect(produce({ source: 'camera' })).rejects.toMatchObject({ code: 'badRequest' });
    await expect(
      produce({ source: 'camera', kind: 'video', rtpParameters: unknownCodecParameters() }),
    ).rejects.toMatchObject({ code: 'badRequest' });
    expect(peer.producers.size).toBe(0);
  });

  it('refuses RTP parameters whose SSRC is in use', async () => {
    const rtpParameters = opusParameters();
    await produce({ rtpParameters });
    await expect(produce({ source: 'custom', rtpParameters })).rejects.toMatchObject({ code: 'badRequest' });
  });

  it('refuses the transport on which the peer receives', async () => {
    await expect(produce({ transportId: peer.transports.recv.id })).rejects.toMatchObject({
      code: 'invalidState',
    });
  });

  it('obeys the permissions', async () => {
    const listener = await joinPeer(room, { permissions: { ...allPermissions, canPublish: false } });
    const speaker = await joinPeer(room, {
      permissions: { ...allPermissions, canPublishSources: ['microphone'] },
    });
    await expect(produceMicrophone(listener)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(produceCamera(speaker)).rejects.toMatchObject({ code: 'forbidden' });
    await produceMicrophone(speaker);
  });

  it('leaves nothing when its peer closes in the middle of publishing', async () => {
    const publishing = produce();
    peer.close('left');
    await expect(publishing).rejects.toMatchObject({ name: 'ParleyError' });
    expect(peer.producers.size).toBe(0);
  });
});

describe('PeerConsumers', () => {
  it('refuses ids that are not its own', async () => {
    const other = await joinPeer(room);
    const { producerId } = await produce();
    const { consumers } = await room.consume(other, [producerId]);
    const ids = consumers.map(({ consumerId }) => consumerId);
    await expect(peer.consumers.pause(ids)).rejects.toMatchObject({ code: 'notFound' });
    await peer.consumers.resume(ids);
    expect([...other.consumers.all].map(({ isReady }) => isReady)).toEqual([false]);
    await expect(peer.consumers.requestKeyFrame(ids[0]!)).rejects.toMatchObject({ code: 'notFound' });
    await expect(peer.consumers.setPreferredLayers(ids[0]!, 0)).rejects.toMatchObject({ code: 'notFound' });
    peer.consumers.closeMany(ids);
    expect(other.consumers.size).toBe(1);
  });

  it('takes wishes for layers of a simulcast camera, and passes over those for a microphone', async () => {
    const viewer = await joinPeer(room);
    const ids = [(await produceCamera(peer)).producerId, (await produceMicrophone(peer)).producerId];
    const { consumers } = await room.consume(viewer, ids);
    for (const { consumerId } of consumers) await viewer.consumers.setPreferredLayers(consumerId, 0, 1);
  });
});

describe('PeerData', () => {
  const reliable = { streamId: 0, ordered: true };
  const lossy = { streamId: 1, ordered: false, maxRetransmits: 0 };
  const produceData = (parameters: typeof reliable) =>
    room.produceData(peer, peer.transports.send.id, parameters);

  it('opens one reliable and one lossy upstream', async () => {
    await produceData(reliable);
    const id = await produceData(lossy);
    await expect(produceData({ ...reliable, streamId: 2 })).rejects.toMatchObject({ code: 'conflict' });
    peer.data.closeProducer(id);
    expect(() => peer.data.closeProducer(id)).toThrow(expect.objectContaining({ code: 'notFound' }));
    await produceData({ ...lossy, streamId: 3 });
  });

  it('closes an upstream that nobody can read', async () => {
    const { upstream } = await peer.data.produce(peer.transports.send.id, reliable);
    const withoutRouter = new RoomData(() => [], silentLogger);
    await expect(withoutRouter.listen(peer, upstream, true, peer.transports.router)).rejects.toMatchObject({
      code: 'invalidState',
    });
    expect(upstream.closed).toBe(true);
    await produceData(reliable);
  });

  it('refuses an upstream without the permission', async () => {
    const mute = await joinPeer(room, { permissions: { ...allPermissions, canPublishData: false } });
    await expect(mute.data.produce(mute.transports.send.id, reliable)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('keeps reliable messages for a peer whose channels are not open, the oldest go first', () => {
    const message = Buffer.alloc(400_000);
    for (let i = 0; i < 3; i++) peer.data.hold(Buffer.from([...message.subarray(0, 399_999), i]));
    expect(peer.data.release().map((held) => held.at(-1))).toEqual([1, 2]);
    expect(peer.data.release()).toEqual([]);
  });

  it('is not set up for a peer that wants none, and nothing is kept for it', async () => {
    const { peer: silent, media } = await room.join({
      name: 'silent',
      permissions: allPermissions,
      data: false,
    });
    expect(media.dataConsumers).toEqual([]);
    expect(media.sendTransport.sctpParameters ?? media.recvTransport.sctpParameters).toBeUndefined();
    await expect(silent.data.produce(silent.transports.send.id, reliable)).rejects.toMatchObject({
      code: 'invalidState',
    });
    const again = await room.media.setUp(silent);
    expect(again.dataConsumers).toEqual([]);
  });

  it('counts what a peer sends, and says when it is too much', () => {
    const allowed = Array.from({ length: 1001 }, () => peer.data.count(10));
    expect(allowed.indexOf(false)).toBe(1000);
    expect(allowed.filter(Boolean)).toHaveLength(1000);
  });
});
