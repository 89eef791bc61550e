import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Canaries, type CanariesOptions } from '../../loadtest/canary/Canaries.ts';
import { findChromium } from '../../loadtest/canary/chromium.ts';
import { Arrivals } from '../../loadtest/run/Arrivals.ts';
import { Generator } from '../../loadtest/run/Generator.ts';
import { planBots } from '../../loadtest/scenario/planBots.ts';
import type { Scenario } from '../../loadtest/scenario/scenario.ts';
import { namedTree } from '../../loadtest/servers/processUsage.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { startParley } from '../../loadtest/servers/startParley.ts';
import { until } from '../support/processes.ts';

const access = { apiKey: 'canaries', apiSecret: 'a-secret-of-the-canary-test-of-32-bytes' };

/** One bot in each of two rooms, so that whatever it receives is from the browser in its room. */
const scenario: Scenario = {
  name: 'canaries',
  description: '',
  target: 'parley',
  url: null,
  rooms: 2,
  groups: [
    {
      name: 'bot',
      count: 1,
      audio: 'always',
      video: { codec: 'vp8', layers: 2, height: 360, fps: 15 },
      screen: false,
      subscribe: { audio: 'all', video: 'all' },
      network: {},
      behaviour: {},
    },
  ],
  ramp: { concurrency: 8, order: 'rooms' },
  duration: 1000,
  thresholds: [],
  incidents: [],
  seed: 1,
};
const silent: Scenario = {
  ...scenario,
  groups: scenario.groups.map((group) => ({ ...group, audio: 'muted' as const, video: null })),
};

const all: Canaries[] = [];
const make = (options: Partial<CanariesOptions> = {}): Canaries => {
  const canaries = new Canaries({ count: 1, scenario, access, ...options });
  all.push(canaries);
  return canaries;
};
const somebody = (): Promise<boolean> => Promise.resolve(true);
const browsers = (): number[] =>
  namedTree(process.pid).flatMap(({ name, pid }) => (name.startsWith('chrom') ? pid : []));

afterEach(async () => {
  await Promise.all(all.splice(0).map((canaries) => canaries.stop()));
  await until('no Chromium is left', () => browsers().length === 0);
});

