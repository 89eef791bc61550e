import { describe, expect, it } from '@jest/globals';
import { metrics, type MetricDefinition } from '../../loadtest/results/metrics.ts';
import type { Distribution, MetricResult, Unit } from '../../loadtest/results/runResult.ts';
import {
  evaluateThresholds,
  OPERATORS,
  parseThreshold,
  STATISTICS,
  type Operator,
} from '../../loadtest/results/thresholds.ts';
import { spellings } from '../../loadtest/results/unitValues.ts';

/** Distinct for each statistic, so that one cannot be taken for another. */
const values = (scale: number): Distribution => ({
  count: 8,
  min: 0.1 * scale,
  avg: 0.3 * scale,
  p50: 0.2 * scale,
  p90: 0.4 * scale,
  p95: 0.5 * scale,
  p99: 0.6 * scale,
  max: 0.7 * scale,
});

const distribution = (unit: Unit, numbers: Distribution): MetricResult => ({
  kind: 'distribution',
  unit,
  values: numbers,
});

const evaluate = (expression: string, measured: Record<string, MetricResult>) =>
  evaluateThresholds([parseThreshold(expression)], measured)[0]!;

/** A text for a value of half of the unit that is written, and the value in the metric's unit. */
const cases = Object.entries<MetricDefinition>(metrics).flatMap(([name, { kind, unit }]) =>
  Object.entries(spellings[unit].factors).flatMap(([written, factor]) =>
    (kind === 'value' ? [undefined] : STATISTICS.filter((statistic) => statistic !== 'count')).map(
      (statistic) => ({ name, unit, written, factor, statistic }),
    ),
  ),
);

describe('thresholds', () => {
  it.each(Object.keys(metrics))('can be met and broken for %s in each unit and statistic', (metric) => {
    const own = cases.filter(({ name }) => name === metric);
    expect(own.length).toBeGreaterThan(0);
    for (const { name, unit, written, factor, statistic } of own) {
      const numbers = values(factor);
      const measured = statistic === undefined ? 0.5 * factor : numbers[statistic];
      const result: MetricResult =
        statistic === undefined ? { kind: 'value', unit, value: measured } : distribution(unit, numbers);
      const left = statistic === undefined ? name : `${name}.${statistic}`;
      const ratio = measured / factor;
      const above = `${left}<${(ratio + 0.05).toFixed(2)}${written}`;
      const below = `${left} < ${(ratio - 0.05).toFixed(2)} ${written}`;
      expect([above, evaluate(above, { [name]: result })]).toEqual([
        above,
        { expression: above, met: true, measured, unit },
      ]);
      expect([below, evaluate(below, { [name]: result }).met]).toEqual([below, false]);
    }
  });

  it.each<[Operator, number[]]>([
    ['<', [9]],
    ['<=', [9, 10]],
    ['>', [11]],
    ['>=', [10, 11]],
    ['==', [10]],
    ['!=', [9, 11]],
  ])('compare with %s', (operator, met) => {
    const held = [9, 10, 11].filter(
      (value) => evaluate(`errors${operator}10`, { errors: { kind: 'value', unit: 'count', value } }).met,
    );
    expect(held).toEqual(met);
  });

  it('know every operator', () => expect(OPERATORS).toHaveLength(6));

  it.each([
    ['join.p95<800ms', 800],
    ['join.p95<0.8s', 800],
    ['join.p95 < 800000us', 800],
    ['video.loss<0.5%', 0.005],
    ['video.loss<.005', 0.005],
    ['server.cpuPerPacket<15us', 15],
    ['server.cpuPerPacket<0.015ms', 15],
    ['sent.bitrate>10Mbps', 10_000_000],
    ['server.memory<500MB', 500_000_000],
    ['server.memory<1GiB', 1_073_741_824],
    ['server.cpu<1.5', 1.5],
    ['sent>1000/s', 1000],
    ['video.freezes<0.5/min', 0.5],
    ['recovery.count>=3', 3],
  ])('read %s', (expression, bound) => expect(parseThreshold(expression).bound).toBe(bound));

  it('are broken when nothing was measured', () => {
    const nothing = { ...values(0), count: 0 };
    const broken = { met: false, measured: null };
    expect(evaluate('join.p95<1s', {})).toMatchObject(broken);
    expect(evaluate('join.p95<1s', { join: distribution('ms', nothing) })).toMatchObject(broken);
    expect(
      evaluate('video.loss<1%', { 'video.loss': { kind: 'value', unit: 'share', value: null } }),
    ).toMatchObject(broken);
    expect(evaluate('errors!=1', {})).toMatchObject(broken);
  });

  it('know how often something happened that never did', () =>
    expect(evaluate('join.count==0', { join: distribution('ms', { ...values(0), count: 0 }) })).toEqual({
      expression: 'join.count==0',
      met: true,
      measured: 0,
      unit: 'count',
    }));

  it.each([
    ['join.p95', 'must read like join.p95<800ms'],
    ['<800ms', 'has no metric: write for example join.p95<800ms'],
    ['join.p95=800ms', '"=" is no operator: write < <= > >= == !='],
    ['join.p95=<800ms', '"=<" is no operator: write < <= > >= == !='],
    ['join.p95<', 'has nothing to be compared with'],
    ['join<800ms', 'join is a distribution: say which part of it is meant, such as join.p95'],
    ['join.p97<800ms', 'join has no p97: p50, p90, p95, p99, avg, min, max, count'],
    ['video.loss.p95<1%', 'video.loss is a single value: write it without .p95'],
    ['jion.p95<1s', 'there is no metric jion (did you mean "join"?)'],
    ['video.los<1%', 'there is no metric video.los (did you mean "video.loss"?)'],
    [
      'server.cpuperpacket<5us',
      'there is no metric server.cpuperpacket (did you mean "server.cpuPerPacket"?)',
    ],
    ['bananas<1', 'there is no metric bananas'],
    ['join.p95<800', '"800" needs a unit: 800ms or 1.5s'],
    ['join.p95<1%', '"1%" has another unit: write 800ms or 1.5s'],
    ['video.loss<3ms', '"3ms" has another unit: write 0.5% or 0.005'],
    ['video.loss<5', '"5" is more than everything: write 0.5% or 0.005'],
    ['server.memory<500', '"500" needs a unit: 300kB, 500MB or 2GB'],
    ['sent.bitrate>10MB', '"10MB" has another unit: write 500kbps or 10Mbps'],
    ['errors<=few', '"few" is no number such as 10'],
    ['errors<=-1', '"-1" is no number such as 10'],
    ['errors<=1.2.3', '"1.2.3" is no number such as 10'],
  ])('refuse %s', (expression, reason) =>
    expect(() => parseThreshold(expression)).toThrow(
      expect.objectContaining({ code: 'badRequest', message: `threshold "${expression}": ${reason}` }),
    ),
  );
});
