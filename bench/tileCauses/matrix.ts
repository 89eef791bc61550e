import { existsSync, readFileSync } from 'node:fs';
import type { Injection } from './injections.ts';
import type { TrialResult } from './Trial.ts';
import type { Named } from './tileWords.ts';
import { median } from '../forwarding/results.ts';

const FILE = 'bench/results/forwarding/tile-causes.json';
/** Share of the looks that must find the cause. */
const TARGET = 0.95;

/** One line of the confusion matrix. */
export interface MatrixRow {
  injected: string;
  what: string;
  expected: string;
  trials: TrialResult[];
  /** Share of the looks, of the expected cause and of the others. */
  named: Partial<Record<Named, number>>;
}

/** What was measured before, of what is not measured now; none where all is. */
export function kept(only: readonly string[]): TrialResult[] {
  if (only.length === 0 || !existsSync(FILE)) return [];
  const { rows } = JSON.parse(readFileSync(FILE, 'utf8')) as { rows: MatrixRow[] };
  return rows.flatMap(({ trials }) => trials).filter(({ injected }) => !only.includes(injected));
}

/** What was named instead of what, as figures and as a Markdown table. */
export function matrixOf(
  injections: readonly Injection[],
  results: readonly TrialResult[],
): { rows: MatrixRow[]; table: string; goal: string } {
  const rows = injections.flatMap(({ name, what, expected }) => {
    const trials = results.filter(({ injected }) => injected === name);
    if (trials.length === 0) return [];
    return [{ injected: name, what, expected, trials, named: sharesOf(trials) }];
  });
  const missed = rows.filter(({ expected, named }) => (named[expected as Named] ?? 0) < TARGET);
  return {
    rows,
    table: [
      '| what was done | the tile should name | it names, share of the looks | after, median | fine again after |',
      '| --- | --- | --- | --- | --- |',
      ...rows.map(lineOf),
    ].join('\n'),
    goal: `target: each at least ${TARGET * 100} %, ${
      missed.length === 0 ? 'met' : `missed by ${missed.map(({ injected }) => injected).join(', ')}`
    }`,
  };
}

function sharesOf(trials: readonly TrialResult[]): MatrixRow['named'] {
  const counts = new Map<Named, number>();
  for (const { looks } of trials)
    for (const [named, count] of Object.entries(looks) as [Named, number][])
      counts.set(named, (counts.get(named) ?? 0) + count);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return Object.fromEntries([...counts].map(([named, count]) => [named, count / all]));
}

function lineOf({ what, expected, trials, named }: MatrixRow): string {
  const shares = Object.entries(named)
    .sort(([, one], [, other]) => other - one)
    .map(([name, share]) => `${name} ${Math.round(share * 100)} %`);
  const middle = (values: readonly (number | null)[]): string =>
    `${(median(values.map((value) => value ?? Infinity)) / 1000).toFixed(1)} s`;
  const after = middle(trials.map((trial) => trial.after));
  const healed = middle(trials.map((trial) => trial.healed));
  return `| ${what} (${trials.length}) | ${expected} | ${shares.join(', ')} | ${after} | ${healed} |`;
}
