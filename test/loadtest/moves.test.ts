import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LongestGap } from '../../loadtest/bots/Gaps.ts';
import type { ForwardingReport } from '../../src/sfu/forwarding/operatorReport.ts';
import { until } from '../support/processes.ts';
import { RedisServer } from '../support/redisServer.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { TcpProxy } from '../support/tcpProxy.ts';
import { LiveBots, type LiveBot } from './support/LiveBots.ts';

/*
 * Bots move as the SDK does: real media, real workers, a real drain. That nothing is missed is measured by
 * `npm run bench:restart`; here, that everything is there afterwards and nothing was lost on the way.
 */

const ROOM = 'movers';
const SETTINGS = {
  PARLEY_API_KEY: API_KEY,
  PARLEY_API_SECRET: API_SECRET,
  PARLEY_OPEN: 'true',
  PARLEY_EMPTY_ROOM_GRACE: '0',
};

let open: { close: () => unknown }[];
let bots: LiveBots;

beforeEach(() => {
  open = [];
});
afterEach(async () => {
  await bots.close();
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start({ ...SETTINGS, ...env });
  open.push({ close: () => server.kill() });
  return server;
}

async function ask(url: string, method = 'GET'): Promise<unknown> {
  const token = await accessToken({ sub: 'ops', video: { roomAdmin: true } });
  const response = await fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
  return response.json();
}

async function workers({ url }: ServerProcess): Promise<number[]> {
  const { peers } = (await ask(`${url}/api/rooms/${ROOM}/forwarding`)) as ForwardingReport;
  return peers.map(({ worker }) => worker ?? -1);
}

/** Resolves when each hears and sees each other one since a moment. */
async function play(live: readonly LiveBot[], since: number): Promise<void> {
  const isNew = ({ lastAt }: LongestGap): boolean => (lastAt ?? 0) > since;
  await until(
    'everybody plays everybody',
    () =>
      live.every(({ bot }) => {
        const gaps = bot.gaps.longest(performance.now());
        return gaps.length === 2 * (live.length - 1) && gaps.every(isNew);
      }),
    20_000,
  );
}

function expectNobodyLost(live: readonly LiveBot[]): void {
  for (const one of live) {
    expect(one.errors()).toEqual([]);
    expect([one.bot.state, one.seats.length, one.count('lost')]).toEqual(['joined', 1, 0]);
    expect([one.bot.seen?.participants, one.bot.seen?.tracks.size]).toEqual([
      live.length,
      2 * live.length - 2,
    ]);
  }
}

describe('bots that are told to move', () => {
  it('publish and subscribe on another worker, then let go', async () => {
    const server = await start({ PARLEY_WORKERS: '2' });
    bots = new LiveBots(server.url, ROOM);
    const live = await bots.join(['ann', 'bob', 'cid']);
    await play(live, performance.now());
    const [former] = await workers(server);
    const moved = live.map(
      ({ seats: [seat] }) =>
        new Promise<void>((resolve) => {
          seat?.on('moving', (move) => void until('the move is over', () => move.over, 20_000).then(resolve));
        }),
    );
    expect(await ask(`${server.url}/api/rooms/${ROOM}/workers/${former}/vacate`, 'POST')).toEqual({
      moving: 3,
    });
    await Promise.all(moved);
    expect((await workers(server)).filter((worker) => worker === former)).toEqual([]);
    await until('only what came last is there', () => live.every(({ bot }) => bot.seen?.tracks.size === 4));
    await play(live, performance.now());
    expectNobodyLost(live);
    expect(live.map(({ publications }) => publications.length)).toEqual([4, 4, 4]);
  }, 90_000);

  it('go on where they were when the worker dies that they move to', async () => {
    const server = await start({ PARLEY_WORKERS: '2' });
    bots = new LiveBots(server.url, ROOM);
    const live = await bots.join(['ann', 'bob']);
    await play(live, performance.now());
    const [former = 0] = await workers(server);
    const { workers: processes } = await server.ready();
    const off = live.map(
      ({ seats: [seat] }) =>
        new Promise<void>((resolve) => {
          seat?.once('moveCancelled', resolve);
        }),
    );
    let isKilled = false;
    for (const { seats } of live)
      seats[0]?.once('moving', () => {
        if (!isKilled) process.kill(processes[1 - former]!.pid, 'SIGKILL');
        isKilled = true;
      });
    await ask(`${server.url}/api/rooms/${ROOM}/workers/${former}/vacate`, 'POST');
    await Promise.race(off);
    await until('only what was there is', () => live.every(({ bot }) => bot.seen?.tracks.size === 2));
    await play(live, performance.now());
    expect(live.map(({ bot, seats }) => [bot.state, seats.length])).toEqual([
      ['joined', 1],
      ['joined', 1],
    ]);
  }, 90_000);

  it('go to another node when theirs drains, and are the same peers there', async () => {
    const redis = await RedisServer.start();
    open.push(redis);
    const node = {
      PARLEY_REDIS_URL: redis.url,
      PARLEY_NODE_ADDRESS: '127.0.0.1',
      PARLEY_DRAIN_DEADLINE: '60000',
    };
    const north = await start({ ...node, PARLEY_NODE_ID: 'north' });
    const south = await start({ ...node, PARLEY_NODE_ID: 'south' });
    const balancer = await TcpProxy.before(south.url);
    open.push(balancer);
    bots = new LiveBots(balancer.url, ROOM);
    // One is where the others go, who do not know of the other node before.
    const stays = await bots.join(['ann']);
    balancer.leadTo(north.url);
    const live = [...stays, ...(await bots.join(['bob', 'cid']))];
    await play(live, performance.now());
    const ids = live.map(({ seats: [seat] }) => seat?.participantId);
    balancer.leadTo(south.url);
    expect(await north.end('SIGTERM')).toBe(0);
    await until('only what came last is there', () => live.every(({ bot }) => bot.seen?.tracks.size === 4));
    await play(live, performance.now());
    expectNobodyLost(live);
    const { peers } = (await ask(`${south.url}/api/rooms/${ROOM}/forwarding`)) as ForwardingReport;
    expect(peers.map(({ peerId }) => peerId).sort()).toEqual(ids.sort());
  }, 90_000);
});
