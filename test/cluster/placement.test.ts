import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SignalingClient } from '../../client/lib/SignalingClient.ts';
import { Entrance } from '../../client/lib/Entrance.ts';
import type { PlacementPolicy } from '../../src/cluster/chooseNode.ts';
import type { WireError } from '../../src/protocol/errors.ts';
import { freePort } from '../../src/workers/freePort.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { RedisServer } from '../support/redisServer.ts';
import { accessToken, SignalingHarness } from '../support/signalingHarness.ts';
import { TestNode } from '../support/testCluster.ts';
import { createTestPool } from '../support/testRooms.ts';

/* Two nodes, and the clients that one of them sends to the other. */

const HOST = '127.0.0.1';
const ROOM = 'standup';

interface Place {
  node: TestNode;
  harness: SignalingHarness;
}

let pool: WorkerPool;
let redis: RedisServer;
const places: Place[] = [];
const clients: SignalingClient[] = [];

beforeAll(async () => {
  [pool, redis] = await Promise.all([createTestPool(), RedisServer.start()]);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(places.splice(0).map(({ harness }) => harness.close()));
});
afterAll(async () => {
  await redis.close();
  pool.close();
  await pool.terminated();
});

async function start(placement: PlacementPolicy, region: string, open = true): Promise<Place> {
  const port = await freePort([HOST]);
  const node = new TestNode(redis.url, { region, url: `http://${HOST}:${port}` });
  const harness = await SignalingHarness.start(pool, { cluster: node.cluster, placement, port, open });
  places.push({ node, harness });
  return { node, harness };
}

async function startTwo(placement: PlacementPolicy, { open = true } = {}): Promise<[Place, Place]> {
  const [north, south] = [await start(placement, 'north', open), await start(placement, 'south', open)];
  await Promise.all([north.node.sees(south.node), south.node.sees(north.node)]);
  return [north, south];
}

const stay = { placed: true };

async function refusal({ harness }: Place, payload: object): Promise<WireError | undefined> {
  const peer = await harness.peer().connected();
  const answer = await peer.raw('join', { room: ROOM, ...payload });
  return answer.ok ? undefined : answer.error;
}

/** Joins as the SDK does; resolves with the names in the room. */
async function enter(url: string): Promise<string[]> {
  const client = new SignalingClient({ url, reconnectDelay: 10 });
  clients.push(client);
  const entrance = new Entrance(client, () => undefined);
  client.open();
  for (;;) {
    if (!client.connected) await client.next('connected');
    const answer = await entrance.join({ room: ROOM, name: 'Bob', data: false });
    if (answer) return answer.snapshot.peers.map(({ name }) => name);
  }
}

describe('a client that joins a cluster', () => {
  it('is sent to the node that has its room, and served elsewhere when it comes from elsewhere', async () => {
    const [north, south] = await startTwo('room');
    await north.harness.joined(ROOM, { name: 'Ann', ...stay });
    expect(await refusal(south, {})).toMatchObject({ code: 'redirected', url: north.harness.url });
    expect(south.harness.registry.rooms.size).toBe(0);
    expect(await refusal(north, {})).toBeUndefined();
    expect(await refusal(south, stay)).toBeUndefined();
    expect(south.harness.registry.peerCount).toBe(1);
  });

  it('follows', async () => {
    const [north, south] = await startTwo('room');
    await north.harness.joined(ROOM, { name: 'Ann', ...stay });
    expect(await enter(south.harness.url)).toEqual(['Ann', 'Bob']);
    expect([north.harness.registry.peerCount, south.harness.registry.peerCount]).toEqual([2, 0]);
  });

  it('is sent to its region', async () => {
    const [north, south] = await startTwo('region');
    expect(await refusal(north, { region: 'south' })).toMatchObject({ url: south.harness.url });
    expect(await refusal(north, { region: 'south-west' })).toBeUndefined();
  });

  it('is sent away from a node that ends', async () => {
    const [north, south] = await startTwo('load');
    expect(await refusal(north, {})).toBeUndefined();
    north.node.status = { ...north.node.status, accepting: false };
    north.harness.drain.begin();
    expect(await refusal(north, {})).toMatchObject({ url: south.harness.url });
    expect(await refusal(north, stay)).toMatchObject({ code: 'unavailable' });
  });

  it('comes back from a node that ends meanwhile', async () => {
    const [north, south] = await startTwo('room');
    await north.harness.joined(ROOM, { name: 'Ann', ...stay });
    // South has not heard of it yet.
    north.harness.drain.begin();
    expect(await enter(south.harness.url)).toEqual(['Ann', 'Bob']);
    expect(south.harness.registry.peerCount).toBe(1);
  });

  it('learns nothing without a token', async () => {
    const [north, south] = await startTwo('room', { open: false });
    const token = await accessToken({ sub: 'ann', name: 'Ann' });
    await north.harness.joined(ROOM, { token, ...stay });
    expect(await refusal(south, {})).toMatchObject({ code: 'unauthorized' });
    expect(await refusal(south, { token })).toMatchObject({ code: 'redirected' });
  });

  it('is answered while Redis is away', async () => {
    const [north, south] = await startTwo('room');
    await north.harness.joined(ROOM, { name: 'Ann', ...stay });
    const gone = south.node.cluster.next('disconnected');
    await redis.kill();
    await gone;
    const refused = await refusal(south, {});
    await redis.restart();
    // Where nothing is known of rooms, either node may be the one for this name.
    expect([undefined, 'redirected']).toContain(refused?.code);
  });
});
