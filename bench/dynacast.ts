import { PEOPLE } from '../test/support/clips.ts';
import type { Participant } from '../test/support/chromium.ts';
import { CAMERA } from './forwarding/camera.ts';
import { enter, look, publish, show } from './forwarding/callers.ts';
import { firstAsWideAs, longestFreeze } from './forwarding/frames.ts';
import type { Flow, Frame } from './forwarding/pageWatch.ts';
import { fallsTo, rateBetween } from './forwarding/rates.ts';
import { keep } from './forwarding/results.ts';
import { figuresOf, tableOf, type Row } from './forwarding/table.ts';
import { startServer } from './ownMachine.ts';

/*
 * What a publisher sends when its viewer needs less, nothing, and then everything again, in two real Chromium on
 * loopback: one publishes a camera of 1280 x 720 with three layers, the other looks at it in tiles of several sizes.
 *
 * `npm run bench:dynacast -- [rounds]`: six rounds unless told otherwise.
 */

const rounds = Number(process.argv[3] ?? 6);
const LARGE = { visible: true, width: CAMERA.width, height: CAMERA.height };
const SMALL = { visible: true, width: 160, height: 90 };
const NOT_AT_ALL = { visible: false };
/** ms for which a view stays. */
const STAY = 4000;
/** ms until something is wrong. */
const DEADLINE = 40_000;

const [publisher, viewer] = PEOPLE;
if (!publisher || !viewer) throw new Error('two people are needed');

const figures = {
  before: [] as number[],
  small: [] as number[],
  smallAfter: [] as number[],
  fall: [] as number[],
  nothing: [] as number[],
  silentAfter: [] as number[],
  firstFrame: [] as number[],
  largeAgain: [] as number[],
  freezeDown: [] as number[],
  freezeUp: [] as number[],
};

const server = await startServer();
const url = server.url;
const sender = await enter(publisher, { url, room: 'bench' });
const watcher = await enter(viewer, { url, room: 'bench' });
try {
  await publish(sender, { microphone: false });
  await watcher.until(
    'a camera',
    () => window.benchRoom.state.peers.some((p) => !p.isLocal && p.publications.length > 0),
    null,
  );
  await show(watcher);
  void sender.page.evaluate(() => window.benchWatch.sample(100)).catch(() => undefined);
  for (let round = 1; round <= rounds; round++) await once(round);
  print();
} finally {
  await Promise.all([sender.close(), watcher.close()]);
  await server.stop();
}

async function once(round: number): Promise<void> {
  await look(watcher, LARGE);
  await full();
  await pause(3000);
  const begun = Date.now();
  await pause(3000);

  const shrunkAt = await look(watcher, SMALL);
  await pause(STAY);
  const grownAt = await look(watcher, LARGE);
  await full(grownAt);
  await pause(STAY);
  const hiddenAt = await look(watcher, NOT_AT_ALL);
  await pause(STAY);
  const shownAt = await look(watcher, LARGE);
  await pause(STAY);

  const flows = await sender.page.evaluate((): Flow[] => window.benchWatch.flows);
  const frames = await framesSince(watcher, begun);
  const before = rateBetween(flows, 'videoSent', begun, shrunkAt);
  const small = rateBetween(flows, 'videoSent', shrunkAt + 2000, grownAt);
  const first = frames.find(({ at }) => at > shownAt);
  const wide = firstAsWideAs(frames, CAMERA.width, grownAt);
  figures.before.push(before / 1000);
  figures.small.push(small / 1000);
  figures.smallAfter.push(fallsTo(flows, 'videoSent', shrunkAt, before * 0.4));
  figures.fall.push((1 - small / before) * 100);
  figures.nothing.push(rateBetween(flows, 'videoSent', hiddenAt + 2000, shownAt) / 1000);
  figures.silentAfter.push(fallsTo(flows, 'videoSent', hiddenAt, 0));
  figures.firstFrame.push(first ? first.at - shownAt : Infinity);
  figures.largeAgain.push(wide ? wide - grownAt : Infinity);
  figures.freezeDown.push(longestFreeze(frames, shrunkAt, grownAt));
  figures.freezeUp.push(longestFreeze(frames, grownAt, hiddenAt));
  const last = Object.entries(figures).map(([name, values]) => `${name} ${Math.round(values.at(-1) ?? NaN)}`);
  console.log(`round ${round}: ${last.join(', ')}`);
}

/** Waits until the picture has its full size. */
async function full(since = 0): Promise<void> {
  await watcher.until(
    'the full picture',
    ({ width, since }) => window.benchWatch.framesSince(since).some((frame) => frame.width >= width),
    { width: CAMERA.width, since },
    DEADLINE,
  );
}

function framesSince({ page }: Participant, since: number): Promise<Frame[]> {
  return page.evaluate((since) => window.benchWatch.framesSince(since), since);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function print(): void {
  const rows: Row[] = [
    { what: 'sent while all is needed', values: figures.before, unit: 'kbit/s' },
    { what: 'sent while a small tile is needed', values: figures.small, unit: 'kbit/s' },
    { what: 'less than before', values: figures.fall, unit: '%', goal: { atLeast: 60 } },
    { what: 'until it is 60 % less', values: figures.smallAfter, unit: 'ms', goal: { atMost: 2000 } },
    { what: 'sent while nobody watches', values: figures.nothing, unit: 'kbit/s', goal: { atMost: 0 } },
    { what: 'until nothing is sent', values: figures.silentAfter, unit: 'ms' },
    {
      what: 'until the first frame when somebody watches again',
      values: figures.firstFrame,
      unit: 'ms',
      goal: { atMost: 500 },
    },
    { what: 'until the top layer when the tile grows', values: figures.largeAgain, unit: 'ms' },
    {
      what: 'longest freeze as the tile shrinks',
      values: figures.freezeDown,
      unit: 'ms',
      goal: { atMost: 300 },
    },
    { what: 'longest freeze as the tile grows', values: figures.freezeUp, unit: 'ms', goal: { atMost: 300 } },
  ];
  const table = rows.map(figuresOf);
  console.log(tableOf(table));
  keep('dynacast', { rounds, table, figures }, { chromium: sender.version });
}
