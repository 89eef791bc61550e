import { badRequest } from '../../src/support/errors.ts';
import type { Verdict } from './runResult.ts';

/** How many, from the first trial to the largest one; the answer is exact to `step`. */
export interface LimitRange {
  from: number;
  to: number;
  step: number;
}

export interface LimitTrial {
  n: number;
  verdict: Verdict;
}

/**
 * What ended the search: `broken`: a threshold, so the server's limit is known; `generator`: the tool was the
 * bottleneck first, so the server bears `limit` at least; `range`: everything up to `to` was met.
 */
export type LimitReason = 'broken' | 'generator' | 'range';

export interface LimitResult {
  /** The largest number whose run met its thresholds; null: not even the first did. */
  limit: number | null;
  /** The smallest number that was tried above it and failed; null: none did. */
  broke: number | null;
  why: LimitReason;
  /** In the order in which they were run. */
  trials: LimitTrial[];
}

/**
 * Finds how many the server bears: doubles from `from` until a run is not met, then halves the gap down to `step`.
 *
 * @param probe runs a load of so many; what it throws ends the search.
 * @throws ParleyError `badRequest` for a range that holds nothing.
 */
export async function findLimit(
  range: LimitRange,
  probe: (n: number) => Promise<Verdict>,
): Promise<LimitResult> {
  const { from, to, step } = range;
  if (![from, to, step].every((n) => Number.isInteger(n) && n >= 1)) {
    throw badRequest('from, to and step must be whole numbers of 1 or more');
  }
  if (from > to) throw badRequest(`from (${from}) must not be greater than to (${to})`);
  const trials: LimitTrial[] = [];
  const run = async (n: number): Promise<Verdict> => {
    const verdict = await probe(n);
    trials.push({ n, verdict });
    return verdict;
  };
  let limit: number | null = null;
  let failed: LimitTrial | null = null;
  for (let n: number | null = from; n !== null && failed === null;) {
    const verdict = await run(n);
    if (verdict === 'met') [limit, n] = [n, next(n, range)];
    else failed = { n, verdict };
  }
  while (limit !== null && failed !== null && failed.n - limit > step) {
    const n: number = limit + Math.max(step, Math.floor((failed.n - limit) / 2 / step) * step);
    const verdict = await run(n);
    if (verdict === 'met') limit = n;
    else failed = { n, verdict };
  }
  // Only the nearest failure counts: an invalid run says nothing of the server, wherever it stood.
  const why = failed === null ? 'range' : failed.verdict === 'invalid' ? 'generator' : 'broken';
  return { limit, broke: failed?.n ?? null, why, trials };
}

/** The answer as a sentence; `what` is a plural such as `participants`. */
export function describeLimit({ limit, broke, why }: LimitResult, what: string): string {
  if (why === 'range') return `${limit ?? 0} ${what} were met, the most that was to be tried (--to)`;
  if (why === 'generator') {
    const least = limit === null ? 'nothing is known of the server' : `the server bears ${limit} at least`;
    return `the generator ended first, at ${broke ?? 0} ${what}: ${least} (more --processes, or --agents)`;
  }
  if (limit === null) return `not even ${broke ?? 0} ${what} met the thresholds`;
  return `the limit is ${limit} ${what}; ${broke ?? 0} broke a threshold`;
}

/** Doubled, but on the grid of steps, and no further than `to`; null at the end. */
function next(n: number, { to, step }: LimitRange): number | null {
  if (n >= to) return null;
  const steps = Math.max(1, Math.round(n / step));
  return Math.min(n + steps * step, to);
}
