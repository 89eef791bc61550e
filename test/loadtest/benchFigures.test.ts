import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { withFigures } from '../../bench/comparison/readme.ts';
import { comparisonPage, type Comparison } from '../../bench/comparison/table.ts';
import { BARE, PARLEY } from '../../bench/comparison/variants.ts';
import { workloads } from '../../bench/comparison/workloads.ts';

const root = resolve(import.meta.dirname, '../..');
const results = resolve(root, 'bench/results/servers.json');
const readme = readFileSync(resolve(root, 'README.md'), 'utf8');

function comparison(): Comparison {
  const workload = workloads[0]!.name;
  const measured = (variant: string, cpuPerPacket: number, valid = true): Comparison['measurements'][0] =>
    ({ workload, variant, transportCc: false, valid, remarks: [], cpuPerPacket }) as never;
  return {
    format: 1,
    at: '2026-01-02T03:04:05.000Z',
    machine: { cpu: 'a $& CPU', cores: 2, os: 'Linux', node: 'v20' },
    versions: { mediasoup: '3' },
    floor: { send: 4, encrypt: 2 },
    rounds: 4,
    measurements: [
      measured(PARLEY, 11),
      measured(PARLEY, 12),
      measured(PARLEY, 13),
      measured(PARLEY, 99, false),
      measured(BARE, 10),
    ],
  };
}

describe('figures of the benchmark', () => {
  it('are medians of the valid rounds with their spread, ratios and multiples of the floor', () => {
    const row = comparisonPage(comparison())
      .split('\n')
      .find((line) => line.startsWith(`| ${workloads[0]!.name},`));
    expect(row).toContain('12.0 (11.0–13.0) | 10.0 (10.0–10.0)');
    expect(row).toContain('| 1.20 |');
    expect(row).toContain('| 2.0 |');
  });

  it('take the place of those that the README had', () => {
    const before = 'before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n';
    const once = withFigures(before, comparison());
    expect(once).toMatch(/^before\n<!-- bench -->\n[^]*a \$& CPU[^]*<!-- \/bench -->\nafter\n$/);
    expect(once).not.toContain('old');
    expect(withFigures(once, comparison())).toBe(once);
  });

  it('are in the README as the last run left them', () => {
    if (existsSync(results))
      expect(readme).toBe(withFigures(readme, JSON.parse(readFileSync(results, 'utf8')) as Comparison));
    else expect(readme).toContain('<!-- bench -->\n<!-- /bench -->');
  });
});
