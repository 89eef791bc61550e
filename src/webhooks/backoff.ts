/** ms: the first wait, and the longest. */
export interface BackoffTimes {
  readonly first: number;
  readonly longest: number;
}

/**
 * ms to wait after so many failures in a row: twice as long each time, and by chance up to half shorter, so that those who
 * failed together do not come back together.
 */
export function backoff(failures: number, { first, longest }: BackoffTimes, chance = Math.random()): number {
  const full = Math.min(longest, first * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (1 - chance / 2));
}
