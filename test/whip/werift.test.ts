import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { until } from '../support/processes.ts';
import { createTestPool } from '../support/testRooms.ts';
import { WeriftClient } from './support/WeriftClient.ts';
import { WhipHarness } from './support/WhipHarness.ts';

let pool: WorkerPool;
let harness: WhipHarness;
const clients: WeriftClient[] = [];

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await WhipHarness.start(pool);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await harness.close();
});

function client(): WeriftClient {
  const made = new WeriftClient();
  clients.push(made);
  return made;
}

const gets = (player: WeriftClient) =>
  until('media comes', () => player.received.audio.length > 30 && player.received.video.length > 30);

describe('an endpoint that is no browser', () => {
  it('publishes into a room, where another one plays it', async () => {
    await client().publish(`${harness.url}/whip/standup?name=Studio`);
    const room = harness.room('standup');
    const [peer] = room.peers.values();
    expect(peer?.info()).toMatchObject({ name: 'Studio', producers: [{ kind: 'audio' }, { kind: 'video' }] });
    const player = await client().play(`${harness.url}/whep/standup`);
    await gets(player);
  });

  it('restarts ICE, as a sender and as a player, and media goes on over the other session', async () => {
    const sender = await client().publish(`${harness.url}/whip/standup`);
    const player = await client().play(`${harness.url}/whep/standup`);
    await gets(player);
    for (const each of [sender, player]) {
      const before = [each.credentials, each.answer];
      await each.restartIce();
      expect([each.credentials, each.answer]).not.toEqual(before);
      await until(`another session than ${each.connection.iceConnectionState}`, () =>
        ['connected', 'completed'].includes(each.connection.iceConnectionState),
      );
      player.received.audio.length = 0;
      player.received.video.length = 0;
      await gets(player);
    }
    expect(harness.room('standup').peers.size).toBe(2);
  });
});
