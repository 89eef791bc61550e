import { Participant } from '../test/support/chromium.ts';
import { PEOPLE } from '../test/support/clips.ts';
import { gather } from './forwarding/crowd.ts';
import { pageWatch, type Flow } from './forwarding/pageWatch.ts';
import { rateBetween } from './forwarding/rates.ts';
import { keep } from './forwarding/results.ts';
import { scrollThrough } from './forwarding/scrolling.ts';
import { figuresOf, tableOf, type Row } from './forwarding/table.ts';
import { askForTopLayers, shownSizes, type ShownSize } from './forwarding/tilesOnPage.ts';
import { startServer } from './ownMachine.ts';

/*
 * A grid of 25 on a page of 1280 pixels: what one real Chromium with the web app receives of 24 bots with cameras of
 * three layers, beside the same page when everything is forwarded in its top layer, in alternating order; whether any
 * tile gets less than it shows; and how long a tile that is scrolled into view takes to its first new frame.
 *
 * `npm run bench:grid -- [rounds]`: two rounds unless told otherwise.
 */

const rounds = Number(process.argv[3] ?? 2);
const PAGE = { width: 1280, height: 720 };
const BOTS = 24;
/** Frames/s that two cores can decode 24 times in 720p. */
const FPS = 5;
/** ms. */
const MEASURED = 8000;
const DEADLINE = 60_000;
/** For scrolling, where a frame must not be waited for long by nature. */
const FEW = { count: 12, fps: 15 };
const ONE = { count: 1, fps: 15 };
const EVERYTHING = { PARLEY_LOUDEST: '0', PARLEY_LAST_N: '0', PARLEY_DYNACAST: 'false' };

const [person] = PEOPLE;
if (!person) throw new Error('a person is needed');
const viewer = person;
const figures = {
  everything: [] as number[],
  selected: [] as number[],
  ratio: [] as number[],
  tilesBelowSize: [] as number[],
  scrolledFirst: [] as number[],
  scrolledFirstAlone: [] as number[],
  scrolledAgain: [] as number[],
};
let version = '';

for (let round = 1; round <= rounds; round++) {
  // Whoever is first meets another machine than whoever is last.
  const order = round % 2 === 1 ? [true, false] : [false, true];
  for (const selective of order) await measure(selective);
  const [everything, selected] = [figures.everything.at(-1) ?? NaN, figures.selected.at(-1) ?? NaN];
  figures.ratio.push(everything / selected);
  console.log(`round ${round}: ${Math.round(everything)} and ${Math.round(selected)} kbit/s`);
}
await scroll();
await scrollToOne();
const rows: Row[] = [
  { what: 'downlink with everything in top layers', values: figures.everything, unit: 'kbit/s' },
  { what: 'downlink as it is', values: figures.selected, unit: 'kbit/s' },
  { what: 'ratio', values: figures.ratio, unit: 'times', goal: { atLeast: 4 } },
  {
    what: 'tiles whose picture is below their size',
    values: figures.tilesBelowSize,
    unit: 'tiles',
    goal: { atMost: 0 },
  },
  {
    what: 'scrolled into view after the server forgot it',
    values: figures.scrolledFirstAlone,
    unit: 'ms',
    goal: { atMost: 400 },
  },
  { what: 'the same, all 12 at once', values: figures.scrolledFirst, unit: 'ms', goal: { atMost: 400 } },
  { what: 'scrolled into view again', values: figures.scrolledAgain, unit: 'ms', goal: { atMost: 400 } },
];
const table = rows.map(figuresOf);
console.log(tableOf(table));
keep('grid', { rounds, bots: BOTS, fps: FPS, table, figures }, { chromium: version });
// werift and pools of closed connections leave timers behind.
process.exit(0);

/** One run: the downlink of a page, with what Parley chooses or with everything. */
async function measure(selective: boolean): Promise<void> {
  await inRoom({ count: BOTS, fps: FPS }, selective ? {} : EVERYTHING, !selective, async (participant) => {
    const { page } = participant;
    const enough = selective ? 1 : PAGE.width;
    await participant.until(
      'all pictures',
      ({ count, enough }) =>
        window.parleyTest
          .all('video[data-source="camera"]')
          .filter((video) => video instanceof HTMLVideoElement && video.videoWidth >= enough).length >= count,
      { count: BOTS, enough },
      DEADLINE,
    );
    await pause(5000);
    const before = await page.evaluate((): Promise<Flow> => window.benchWatch.flow());
    await pause(MEASURED);
    const after = await page.evaluate((): Promise<Flow> => window.benchWatch.flow());
    const rate = rateBetween([before, after], 'received', before.at, after.at) / 1000;
    (selective ? figures.selected : figures.everything).push(rate);
    if (!selective) return;
    const sizes = await page.evaluate(shownSizes);
    const below = sizes.filter(isBelow);
    figures.tilesBelowSize.push(below.length);
    console.log(
      `${sizes.length} tiles, such as ${JSON.stringify(sizes[0])}; below their size: ${JSON.stringify(below)}`,
    );
  });
}

async function scroll(): Promise<void> {
  await inRoom(FEW, {}, false, async (participant) => {
    const { first, again } = await scrollThrough(participant, { again: 8, first: 1 });
    figures.scrolledFirst.push(...first);
    figures.scrolledAgain.push(...again);
  });
}

async function scrollToOne(): Promise<void> {
  await inRoom(ONE, {}, false, async (participant) => {
    const { first } = await scrollThrough(participant, { again: 0, first: 4 });
    figures.scrolledFirstAlone.push(...first);
  });
}

/** A page with the web app in a room with bots, on a server of their own. */
async function inRoom(
  bots: { count: number; fps: number },
  env: Record<string, string>,
  topLayers: boolean,
  task: (participant: Participant) => Promise<void>,
): Promise<void> {
  const server = await startServer(env);
  const participant = await Participant.launch(viewer);
  ({ version } = participant);
  try {
    const crowd = await gather(server.url, { ...bots, version: '' });
    try {
      await participant.page.setViewportSize(PAGE);
      await participant.page.addInitScript({ content: pageWatch });
      if (topLayers) await participant.page.addInitScript(askForTopLayers);
      await participant.join(server.url, crowd.room, '&audio=0&video=0');
      await task(participant);
    } finally {
      await crowd.end();
    }
  } finally {
    await participant.close();
    await server.stop();
  }
}

function isBelow({ width, height, tileWidth, tileHeight }: ShownSize): boolean {
  return width < tileWidth || height < tileHeight;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