describe('canaries', () => {
  let server: ServerUnderTest;
  beforeAll(async () => {
    const { apiKey: PARLEY_API_KEY, apiSecret: PARLEY_API_SECRET } = access;
    server = await startParley({
      workers: 1,
      env: { PARLEY_API_KEY, PARLEY_API_SECRET, PARLEY_OPEN: 'false' },
    });
  }, 30_000);
  afterAll(() => server.stop());

  it('see and hear the bots of their rooms, and are received by them', async () => {
    const bots = planBots(scenario, 'test');
    const generator = await Generator.create({
      scenario,
      url: server.url,
      bots,
      concurrency: 8,
      onlyBots: false,
      access,
      clips: {},
    });
    const canaries = make({ count: 2 });
    const arrivals = new Arrivals();
    const rooms = bots.map(({ room }) => room);
    const counted: Record<string, number> = {};
    const received = new Map<string, number>();
    const failed: unknown[] = [];
    const flush = (): void => {
      const { tally } = generator.flush();
      for (const [name, value] of Object.entries(tally.counters))
        counted[name] = (counted[name] ?? 0) + value;
      for (const [room, { joined, audioExpected, videoExpected }] of Object.entries(tally.rooms)) {
        if (joined > 0) arrivals.came(room);
        if (audioExpected > 0 && videoExpected > 0)
          received.set(room, (received.get(room) ?? 0) + audioExpected + videoExpected);
      }
      failed.push(...tally.errors);
    };
    const flushing = setInterval(flush, 100);
    try {
      generator.start();
      await canaries.join(server.url, rooms, (room) => arrivals.in(room));
      await until('bots received from Chromium in both rooms', () => received.size === 2, 20_000);
      await until(
        'both have measured',
        () => canaries.results.every(({ audios, fps }) => audios > 0 && fps !== null),
        20_000,
      );
    } finally {
      clearInterval(flushing);
      await generator.end();
    }
    flush();
    const results = await canaries.stop();
    expect(results.map(({ name, room }) => [name, room])).toEqual([
      ['canary-1', rooms[0]],
      ['canary-2', rooms[1]],
    ]);
    for (const result of results) {
      expect(result).toMatchObject({ videos: 1, audios: 1 });
      expect(result.error).toBeUndefined();
      expect(result.join).toBeGreaterThan(0);
      expect(result.framesDecoded).toBeGreaterThan(0);
      // The bots send 15 a second; how many a busy machine decodes is not the question.
      expect(result.fps).toBeGreaterThan(0);
      expect(result.fps).toBeLessThan(25);
    }
    expect(failed).toEqual([]);
    expect(counted).toMatchObject({ joinDone: 2 });
    expect(counted['receivedPackets']).toBeGreaterThan(0);
    expect(counted['badSamples'] ?? 0).toBe(0);
    expect(await canaries.stop()).toBe(results);
  }, 120_000);

  it('are in where nobody sends anything, too', async () => {
    const canaries = make({ scenario: silent });
    await canaries.join(server.url, ['silent'], somebody);
    const [result] = await canaries.stop();
    expect(result).toMatchObject({
      name: 'canary-1',
      room: 'silent',
      join: null,
      videos: 0,
      audios: 0,
      fps: null,
    });
    expect(result!.error).toBeUndefined();
  }, 60_000);

  it('stay outside of a room in which nobody is going to be', async () => {
    const canaries = make();
    await canaries.join(server.url, ['empty'], () => Promise.resolve(false));
    expect(await canaries.stop()).toMatchObject([{ join: null, error: 'nobody else came into its room' }]);
  }, 60_000);

  it('tell when Chromium dies', async () => {
    const canaries = make({ scenario: silent });
    await canaries.join(server.url, ['dies'], somebody);
    process.kill(browsers()[0]!, 'SIGKILL');
    await until('they know', () => canaries.results[0]!.error !== undefined);
    expect(await canaries.stop()).toMatchObject([{ error: 'the browser ended' }]);
  }, 60_000);

  it('are closed while they wait, and do not come in afterwards', async () => {
    const canaries = make();
    const arrivals = new Arrivals();
    const joining = canaries.join(server.url, ['late'], (room) => arrivals.in(room));
    const results = canaries.stop();
    arrivals.came('late');
    await joining;
    expect(await results).toMatchObject([{ join: null, error: 'the run ended before it was in' }]);
  }, 60_000);
});

describe('canaries without a server', () => {
  it('say so', async () => {
    const canaries = make();
    await canaries.join('http://127.0.0.1:9', ['nowhere'], somebody);
    const [result] = await canaries.stop();
    expect(result!.error).toContain('net::ERR_');
    expect(result!.join).toBeNull();
  }, 60_000);

  it('cannot be of a server that has no page', () => {
    expect(() => make({ scenario: { ...scenario, target: 'janus' } })).toThrow(
      expect.objectContaining({ code: 'badRequest', message: expect.stringContaining('janus') as unknown }),
    );
  });
});

describe('Chromium', () => {
  it('is what CHROMIUM_PATH names', () => {
    expect(findChromium({ CHROMIUM_PATH: process.execPath })).toBe(process.execPath);
  });

  it('is asked for by the name of its package when it is missing', () => {
    expect(() => findChromium({ PATH: '/nowhere' })).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        message: expect.stringContaining('apt-get install chromium') as unknown,
      }),
    );
    expect(() => findChromium({ CHROMIUM_PATH: '/no/such/program' })).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        message: expect.stringContaining('/no/such/program') as unknown,
      }),
    );
  });
});
