import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import type { ForwardingReport } from '../../src/sfu/forwarding/operatorReport.ts';
import { until } from '../support/processes.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';
import { LiveBots, type LiveBot } from './support/LiveBots.ts';
import { startServer } from './support/loadRun.ts';

/* One room on three workers of one server, forced by configuration. */

let server: ServerUnderTest;
let bots: LiveBots;
let room = 0;

beforeAll(async () => {
  server = await startServer({
    PARLEY_WORKERS: '3',
    PARLEY_SPREAD_ROOMS: 'true',
    PARLEY_API_KEY: API_KEY,
    PARLEY_API_SECRET: API_SECRET,
    PARLEY_OPEN: 'true',
  });
}, 60_000);
afterAll(() => server.stop());
beforeEach(() => {
  room++;
  bots = new LiveBots(server.url, `wide-${room}`);
});
afterEach(() => bots.close());

const names = ['ann', 'bob', 'cid'];
const picture = { codec: 'vp8', layers: 3, height: 360, fps: 15 } as const;

/** Routers on each worker, by what `/readyz` says. */
async function routers(): Promise<number[]> {
  const { workers } = (await (await fetch(`${server.url}/readyz`)).json()) as {
    workers: { routers: number }[];
  };
  return workers.map(({ routers: count }) => count);
}

/** What the server says of the room's pipes. */
async function pipes(): Promise<ForwardingReport['pipes']> {
  const token = await accessToken({ sub: 'ops', video: { roomAdmin: true } });
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${server.url}/api/rooms/wide-${room}/forwarding`, { headers });
  return ((await response.json()) as ForwardingReport).pipes;
}

/** Resolves when so much more came. */
async function plays(live: LiveBot): Promise<void> {
  const [video, audio] = [live.count('videoExpected'), live.count('audioExpected')];
  await until(
    'video and sound come',
    () => live.count('videoExpected') > video + 50 && live.count('audioExpected') > audio + 50,
    15_000,
  );
}

describe('bots in a room on three workers', () => {
  it('see and hear each other without loss', async () => {
    const all = await bots.join(names, { video: picture });
    await Promise.all(all.map(plays));
    expect(await routers()).toEqual([1, 1, 1]);
    for (const live of all) {
      expect(live.videos.size).toBe(2);
      expect(live.observed('audio.latency') + live.observed('video.latency')).toBeGreaterThan(0);
      expect([live.count('audioLost'), live.count('videoLost'), live.errors()]).toEqual([0, 0, []]);
    }
  }, 60_000);

  it('are told of in the report of their room, with the packets that cross', async () => {
    const all = await bots.join(['ann', 'bob'], { video: picture });
    await Promise.all(all.map(plays));
    const before = await pipes();
    await Promise.all(all.map(plays));
    const after = await pipes();
    expect([before.open, after.open]).toEqual([4, 4]);
    // More than 50 packets of video each; some may be on their way.
    expect(after.packets - before.packets).toBeGreaterThan(80);
    expect(after.bitrate).toBeGreaterThan(0);
  }, 60_000);

  it('leave out the layers that nobody on another worker needs', async () => {
    const [ann] = (await bots.join(['ann'], { audio: 'off', video: picture })) as [LiveBot];
    const tiles = { count: 1, width: 160, height: 90 };
    const [bob] = (await bots.join(['bob'], {
      audio: 'off',
      video: null,
      subscribe: { audio: 'all', video: 'all', tiles },
    })) as [LiveBot];
    await until('ann leaves her large layers out', () => ann.count('layersSwitchedOff') > 0);
    const before = bob.count('videoExpected');
    await until('bob sees her', () => bob.count('videoExpected') > before + 20);
    expect([bob.count('videoLost'), bob.errors(), ann.errors()]).toEqual([0, [], []]);
  }, 60_000);

  it('find together again when one of the workers died', async () => {
    const all = await bots.join(names, { video: picture });
    await Promise.all(all.map(plays));
    server.killWorker!();
    await until(
      'one of them comes back',
      () => all.some(({ publications }) => publications.length > 2),
      15_000,
    );
    // Those on the other workers published once.
    const published = (): number[] => all.map(({ publications }) => publications.length).sort();
    await until('it publishes all', () => published().join() === '2,2,4', 15_000);
    await until('everybody is seen', () => all.every(({ videos }) => videos.size === 2), 15_000);
    await Promise.all(all.map(plays));
    expect(published()).toEqual([2, 2, 4]);
  }, 60_000);
});
