import { describe, expect, it } from '@jest/globals';
import { exitStatusOf, exitStatusOfError } from '../../loadtest/exitStatus.ts';
import type { Verdict } from '../../loadtest/results/runResult.ts';

const result = (verdict: Verdict, failed: number | null = 0) => ({
  verdict,
  metrics: { 'join.failed': { kind: 'value', unit: 'share', value: failed } as const },
});

describe('the exit status', () => {
  it.each<[Verdict, number]>([
    ['met', 0],
    ['broken', 99],
    ['invalid', 3],
  ])('of a run that is %s is %p', (verdict, status) => expect(exitStatusOf(result(verdict))).toBe(status));

  it('is 3 when nobody could join, whatever the thresholds say', () => {
    expect(exitStatusOf(result('met', 1))).toBe(3);
    expect(exitStatusOf(result('broken', 1))).toBe(3);
    expect(exitStatusOf(result('broken', 0.99))).toBe(99);
    expect(exitStatusOf({ verdict: 'met', metrics: {} })).toBe(0);
  });

  it('is 130 after Ctrl-C', () => expect(exitStatusOf(result('met'), true)).toBe(130));

  it.each([
    ['badRequest', 2],
    ['unauthorized', 2],
    ['forbidden', 2],
    ['unavailable', 3],
    ['timeout', 3],
  ] as const)('after the error %s is %p', (code, status) => expect(exitStatusOfError({ code })).toBe(status));
});
