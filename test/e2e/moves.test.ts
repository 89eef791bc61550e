import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { TcpProxy } from '../support/tcpProxy.ts';
import { until } from '../support/processes.ts';

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];
const KEYS = { PARLEY_API_KEY: API_KEY, PARLEY_API_SECRET: API_SECRET, PARLEY_OPEN: 'true' };

let people: Participant[];
const servers: ServerProcess[] = [];
const open: { close: () => unknown }[] = [];

beforeAll(async () => {
  people = await Promise.all([ann, bob].map((person) => Participant.launch(person)));
}, 60_000);
afterEach(async () => {
  for (const server of servers.splice(0)) server.kill();
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(async () => {
  await Promise.all(people.map((participant) => participant.close()));
}, 60_000);

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start({ ...KEYS, ...env });
  servers.push(server);
  return server;
}

/** Watches in each page for what nobody should notice, and for pictures that stand still. */
async function watch(): Promise<void> {
  for (const { page } of people) {
    await page.evaluate(() => {
      const { dataset } = document.body;
      const note = (key: 'told' | 'status', what: string): void => {
        dataset[key] = `${dataset[key] ?? ''}${what} `;
      };
      const element = document.querySelector('parley-room');
      for (const event of ['peerleft', 'peerjoined'])
        element?.addEventListener(event, () => note('told', event));
      setInterval(() => {
        const status = window.parleyTest.status();
        if (status !== 'connected') note('status', String(status));
      }, 20);
    });
  }
}

async function expectNothingNoticed(): Promise<void> {
  for (const { page, errors } of people) {
    const noted = await page.evaluate(() => [document.body.dataset['told'], document.body.dataset['status']]);
    expect(noted).toEqual([undefined, undefined]);
    expect(errors).toEqual([]);
  }
}

async function seeEachOtherAnew(): Promise<void> {
  for (const { page } of people) await page.evaluate(() => window.parleyTest.clear());
  const [one, other] = people as [Participant, Participant];
  await Promise.all([one.seesAndHears(bob), other.seesAndHears(ann)]);
}

describe('two people in Chromium', () => {
  it('see and hear each other while their media moves to another worker', async () => {
    const server = await start();
    for (const participant of people) await participant.join(server.url, 'workers');
    await seeEachOtherAnew();
    await watch();
    const token = await accessToken({ sub: 'ops', video: { roomAdmin: true } });
    const headers = { authorization: `Bearer ${token}` };
    const workers = async (): Promise<number[]> => {
      const response = await fetch(`${server.url}/api/rooms/workers/forwarding`, { headers });
      const { peers } = (await response.json()) as { peers: { worker: number }[] };
      return peers.map(({ worker }) => worker);
    };
    const [former] = await workers();
    const vacated = await fetch(`${server.url}/api/rooms/workers/workers/${former}/vacate`, {
      method: 'POST',
      headers,
    });
    expect(await vacated.json()).toEqual({ moving: 2 });
    let now: number[] = [];
    await until('both to be on the other worker', () => {
      void workers().then((found) => (now = found));
      return now.length === 2 && now.every((worker) => worker !== former);
    });
    await seeEachOtherAnew();
    await expectNothingNoticed();
  }, 120_000);

  it('see and hear each other while their node drains, and the other one takes them', async () => {
    const redis = await RedisServer.start();
    open.push(redis);
    const node = {
      PARLEY_REDIS_URL: redis.url,
      PARLEY_NODE_ADDRESS: '127.0.0.1',
      PARLEY_DRAIN_DEADLINE: '60000',
    };
    const north = await start({ ...node, PARLEY_NODE_ID: 'north' });
    const south = await start({ ...node, PARLEY_NODE_ID: 'south' });
    const balancer = await TcpProxy.before(north.url);
    open.push(balancer);
    for (const participant of people) await participant.join(balancer.url, 'nodes');
    await seeEachOtherAnew();
    await watch();
    // What a load balancer does that sees the readiness of the one go.
    balancer.leadTo(south.url);
    expect(await north.end('SIGTERM')).toBe(0);
    await seeEachOtherAnew();
    await expectNothingNoticed();
    const { rooms, peers } = await south.ready();
    expect({ rooms, peers }).toEqual({ rooms: 1, peers: 2 });
  }, 120_000);
});
