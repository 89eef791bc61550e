import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataPacket_Kind, RoomServiceClient } from 'livekit-server-sdk';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters } from '../support/fabricatedMedia.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ROOM, SharedNode } from '../support/sharedNodes.ts';
import { API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

/* The room service asked on one node, of rooms and participants that are on others. */

let pool: WorkerPool;
let redis: RedisServer;
let north: SharedNode;
let south: SharedNode;
let west: SharedNode;
let client: RoomServiceClient;

beforeAll(async () => {
  [pool, redis] = await Promise.all([createTestPool(), RedisServer.start()]);
});
beforeEach(async () => {
  [north, south, west] = await Promise.all([
    SharedNode.start(pool, redis),
    SharedNode.start(pool, redis),
    SharedNode.start(pool, redis),
  ]);
  await Promise.all([north.sees(south, west), south.sees(north, west), west.sees(north, south)]);
  client = new RoomServiceClient(west.harness.url, API_KEY, API_SECRET);
});
afterEach(() => Promise.all([north.close(), south.close(), west.close()]));
afterAll(async () => {
  await redis.close();
  pool.close();
  await pool.terminated();
});

const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => (error as { code: string }).code,
  );

describe('asked on a node that has nothing of it', () => {
  it('lists, updates, mutes and removes participants of two others', async () => {
    const ann = await north.join('Ann', { sub: 'ann' });
    const bob = await south.join('Bob', { sub: 'bob' });
    await Promise.all([north.knows('Bob'), south.knows('Ann')]);
    const { producerId } = await bob.peer.request('produce', {
      transportId: bob.answer.media.sendTransport.transportId,
      kind: 'audio',
      source: 'microphone',
      rtpParameters: opusParameters(),
    });
    await ann.peer.event('newProducer');
    expect(await client.listRooms()).toMatchObject([{ name: ROOM, numParticipants: 2, numPublishers: 1 }]);
    expect(await client.listParticipants(ROOM)).toMatchObject([
      { identity: 'ann', permission: { canPublish: true } },
      { identity: 'bob', permission: { canPublish: true }, tracks: [{ mimeType: 'audio/opus' }] },
    ]);
    const muted = await client.mutePublishedTrack(ROOM, 'bob', producerId, true);
    expect(muted).toMatchObject({ sid: producerId, muted: true });
    expect(await bob.peer.event('producerMuted')).toEqual({ producerId });
    expect(await ann.peer.event('producerPaused')).toMatchObject({ producerId });
    const permission = { canSubscribe: true, canPublishData: true };
    const updated = await client.updateParticipant(ROOM, 'bob', { attributes: { seat: '3' }, permission });
    expect(updated).toMatchObject({ attributes: { seat: '3' }, permission: { canPublish: false } });
    expect(await bob.peer.event('permissionsChanged')).toMatchObject({ permissions: { canPublish: false } });
    expect(await ann.peer.event('producerClosed')).toMatchObject({ producerId, reason: 'removed' });
    expect(await ann.peer.event('peerUpdated')).toMatchObject({ attributes: { seat: '3' } });
    for (const [identity, { peer }] of [
      ['ann', ann],
      ['bob', bob],
    ] as const) {
      await client.removeParticipant(ROOM, identity);
      expect(await peer.event('removed')).toEqual({ reason: 'removed' });
    }
    expect(await refusalOf(client.removeParticipant(ROOM, 'ann'))).toBe('not_found');
  });

  it('says what a room is to all of them, and ends it on all', async () => {
    const made = await client.createRoom({ name: ROOM, metadata: 'agenda', maxParticipants: 2 });
    const ann = await north.join('Ann');
    const bob = await south.join('Bob');
    expect(ann.answer.snapshot.metadata).toBe('agenda');
    expect(bob.answer.snapshot.metadata).toBe('agenda');
    await north.knows('Bob');
    await expect(north.join('Cy')).rejects.toThrow('limitExceeded');
    const elsewhere = new RoomServiceClient(south.harness.url, API_KEY, API_SECRET);
    expect(await elsewhere.updateRoomMetadata(ROOM, 'second part')).toMatchObject({ sid: made.sid });
    expect(await ann.peer.event('roomUpdated')).toEqual({ metadata: 'second part' });
    expect(await client.listRooms()).toMatchObject([{ sid: made.sid, metadata: 'second part' }]);
    await client.sendData(ROOM, new Uint8Array([1]), DataPacket_Kind.RELIABLE, { topic: 't' });
    await client.deleteRoom(ROOM);
    expect(await ann.peer.event('removed')).toEqual({ reason: 'roomClosed' });
    expect(await bob.peer.event('removed')).toEqual({ reason: 'roomClosed' });
  });

  it('hides a participant from those on other nodes', async () => {
    const ann = await north.join('Ann', { sub: 'ann' });
    const ghost = await south.hidden('ghost');
    await north.knows('ghost');
    const cy = await north.join('Cy', { sub: 'cy' });
    expect(cy.answer.snapshot.peers.map(({ name }) => name)).toEqual(['Ann', 'Cy']);
    await ghost.peer.request('leave', {});
    await north.knows();
    await cy.peer.request('leave', {});
    await ann.peer.event('peerLeft');
    expect(JSON.stringify(ann.peer.told)).not.toContain(ghost.answer.peerId);
  });
});
