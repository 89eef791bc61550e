import { describe, expect, it } from '@jest/globals';
import { describeLimit, findLimit, type LimitRange } from '../../loadtest/results/findLimit.ts';
import type { Verdict } from '../../loadtest/results/runResult.ts';

/** A server that bears so many, and a generator that does. */
const search = (range: LimitRange, server: number, generator = Infinity) =>
  findLimit(range, (n) => {
    const verdict: Verdict = n > generator ? 'invalid' : n > server ? 'broken' : 'met';
    return Promise.resolve(verdict);
  });

describe('the search for a limit', () => {
  it('doubles until a threshold breaks, then halves the gap down to the step', async () => {
    const result = await search({ from: 4, to: 1000, step: 2 }, 21);
    expect(result).toMatchObject({ limit: 20, broke: 22, why: 'broken' });
    expect(result.trials.map(({ n }) => n)).toEqual([4, 8, 16, 32, 24, 20, 22]);
    expect(describeLimit(result, 'participants')).toBe('the limit is 20 participants; 22 broke a threshold');
  });

  it.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    'finds a limit of %p exactly',
    async (server) => {
      const result = await search({ from: 1, to: 64, step: 1 }, server);
      expect(result).toMatchObject({ limit: server, broke: server + 1, why: 'broken' });
      expect(new Set(result.trials.map(({ n }) => n)).size).toBe(result.trials.length);
      expect(result.trials.length).toBeLessThanOrEqual(13);
    },
  );

  it('stays on the grid of steps from the first try on', async () => {
    const { trials, limit } = await search({ from: 3, to: 50, step: 5 }, 30);
    expect(trials.every(({ n }) => n === 50 || (n - 3) % 5 === 0)).toBe(true);
    expect(limit).toBe(28);
  });

  it('ends at the last number that was to be tried', async () => {
    const result = await search({ from: 10, to: 50, step: 10 }, 1000);
    expect(result).toMatchObject({ limit: 50, broke: null, why: 'range' });
    expect(result.trials.map(({ n }) => n)).toEqual([10, 20, 40, 50]);
    expect(describeLimit(result, 'rooms')).toBe('50 rooms were met, the most that was to be tried (--to)');
  });

  it('knows no limit when the first try breaks', async () => {
    const result = await search({ from: 4, to: 8, step: 1 }, 2);
    expect(result).toEqual({ limit: null, broke: 4, why: 'broken', trials: [{ n: 4, verdict: 'broken' }] });
    expect(describeLimit(result, 'rooms')).toBe('not even 4 rooms met the thresholds');
  });

  it('never takes the generator’s limit for the server’s', async () => {
    const result = await search({ from: 2, to: 100, step: 1 }, 1000, 11);
    expect(result).toMatchObject({ limit: 11, broke: 12, why: 'generator' });
    expect(describeLimit(result, 'rooms')).toBe(
      'the generator ended first, at 12 rooms: the server bears 11 at least (more --processes, or --agents)',
    );
    expect(describeLimit(await search({ from: 2, to: 9, step: 1 }, 9, 1), 'rooms')).toContain(
      'nothing is known of the server',
    );
  });

  it('finds the server’s limit below an invalid run', async () => {
    const result = await search({ from: 2, to: 100, step: 1 }, 9, 12);
    expect(result.trials).toContainEqual({ n: 16, verdict: 'invalid' });
    expect(result).toMatchObject({ limit: 9, broke: 10, why: 'broken' });
  });

  it('passes on what a run throws', async () => {
    const failing = findLimit({ from: 1, to: 2, step: 1 }, () => Promise.reject(new Error('no server')));
    await expect(failing).rejects.toThrow('no server');
  });

  it.each([
    [{ from: 5, to: 4, step: 1 }, 'from (5) must not be greater than to (4)'],
    [{ from: 0, to: 4, step: 1 }, 'must be whole numbers'],
    [{ from: 1, to: 4, step: 0.5 }, 'must be whole numbers'],
  ])('refuses the range %p', async (range, message) => {
    await expect(search(range, 3)).rejects.toThrow(message);
  });
});
