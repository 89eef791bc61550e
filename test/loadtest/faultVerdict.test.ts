import { describe, expect, it } from '@jest/globals';
import type { Missed } from '../../bench/faults/Crowd.ts';
import type { Struck } from '../../bench/faults/faults.ts';
import { goals, HEAD, row, Tally, type FaultResult, type Goal } from '../../bench/faults/verdict.ts';
import { projectFile, tableRows } from '../support/docsTables.ts';

const missed = (subscriber: string, publisher: string, changes: Partial<Missed> = {}): Missed => ({
  subscriber,
  publisher,
  source: 'microphone',
  length: 50,
  endedAt: 900,
  smoothSince: null,
  lastAt: 9000,
  ...changes,
});

const struck = (changes: Partial<Struck> = {}): Struck => ({
  at: 1000,
  hit: new Set(['ann']),
  isApart: ({ subscriber, publisher }) => subscriber === 'ann' || publisher === 'ann',
  findings: [],
  ...changes,
});

function tally(...rounds: [Struck, Missed[], string[]][]): ReturnType<Tally['result']> {
  const all = new Tally('a fault');
  for (const round of rounds) all.add(...round);
  return all.result();
}

describe('the verdict on a fault', () => {
  it('keeps those apart who had nothing to do with it, who were hit, and who saw those', () => {
    const result = tally([
      struck(),
      [
        missed('bob', 'cid'),
        missed('cid', 'bob', { source: 'camera', length: 120 }),
        missed('ann', 'bob', { length: 1200, endedAt: 2500 }),
        missed('bob', 'ann', { length: 1500, endedAt: 2600, smoothSince: 3000 }),
      ],
      [],
    ]);
    expect(result.untouched.audio).toEqual({ count: 1, p50: 50, p95: 50, max: 50 });
    expect(result.untouched.video.max).toBe(120);
    expect(result.back.play.max).toBe(1500);
    expect(result.back.arePlayed.max).toBe(2000);
    expect(goals(result).map(({ met }) => met)).toEqual([true, true, true, true, true]);
    expect(row(result)).toEqual([
      'a fault',
      '50 / 50 / 50 (1)',
      '120 / 120 / 120 (1)',
      '–',
      '–',
      '1500 / 1500 / 1500 (1)',
      '2000 / 2000 / 2000 (1)',
    ]);
  });

  it('does not hold it against those untouched what came over what is dead', () => {
    const result = tally([
      struck({ isDetour: ({ subscriber }) => subscriber === 'bob' }),
      [missed('bob', 'cid', { length: 600 }), missed('cid', 'bob')],
      [],
    ]);
    expect([result.untouched.audio.max, result.detour.audio.max]).toEqual([50, 600]);
    expect(goals(result).map(({ met }) => met)).toEqual([true, true, true]);
  });

  it('misses the goals of a gap that is seen, of one that lasts, and of a room that stays wrong', () => {
    const result = tally([
      struck({ findings: [{ what: 'gone', took: null, goal: 5000 }] }),
      [missed('bob', 'cid', { length: 400 }), missed('ann', 'bob', { length: 8000, endedAt: null })],
      ['a ghost'],
    ]);
    expect(goals(result)).toEqual([
      expect.objectContaining({ measured: '400 ms', goal: '170 ms', met: false }),
      expect.objectContaining({ measured: 'never', goal: '5000 ms', met: false }),
      expect.objectContaining({ measured: 'never', goal: '5000 ms', met: false }),
      expect.objectContaining({ measured: 'no: a ghost (1)', met: false }),
    ]);
  });

  it('counts the worst round of what was found in several, and a round that failed as a miss', () => {
    const all = new Tally('a fault');
    for (const took of [20, 700, 30]) {
      const findings = [{ what: 'refused', took, goal: 500, remark: `${took}` }];
      all.add(struck({ findings }), [], []);
    }
    all.fail(new Error('nobody came'));
    expect(goals(all.result())).toEqual([
      { what: 'a fault: refused', measured: '700 ms (700)', goal: '500 ms', met: false },
      expect.objectContaining({ measured: 'no: nobody came (1)', met: false }),
    ]);
  });
});

describe('the figures of the faults', () => {
  const { faults, goals: kept } = JSON.parse(projectFile('bench/results/forwarding/faults.json')) as {
    faults: FaultResult[];
    goals: Goal[];
  };

  it('are in the docs as the last run left them', () => {
    const page = projectFile('docs/scaling.md');
    const rows = tableRows(page);
    for (const cells of [[...HEAD], ...faults.map(row)]) expect(rows).toContainEqual(cells);
    expect(page).toContain(`${kept.filter(({ met }) => met).length} of ${kept.length} goals were met`);
  });
});
