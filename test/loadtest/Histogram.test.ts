import { describe, expect, it } from '@jest/globals';
import { Histogram } from '../../loadtest/results/Histogram.ts';
import { seededRandom } from '../../loadtest/rtp/random.ts';

const nearestRank = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;

describe('a histogram', () => {
  it.each([
    ['evenly spread values', (random: () => number) => random() * 1000],
    ['values over twelve orders of magnitude', (random: () => number) => 0.001 * 10 ** (random() * 12)],
    ['a long tail', (random: () => number) => 20 / (1 - random())],
  ])('is off by 1 %% at most: %s', (_, draw) => {
    const random = seededRandom(21);
    const values = Array.from({ length: 20_000 }, () => draw(random));
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    values.sort((a, b) => a - b);
    let worst = 0;
    for (let share = 0; share <= 1; share += 0.001) {
      const exact = nearestRank(values, share);
      worst = Math.max(worst, Math.abs(histogram.percentile(share) / exact - 1));
    }
    expect(worst).toBeLessThanOrEqual(0.01 + 1e-9);
    const { count, min, max, avg, p95 } = histogram.distribution();
    expect({ count, min, max }).toEqual({ count: 20_000, min: values[0], max: values.at(-1) });
    expect(avg).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 20_000, 3);
    expect(p95).toBe(histogram.percentile(0.95));
  });

  it('is the same merged from parts that went through JSON', () => {
    const random = seededRandom(22);
    const whole = new Histogram();
    const merged = new Histogram();
    for (let part = 0; part < 5; part++) {
      const histogram = new Histogram();
      for (let index = 0; index < 1000; index++) {
        const value = Math.floor(random() * 10 ** part);
        histogram.add(value);
        whole.add(value);
      }
      merged.merge(
        Histogram.fromJSON(JSON.parse(JSON.stringify(histogram)) as ReturnType<Histogram['toJSON']>),
      );
    }
    merged.merge(new Histogram());
    expect(merged.toJSON()).toEqual(whole.toJSON());
    expect(merged.distribution()).toEqual(whole.distribution());
  });

  it('stays small as JSON', () => {
    const random = seededRandom(23);
    const histogram = new Histogram();
    for (let index = 0; index < 100_000; index++) histogram.add(5 + random() * 50);
    expect(JSON.stringify(histogram).length).toBeLessThan(1500);
  });

  it('has zeros without values, also after clear and through JSON', () => {
    const zeros = { count: 0, min: 0, avg: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 };
    const histogram = new Histogram();
    expect(histogram.distribution()).toEqual(zeros);
    histogram.add(5);
    histogram.clear();
    expect(histogram.distribution()).toEqual(zeros);
    expect(Histogram.fromJSON(histogram.toJSON()).distribution()).toEqual(zeros);
  });

  it('takes zero, negative and huge values, and leaves out what is no number', () => {
    const histogram = new Histogram();
    for (const value of [0, 0, -3, 1e12, NaN, Infinity]) histogram.add(value);
    const { count, min, max, p50 } = histogram.distribution();
    expect({ count, min, max }).toEqual({ count: 4, min: -3, max: 1e12 });
    expect(p50).toBeCloseTo(0, 2);
    const zero = new Histogram();
    zero.add(0);
    expect(zero.distribution()).toMatchObject({ p50: 0, p99: 0, max: 0 });
  });

  it('reads no JSON that it cannot have written', () => {
    const right = { count: 3, sum: 30, min: 9, max: 11, buckets: [110, 2, 3, 1] };
    expect(Histogram.fromJSON(right).toJSON()).toEqual(right);
    for (const wrong of [
      { count: 4 },
      { count: -3 },
      { sum: Infinity },
      { min: NaN },
      { min: 12 },
      { buckets: [110, 2, 3] },
      { buckets: [110, 2, 0, 1] },
      { buckets: [110, 2.5, 3, 0.5] },
      { buckets: [110, 4, 3, -1] },
      { buckets: [1e9, 3] },
      { buckets: [-1e9, 3] },
    ]) {
      expect(() => Histogram.fromJSON({ ...right, ...wrong })).toThrow('not a histogram');
    }
  });
});
