import { describe, expect, it } from '@jest/globals';
import type { Missed } from '../../bench/faults/Crowd.ts';
import type { Goal } from '../../bench/faults/verdict.ts';
import type { Step } from '../../bench/restart/Rollout.ts';
import { goals, HEAD, resultsOf, row, type StepResult } from '../../bench/restart/verdict.ts';
import { projectFile, tableRows } from '../support/docsTables.ts';

const missed = (length: number, source: Missed['source'] = 'microphone'): Missed => ({
  subscriber: 'ann',
  publisher: 'bob',
  source,
  length,
  endedAt: 900,
  smoothSince: null,
  lastAt: 9000,
});

const step = (changes: Partial<Step> = {}): Step => ({
  what: 'restart of north',
  took: 3000,
  status: 0,
  movers: 5,
  changes: { moved: 5, cancelled: 0, rebuilt: 0, lost: 0 },
  missed: [missed(50), missed(90, 'camera')],
  left: [],
  cameAgain: [],
  toldAgain: 0,
  errors: [],
  stall: 20,
  ...changes,
});
const met = (steps: Step[], wrong: string[] = []): boolean[] =>
  goals(resultsOf(steps), wrong, 15_000).map((goal) => goal.met);

describe('the verdict on a rolling restart', () => {
  it('takes the rounds of a step together', () => {
    const [result, ...others] = resultsOf([step(), step({ took: 4000.4, missed: [missed(70)] })]);
    expect(others).toEqual([]);
    expect(result?.audio).toEqual({ count: 2, p50: 50, p95: 70, max: 70 });
    expect(row(result!)).toEqual([
      'restart of north',
      '5, 5',
      '3000, 4000',
      '0, 0',
      '50 / 70 / 70 (2)',
      '90 / 90 / 90 (1)',
      '0',
      '0',
    ]);
    expect(met([step(), step()])).toEqual([true, true, true, true, true, true]);
  });

  it('misses the goals of a gap that is heard, another status, who left or came, who did not move', () => {
    expect(met([step({ missed: [missed(501)] })])[0]).toBe(false);
    expect(met([step(), step({ status: 3 })])[1]).toBe(false);
    expect(met([step({ took: 15_000 })])[1]).toBe(false);
    expect(met([step({ left: ['bob (left)'] })])[2]).toBe(false);
    expect(met([step({ cameAgain: ['bob'] })])[3]).toBe(false);
    expect(met([step({ changes: { moved: 4, cancelled: 0, rebuilt: 0, lost: 0 } })])[4]).toBe(false);
    expect(met([step({ changes: { moved: 5, cancelled: 0, rebuilt: 1, lost: 0 } })])[4]).toBe(false);
    expect(met([step()], ['a ghost'])[5]).toBe(false);
  });
});

describe('the figures of the rolling restart', () => {
  const { steps, goals: kept } = JSON.parse(projectFile('bench/results/forwarding/restart.json')) as {
    steps: StepResult[];
    goals: Goal[];
  };

  it('are in the docs as the last run left them', () => {
    const page = projectFile('docs/scaling.md');
    const rows = tableRows(page);
    for (const cells of [[...HEAD], ...steps.map(row)]) expect(rows).toContainEqual(cells);
    expect(page).toContain(
      `${kept.filter((goal) => goal.met).length} of ${kept.length} goals of the restart were met`,
    );
  });
});
