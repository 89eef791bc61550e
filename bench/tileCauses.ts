import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { keep } from './forwarding/results.ts';
import { Call, type Place } from './tileCauses/Call.ts';
import { injections, type Injection } from './tileCauses/injections.ts';
import { kept, matrixOf } from './tileCauses/matrix.ts';
import { runTrial, type TrialResult } from './tileCauses/Trial.ts';

/*
 * Makes a tile bad for real, in each way there is, and reads in a real Chromium which cause it names: the confusion matrix.
 * Another Chromium sends a camera of 1280 x 720. Networks take root.
 *
 * `npm run bench:causes -- [trials] [injection ...]`: five trials of each unless told otherwise. Injections that are
 * named are made alone; the others are kept as they were measured before. Pictures of the tiles go to
 * dist/tile-causes/.
 */

const PICTURES = 'dist/tile-causes';

const [trials = '5', ...only] = process.argv.slice(3);
const chosen = injections.filter(({ name }) => only.length === 0 || only.includes(name));
if (chosen.length === 0) throw new Error(`there are ${injections.map(({ name }) => name).join(', ')}`);
mkdirSync(PICTURES, { recursive: true });

const results: TrialResult[] = [];
let chromium = '';
for (const place of new Set(chosen.map((injection) => injection.place))) {
  const call = await Call.begin(place);
  chromium = call.viewer.version;
  try {
    for (const injection of chosen) if (injection.place === place) await series(call, place, injection);
  } finally {
    await call.close();
  }
}
const { rows, table, goal } = matrixOf(injections, [...kept(only), ...results]);
console.log(`\n${table}\n\n${goal}`);
keep('tile-causes', { rows }, { chromium });
// Pools of closed connections leave timers behind.
process.exit(0);

async function series(call: Call, place: Place, injection: Injection): Promise<void> {
  for (let trial = 0; trial < Number(trials); trial++) {
    const picture = trial === 0 ? () => photograph(call, injection) : undefined;
    const result = await runTrial(call, injection, picture);
    results.push(result);
    const { after, looks, changes, words, meanwhile, healed, healing } = result;
    console.log(
      `${place} ${injection.name}: after ${after} ms (${meanwhile.join(' → ')}), ${JSON.stringify(looks)}, ${changes} changes; ` +
        `“${words.sentence ?? ''}” / “${words.detail}” (told ${words.told}); fine again after ${healed} ms (${healing.join(' → ')})`,
    );
  }
}

/** The page as the viewer has it, with the tile's words. */
async function photograph({ viewer }: Call, { name }: Injection): Promise<void> {
  await viewer.page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
