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
});
