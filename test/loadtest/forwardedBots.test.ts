import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { until } from '../support/processes.ts';
import { LiveBots, type LiveBot } from './support/LiveBots.ts';
import { startServer } from './support/loadRun.ts';

let server: ServerUnderTest;
let bots: LiveBots;
let room = 0;

beforeAll(async () => (server = await startServer({ PARLEY_LOUDEST: '1' })), 60_000);
afterAll(() => server.stop());
beforeEach(() => {
  room++;
  bots = new LiveBots(server.url, `forwarded-${room}`);
});
afterEach(() => bots.close());

const names = Array.from({ length: 4 }, (_, index) => `bot${index}`);
const silent = { audio: 'off' } as const;
const tiles = { count: 1, width: 320, height: 180 };

/** Resolves when so many more video packets came. */
async function moves(live: LiveBot): Promise<void> {
  const before = live.count('videoExpected');
  await until('video comes', () => live.count('videoExpected') > before + 10);
}

const nothingAmiss = (live: LiveBot): unknown[] => [
  live.count('audioLost'),
  live.count('videoLost'),
  live.count('freezes'),
  live.errors(),
];

describe('bots in a room whose server forwards what is needed', () => {
  it('get the tile that they look at alone, and another one when they turn the page', async () => {
    await bots.join(names, silent);
    const [eve] = (await bots.join(['eve'], {
      ...silent,
      video: null,
      subscribe: { audio: 'all', video: 'all', tiles },
    })) as [LiveBot];
    await moves(eve);
    expect(eve.seats[0]!.tracks.size).toBe(4);
    const [first] = [...eve.videos];
    expect(eve.videos.size).toBe(1);
    eve.bot.turnPage();
    await until('another one comes', () => eve.videos.size > 1);
    await moves(eve);
    expect(eve.videos.has(first!)).toBe(true);
    expect(nothingAmiss(eve)).toEqual([0, 0, 0, []]);
  }, 60_000);

  it('stop sending what nobody looks at, unless they ignore dynacast', async () => {
    const [ann] = (await bots.join(['ann'], silent)) as [LiveBot];
    const bob = await bots.create('bob', { ...silent, publish: { dynacast: false } });
    await bob.bot.join();
    const eve = await bots.create('eve', {
      ...silent,
      video: null,
      subscribe: { audio: 'all', video: 'all', tiles },
    });
    // Neither of the two looks at the other.
    for (const live of [ann, bob]) {
      const seat = live.seats[0]!;
      await seat.setViews!(
        [...seat.tracks.keys()].map((trackId) => ({
          trackId,
          visible: false,
          width: 0,
          height: 0,
          isScreen: false,
        })),
      );
    }
    await until('ann sends nothing', () => ann.count('layersSwitchedOff') === 1);
    expect(bob.count('layersSwitchedOff')).toBe(0);
    await eve.bot.join();
    await moves(eve);
    eve.bot.turnPage();
    await until('ann sent again', () => ann.count('layersSwitchedOn') === 1);
    await until('eve has seen both', () => eve.videos.size === 2);
    await moves(eve);
    expect(eve.errors()).toEqual([]);
  }, 60_000);

  it('hear who speaks although all microphones are open, and know how soon', async () => {
    const open = { audio: 'turns', video: null, publish: { loudness: 'noise' } } as const;
    const all = await Promise.all(names.map((name) => bots.create(name, open, undefined, names)));
    await Promise.all(all.map(({ bot }) => bot.join()));
    const [ann] = all as [LiveBot];
    await until('it heard some', () => ann.observed('audio.onset') >= 2, 30_000);
    expect(ann.count('onsetsMissed')).toBe(0);
    expect(ann.distribution('audio.onset').min).toBeGreaterThanOrEqual(0);
    expect(nothingAmiss(ann)).toEqual([0, 0, 0, []]);
  }, 60_000);
});
