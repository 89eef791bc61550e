import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { processTime } from '../../src/workers/processTime.ts';
import { Watchdog } from '../../src/workers/Watchdog.ts';

const DEADLINE = 1000;

describe('a watchdog over somebody who does not answer', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** The deadlines that were missed before it gave up, at most 100. */
  function missedBy(workPerDeadline: (miss: number) => number): number {
    let misses = 0;
    let worked = 0;
    const watchdog = new Watchdog({
      intervalMs: 1,
      deadlineMs: DEADLINE,
      misses: 2,
      missesAtWork: 7,
      ask: () => new Promise<never>(() => undefined),
      workedMs: () => worked,
      onAnswer: () => undefined,
      onMiss: (miss) => {
        misses = miss;
        worked += workPerDeadline(miss);
      },
      onFrozen: () => undefined,
    });
    jest.advanceTimersByTime(100 * DEADLINE);
    watchdog.close();
    return misses;
  }

  test('gives up soon when nothing is done', () => {
    expect(missedBy(() => 0)).toBe(2);
  });

  test('gives up soon when nobody knows what is done', () => {
    expect(missedBy(() => NaN)).toBe(2);
  });

  test('has patience with one that works, but not for ever', () => {
    expect(missedBy(() => 0.8 * DEADLINE)).toBe(7);
  });

  test('has none any more with one that no longer works', () => {
    expect(missedBy((miss) => (miss < 4 ? 0.8 * DEADLINE : 0))).toBe(4);
  });
});

describe('the time of a process', () => {
  test('grows while it works', () => {
    const before = processTime(process.pid);
    const until = performance.now() + 20;
    while (performance.now() < until);
    const after = processTime(process.pid);
    expect(after.worked).toBeGreaterThan(before.worked);
    expect(after.waited).toBeGreaterThanOrEqual(before.waited);
  });

  test('is not known of one that is not there', () => {
    expect(processTime(2 ** 30)).toEqual({ worked: NaN, waited: NaN });
  });
});
