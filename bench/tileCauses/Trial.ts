import type { Call } from './Call.ts';
import type { Injection } from './injections.ts';
import { namedBy, type Named, type TileWords } from './tileWords.ts';

/** ms that a cause has to be named, and that a tile has to become fine again. */
const PATIENCE = 40_000;
const RECOVERY = 60_000;
/** ms for which a tile is fine before anything is done: congestion control has found the links' limits. */
const CALM = 3000;
/** ms for which the tile is looked at from then on, and between two looks. */
const WATCH = 6000;
const BETWEEN = 250;

/** What one trial showed. */
export interface TrialResult {
  injected: string;
  /** ms from the injection until the tile named the expected cause; null: it did not. */
  after: number | null;
  /** What it named meanwhile, in its order. */
  meanwhile: Named[];
  /** How often each was named in the looks that count. */
  looks: Partial<Record<Named, number>>;
  /** How often that changed in these looks. */
  changes: number;
  /** The words of the last look. */
  words: TileWords;
  /** ms until the tile was fine again; null: it was not. */
  healed: number | null;
  /** What it named meanwhile. */
  healing: Named[];
}

/** Makes a tile bad once, and looks at what it says until it is fine again. */
export async function runTrial(
  call: Call,
  { name, expected, inject }: Injection,
  seen?: () => Promise<void>,
): Promise<TrialResult> {
  await calm(call);
  const heal = await inject(call);
  const injectedAt = performance.now();
  const first = await follow(call, expected, PATIENCE);
  const looks: Partial<Record<Named, number>> = {};
  let last: Named | undefined;
  let changes = 0;
  let words = await call.look();
  const until = performance.now() + WATCH;
  while (performance.now() < until) {
    words = await call.look();
    const named = namedBy(words);
    looks[named] = (looks[named] ?? 0) + 1;
    if (last !== undefined && named !== last) changes += 1;
    last = named;
    await pause(BETWEEN);
  }
  await seen?.();
  await heal();
  const healedAt = performance.now();
  const back = await follow(call, 'fine', RECOVERY);
  return {
    injected: name,
    after: first.reached === undefined ? null : Math.round(first.reached - injectedAt),
    meanwhile: first.named,
    looks,
    changes,
    words,
    healed: back.reached === undefined ? null : Math.round(back.reached - healedAt),
    healing: back.named,
  };
}

/** Waits until the tile is fine for a while, whatever it was before. */
async function calm(call: Call): Promise<void> {
  const deadline = performance.now() + RECOVERY;
  let since = performance.now();
  while (performance.now() - since < CALM && performance.now() < deadline) {
    if (namedBy(await call.look()) !== 'fine') since = performance.now();
    await pause(BETWEEN);
  }
}

/** Looks until the tile names a cause; what it named on the way there. */
async function follow(
  call: Call,
  wanted: Named,
  patience: number,
): Promise<{ reached: number | undefined; named: Named[] }> {
  const named: Named[] = [];
  const until = performance.now() + patience;
  while (performance.now() < until) {
    const now = namedBy(await call.look());
    if (now !== named.at(-1)) named.push(now);
    if (now === wanted) return { reached: performance.now(), named };
    await pause(BETWEEN);
  }
  return { reached: undefined, named };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
