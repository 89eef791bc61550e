import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let harness: SignalingHarness;
let made: number;

beforeAll(async () => {
  pool = await createTestPool(2);
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  made = 0;
  harness = await SignalingHarness.start(pool, {
    iceServersFor: (id) => [{ urls: 'turn:turn.example.org', username: `${++made}:${id}`, credential: 'c' }],
  });
});
afterEach(() => harness.close());

const usernames = (servers: { username?: string }[]) => servers.flatMap(({ username }) => username ?? []);

describe('the ICE servers that a peer is told', () => {
  it('are its own, and fresh ones with whatever makes it gather candidates', async () => {
    const { peer, answer } = await harness.joined();
    const { peerId, media } = answer;
    expect(usernames(media.iceServers)).toEqual([`1:${peerId}`]);
    const { transportId } = media.sendTransport;
    expect(usernames((await peer.request('restartIce', { transportId })).iceServers)).toEqual([
      `2:${peerId}`,
    ]);
    const setUp = await peer.request('setUpMedia', {});
    expect(usernames(setUp.iceServers)).toEqual([`3:${peerId}`]);

    const room = [...harness.registry.rooms.values()][0];
    const found = room?.peers.get(peerId);
    if (!room || !found) throw new Error('the peer is gone');
    room.media.moves.vacate(room.media.routers.workerIndex(found) ?? 0);
    await peer.event('moving');
    const moved = await peer.request('beginMove', {});
    expect(usernames(moved.iceServers)).toEqual([`4:${peerId}`]);

    peer.close();
    const again = await harness.peer().connected();
    const resume = { sessionToken: answer.sessionToken, mediaEpoch: moved.mediaEpoch };
    expect(usernames((await again.request('resume', resume)).iceServers)).toEqual([`5:${peerId}`]);
  });

  it('are nobody else’s', async () => {
    const ann = await harness.joined();
    const bob = await harness.joined();
    expect(usernames(bob.answer.media.iceServers)).toEqual([`2:${bob.answer.peerId}`]);
    expect(bob.answer.peerId).not.toBe(ann.answer.peerId);
  });
});

describe('the ways to the media port that a peer is told', () => {
  it('are UDP and TCP on the same port of each address, UDP preferred', async () => {
    const { media } = (await harness.joined()).answer;
    for (const { iceCandidates } of [media.sendTransport, media.recvTransport]) {
      const of = (protocol: string) => iceCandidates.filter((candidate) => candidate.protocol === protocol);
      const [udp, tcp] = [of('udp'), of('tcp')];
      expect(udp.length).toBeGreaterThan(0);
      expect(tcp.map(({ ip, port }) => `${ip}:${port}`)).toEqual(udp.map(({ ip, port }) => `${ip}:${port}`));
      expect(tcp.map(({ tcpType }) => tcpType)).toEqual(tcp.map(() => 'passive'));
      const lowestUdp = Math.min(...udp.map(({ priority }) => priority));
      expect(Math.max(...tcp.map(({ priority }) => priority))).toBeLessThan(lowestUdp);
    }
  });
});
