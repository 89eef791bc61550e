import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { roomSnapshot } from '../../src/sfu/roomSnapshot.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { audioOnlyCapabilities } from '../support/fabricatedMedia.ts';
import {
  allPermissions,
  createRegistry,
  createTestPool,
  joinPeer,
  microphone,
  produceCamera,
  produceMicrophone,
} from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let room: Room;

beforeAll(async () => {
  pool = await createTestPool(2);
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(() => {
  registry = createRegistry(pool, { maxPeersPerRoom: 3, maxRooms: 2, chatHistory: 2 });
  room = registry.getOrCreate('standup');
});
afterEach(() => {
  registry.close();
  expect(registry.rooms.size).toBe(0);
});

describe('RoomRegistry', () => {
  it('gives the same room for the same name', () => {
    expect(registry.getOrCreate('standup')).toBe(room);
  });

  it('refuses more rooms than the server may hold', async () => {
    await joinPeer(room);
    await joinPeer(registry.getOrCreate('second'));
    expect(() => registry.getOrCreate('third')).toThrow(expect.objectContaining({ code: 'limitExceeded' }));
  });

  it('closes the oldest empty room rather than refuse a new one', async () => {
    await joinPeer(room);
    const second = registry.getOrCreate('second');
    expect(registry.getOrCreate('third').closed).toBe(false);
    expect([room.closed, second.closed]).toEqual([false, true]);
  });

  it('refuses rooms once closed', () => {
    registry.close();
    expect(() => registry.getOrCreate('late')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });

  it('lets nobody in when the server is full', async () => {
    const full = createRegistry(pool, { maxPeers: 1 });
    const results = await Promise.allSettled([
      joinPeer(full.getOrCreate('a'), { identity: 'ann' }),
      joinPeer(full.getOrCreate('b')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await joinPeer(full.getOrCreate('a'), { identity: 'ann' });
    await expect(joinPeer(full.getOrCreate('a'))).rejects.toMatchObject({ code: 'limitExceeded' });
    full.close();
  });

  it('closes a room that nobody enters, after the grace', async () => {
    const hasty = createRegistry(pool, { emptyRoomGrace: 1 });
    const empty = hasty.getOrCreate('empty');
    expect(await empty.next('closed')).toEqual(['empty']);
    expect(hasty.rooms.size).toBe(0);
    hasty.close();
  });

  it('places two rooms on two workers', async () => {
    const other = registry.getOrCreate('other');
    const [a, b] = await Promise.all([joinPeer(room), joinPeer(other)]);
    const ports = [a, b].map((peer) => peer.transports.info().sendTransport.iceCandidates[0]?.port);
    expect(new Set(ports).size).toBe(2);
  });
});

describe('Room', () => {
  it('tells of a peer that joins and shows it in the snapshot', async () => {
    const joined = room.next('peerJoined');
    const peer = await joinPeer(room, { name: 'Ann', metadata: 'blue' });
    expect((await joined)[0]).toBe(peer);
    expect(roomSnapshot(room, '').peers).toEqual([
      expect.objectContaining({ peerId: peer.id, name: 'Ann', metadata: 'blue', producers: [] }),
    ]);
  });

  it('answers a join with both transports, the codecs and two data streams', async () => {
    const { media } = await room.join({ name: 'Ann', permissions: allPermissions });
    expect(media.sendTransport.transportId).not.toBe(media.recvTransport.transportId);
    expect(media.sendTransport.iceCandidates.map(({ protocol }) => protocol).sort()).toEqual(['tcp', 'udp']);
    const codecs = media.routerRtpCapabilities.codecs?.map(({ mimeType }) => mimeType.toLowerCase());
    for (const codec of ['audio/opus', 'video/vp8', 'video/vp9', 'video/h264', 'video/av1']) {
      expect(codecs).toContain(codec);
    }
    expect(media.dataConsumers.map(({ reliable }) => reliable)).toEqual([true, false]);
  });

  it('refuses a peer too many, also when they come at once', async () => {
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => joinPeer(room)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'limitExceeded' });
    expect(room.peers.size).toBe(3);
  });

  it('replaces a peer of the same identity', async () => {
    const first = await joinPeer(room, { identity: 'ann' });
    const left = room.next('peerLeft');
    const second = await joinPeer(room, { identity: 'ann' });
    expect(await left).toEqual([first, 'replaced']);
    expect([...room.peers.values()]).toEqual([second]);
  });

  it('refuses to be joined once closed', async () => {
    room.close('roomClosed');
    await expect(joinPeer(room)).rejects.toMatchObject({ code: 'invalidState' });
  });

  it('leaves nothing behind when it closes in the middle of a join', async () => {
    const joining = joinPeer(room);
    room.close('roomClosed');
    await expect(joining).rejects.toMatchObject({ code: 'invalidState' });
    expect(room.peers.size).toBe(0);
  });

  it('closes its peers, and is told of by each, when it closes', async () => {
    const peer = await joinPeer(room);
    const closed = peer.next('closed');
    room.close('roomClosed');
    expect(await closed).toEqual(['roomClosed']);
    expect(peer.transports.size).toBe(0);
  });

  it('keeps the last chat messages, oldest first', async () => {
    const peer = await joinPeer(room, { name: 'Ann' });
    for (const text of ['one', 'two', 'three']) room.sendChat(peer, text);
    expect(roomSnapshot(room, '').chat.map(({ text }) => text)).toEqual(['two', 'three']);
    expect(roomSnapshot(room, '').chat[0]).toMatchObject({ name: 'Ann', peerId: peer.id });
  });

  it('keeps no more chat than a snapshot may carry', async () => {
    const talkative = createRegistry(pool, { chatHistory: 200 });
    const loud = talkative.getOrCreate('loud');
    const peer = await joinPeer(loud);
    for (let i = 0; i < 100; i++) loud.sendChat(peer, 'x'.repeat(4000));
    const { chat } = roomSnapshot(loud, '');
    expect(chat).toHaveLength(65);
    expect(chat.at(-1)?.text).toHaveLength(4000);
    talkative.close();
  });

  it('refuses chat from a peer that may not send', async () => {
    const mute = await joinPeer(room, { permissions: { ...allPermissions, canPublishData: false } });
    expect(() => room.sendChat(mute, 'psst')).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });
});

describe('publishing and subscribing', () => {
  it('tells of a new producer and hands it to a subscriber, paused', async () => {
    const [ann, bob] = await Promise.all([joinPeer(room), joinPeer(room)]);
    const added = room.next('producerAdded');
    const camera = await produceCamera(ann);
    expect((await added)[0]).toEqual(camera);
    const { consumers, refused } = await room.consume(bob, [camera.producerId]);
    expect(refused).toEqual([]);
    expect(consumers).toEqual([
      expect.objectContaining({
        producerId: camera.producerId,
        peerId: ann.id,
        source: 'camera',
        type: 'simulcast',
      }),
    ]);
    await bob.consumers.resume(bob.consumers.ids());
  });

  it('takes many producers in one request and says which it could not have', async () => {
    const [ann, bob] = await Promise.all([joinPeer(room), joinPeer(room)]);
    bob.consumers.capabilities.set(audioOnlyCapabilities);
    const [camera, microphone, own] = await Promise.all([
      produceCamera(ann),
      produceMicrophone(ann),
      produceMicrophone(bob),
    ]);
    const ids = [camera, microphone, own].map(({ producerId }) => producerId);
    const { consumers, refused } = await room.consume(bob, [...ids, 'nonsense']);
    expect(consumers.map(({ producerId }) => producerId)).toEqual([microphone.producerId]);
    expect(Object.fromEntries(refused.map(({ producerId, error }) => [producerId, error.code]))).toEqual({
      [camera.producerId]: 'badRequest',
      [own.producerId]: 'badRequest',
      nonsense: 'notFound',
    });
  });

  it('refuses more tracks than a room may have', async () => {
    const small = createRegistry(pool, { maxProducersPerRoom: 1 });
    const tiny = small.getOrCreate('tiny');
    const ann = await joinPeer(tiny);
    const bob = await joinPeer(tiny);
    const results = await Promise.allSettled([
      tiny.produce(ann, microphone(ann)),
      tiny.produce(bob, microphone(bob)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { code: 'limitExceeded' } });
    small.close();
  });

  it('refuses more tracks than the server may have, whatever the room', async () => {
    const small = createRegistry(pool, { maxProducers: 1 });
    const [a, b] = [small.getOrCreate('a'), small.getOrCreate('b')];
    const [ann, bob] = [await joinPeer(a), await joinPeer(b)];
    const { producerId } = await a.produce(ann, microphone(ann));
    await expect(b.produce(bob, microphone(bob))).rejects.toMatchObject({ code: 'limitExceeded' });
    a.tracks.close(ann, producerId);
    await b.produce(bob, microphone(bob));
    small.close();
  });

  it('answers a repeated subscription with the same consumer', async () => {
    const [ann, bob] = await Promise.all([joinPeer(room), joinPeer(room)]);
    const { producerId } = await produceMicrophone(ann);
    const first = await room.consume(bob, [producerId]);
    const second = await room.consume(bob, [producerId]);
    expect(second.consumers).toEqual(first.consumers);
    expect(bob.consumers.size).toBe(1);
  });

  it('answers subscriptions that cross with the same consumer', async () => {
    const [ann, bob] = await Promise.all([joinPeer(room), joinPeer(room)]);
    const { producerId } = await produceMicrophone(ann);
    const [first, second] = await Promise.all([1, 2].map(() => room.consume(bob, [producerId])));
    expect(second!.consumers).toEqual(first!.consumers);
    expect(bob.consumers.size).toBe(1);
  });

  it('refuses a subscription from a peer that may not, or that has not said what it can receive', async () => {
    const { peer: silent } = await room.join({ name: 'silent', permissions: allPermissions });
    const blind = await joinPeer(room, { permissions: { ...allPermissions, canSubscribe: false } });
    await expect(room.consume(silent, ['x'])).rejects.toMatchObject({ code: 'invalidState' });
    await expect(room.consume(blind, ['x'])).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('closes the consumers of a producer that closes, and tells both sides', async () => {
    const [ann, bob] = await Promise.all([joinPeer(room), joinPeer(room)]);
    const { producerId } = await produceMicrophone(ann);
    await room.consume(bob, [producerId]);
    const [consumerId] = bob.consumers.ids();
    const producerClosed = room.next('producerClosed');
    const consumerClosed = bob.consumers.next('closed');
    room.tracks.close(ann, producerId);
    expect(await producerClosed).toEqual([expect.objectContaining({ producerId }), 'closed']);
    expect(await consumerClosed).toEqual([consumerId, producerId, 'closed']);
    expect(ann.producers.size + bob.consumers.size).toBe(0);
  });

  it('lets nobody but its owner or an admin close a producer', async () => {
    const [ann, bob] = await Promise.all([joinPeer(room), joinPeer(room)]);
    const { producerId } = await produceMicrophone(ann);
    expect(() => room.tracks.close(bob, producerId)).toThrow(expect.objectContaining({ code: 'notFound' }));
    const admin = await joinPeer(room, { permissions: { ...allPermissions, roomAdmin: true } });
    const closed = room.next('producerClosed');
    room.tracks.close(admin, producerId);
    expect((await closed)[1]).toBe('removed');
  });

  it('leaves nothing of a peer that goes', async () => {
    const [ann, bob] = await Promise.all([joinPeer(room), joinPeer(room)]);
    const { producerId } = await produceMicrophone(ann);
    await room.consume(bob, [producerId]);
    const gone = bob.consumers.next('closed');
    ann.close('left');
    expect(room.peers.has(ann.id)).toBe(false);
    await gone;
    expect([ann.producers.size, ann.transports.size, bob.consumers.size]).toEqual([0, 0, 0]);
  });
});
