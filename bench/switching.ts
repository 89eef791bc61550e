import { DEFAULT_PERSONA } from '../loadtest/media/personas.ts';
import { Participant } from '../test/support/chromium.ts';
import { PEOPLE } from '../test/support/clips.ts';
import { gather } from './forwarding/crowd.ts';
import { keep } from './forwarding/results.ts';
import { waits, watchSwitches, type Seen } from './forwarding/switchWatch.ts';
import { figuresOf, tableOf, type Row } from './forwarding/table.ts';
import { startServer } from './ownMachine.ts';

/*
 * What one sees of a switch: one real Chromium with the web app in a room with 12 bots with cameras of three layers, 30 frames a
 * second. First nothing happens for a while, to know what the machine does by itself; then it pins one after the other, turns
 * pages in a small window, and shows whoever speaks in large. The longest time without a new frame of anybody who is on the
 * screen, how long it takes until who comes onto it has one, and frames that are not what was sent.
 *
 * `npm run bench:switching -- [rounds]`: one round unless told otherwise.
 */

const rounds = Number(process.argv[3] ?? 1);
const BOTS = 12;
const LARGE = { width: 1280, height: 720 };
const SMALL = { width: 480, height: 400 };
/** ms that a switch and what comes of it take. */
const SETTLED = 3000;
const SPEAKING_FOR = 60_000;
const DEADLINE = 60_000;

const [viewer] = PEOPLE;
if (!viewer) throw new Error('a person is needed');

const kinds = ['nothing', 'pin, unpin', 'page', 'speaker'] as const;
const none = () => ({
  freeze: [] as number[],
  first: [] as number[],
  wrong: 0,
  unseen: 0,
  frames: 0,
  largest: 0,
});
const figures = Object.fromEntries(kinds.map((kind) => [kind, none()])) as Record<
  (typeof kinds)[number],
  ReturnType<typeof none>
>;

const server = await startServer();
const participant = await Participant.launch(viewer);
const { page, version } = participant;
try {
  const crowd = await gather(server.url, { count: BOTS, fps: 30, bots: { audio: 'turns' } });
  try {
    await page.setViewportSize(LARGE);
    await participant.join(server.url, crowd.room, '&audio=0&video=0');
    await page.evaluate(watchSwitches, DEFAULT_PERSONA.colour);
    await participant.until(
      'all pictures',
      (count) =>
        window.parleyTest
          .all('video[data-source="camera"]')
          .filter((video) => video instanceof HTMLVideoElement && video.videoWidth > 0).length >= count,
      BOTS,
      DEADLINE,
    );
    await pause(5000);
    for (let round = 0; round < rounds; round++) {
      for (let times = 0; times < 6; times++) await during('nothing', () => Promise.resolve());
      await pinAll();
      await turnPages();
      await listen();
    }
  } finally {
    await crowd.end();
  }
} finally {
  await participant.close();
  await server.stop();
}
const rows: Row[] = kinds.flatMap((kind) => [
  {
    what: `${kind}: longest freeze of a switch`,
    values: figures[kind].freeze,
    unit: 'ms',
    goal: { atMost: 300 },
  },
  { what: `${kind}: until who comes on the screen has a frame`, values: figures[kind].first, unit: 'ms' },
  {
    what: `${kind}: frames that are not what was sent`,
    values: [figures[kind].wrong],
    unit: 'frames',
    goal: { atMost: 0 },
  },
  {
    what: `${kind}: the same, of frames that are not on the screen`,
    values: [figures[kind].unseen],
    unit: 'frames',
  },
  {
    what: `${kind}: changes of who is shown in large`,
    // In a grid all are as large.
    values: kind === 'speaker' ? [figures[kind].largest] : [],
    unit: 'changes',
  },
  { what: `${kind}: frames`, values: [figures[kind].frames], unit: 'frames' },
]);
const table = rows.filter(({ values }) => values.length > 0).map(figuresOf);
console.log(tableOf(table));
keep('switching', { rounds, bots: BOTS, table, figures }, { chromium: version });
// werift and pools of closed connections leave timers behind.
process.exit(0);

/** Puts each of them on the stage, from the grid, and back. */
async function pinAll(): Promise<void> {
  const names = await page.evaluate(() =>
    window.parleyTest.all('parley-tile').flatMap((tile) => {
      const name = tile.getAttribute('data-peer-name') ?? '';
      return name.startsWith('bot') ? name : [];
    }),
  );
  for (const name of names) {
    const card = page.locator(`parley-tile[data-peer-name="${name}"] .card.camera`);
    await during('pin, unpin', () => card.dblclick());
    await during('pin, unpin', () => card.dblclick());
  }
}

/** There and back, in a window that has no place for all. */
async function turnPages(): Promise<void> {
  await page.setViewportSize(SMALL);
  await pause(SETTLED);
  for (let turn = 0; turn < 6; turn++) {
    await during('page', () => page.locator('[data-action="next-page"]').click());
    await during('page', () => page.locator('[data-action="previous-page"]').click());
  }
  await page.setViewportSize(LARGE);
  await pause(SETTLED);
}

/** Whoever speaks is shown in large, and they speak in turns. */
async function listen(): Promise<void> {
  await participant.click('view');
  await participant.click('layout-speaker');
  await page.keyboard.press('Escape');
  await pause(SETTLED);
  const end = performance.now() + SPEAKING_FOR;
  while (performance.now() < end) await during('speaker', () => Promise.resolve());
  await participant.click('view');
  await participant.click('layout-grid');
  await page.keyboard.press('Escape');
  await pause(SETTLED);
}

/** Notes what is seen of a switch. */
async function during(kind: (typeof kinds)[number], act: () => Promise<void>): Promise<void> {
  await page.evaluate(() => window.takeSeen());
  await act();
  await pause(SETTLED);
  const all: Seen[] = (await page.evaluate(() => window.takeSeen())).filter(({ name }) =>
    name.startsWith('bot'),
  );
  const { between, first } = waits(all);
  const one = figures[kind];
  one.freeze.push(Math.max(...between));
  one.first.push(...first);
  one.wrong += all.reduce((sum, { wrong }) => sum + wrong.length, 0);
  one.unseen += all.reduce((sum, { unseen }) => sum + unseen.length, 0);
  one.largest += all.reduce((sum, { largest }) => sum + largest, 0);
  one.frames += all.reduce((sum, { frames }) => sum + frames.length, 0);
  for (const { name, wrong, unseen } of all) {
    if (wrong.length > 0) console.log(`${kind}: ${name} shows ${wrong.join(', ')}`);
    if (unseen.length > 0) console.log(`${kind}: ${name}, unseen, is ${unseen.join(', ')}`);
  }
  const worst = all.map((seen) => ({
    name: seen.name,
    freeze: Math.max(0, ...waits([seen]).between),
  }));
  const late = worst.filter(({ freeze }) => freeze > 300);
  if (late.length > 0)
    console.log(`${kind}: ${late.map(({ name, freeze }) => `${name} ${Math.round(freeze)} ms`).join(', ')}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
