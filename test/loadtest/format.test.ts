import { describe, expect, it } from '@jest/globals';
import { formatDuration, formatValue } from '../../loadtest/results/format.ts';
import type { Unit } from '../../loadtest/results/runResult.ts';
import { duration } from '../../loadtest/scenario/readings.ts';

describe('values for people', () => {
  it.each<[number | null, Unit, string]>([
    [null, 'ms', '–'],
    [NaN, 'count', '–'],
    [0, 'ms', '0 ms'],
    [4.256, 'ms', '4.26 ms'],
    [812.4, 'ms', '812 ms'],
    [1500, 'ms', '1.5 s'],
    [15.24, 'us', '15.2 us'],
    [1500, 'us', '1.5 ms'],
    [0.005, 'share', '0.5%'],
    [0.00001234, 'share', '0.00123%'],
    [1, 'share', '100%'],
    [12345, 'count', '12,345'],
    [29.97, 'count', '30'],
    [999, 'bps', '999 bps'],
    [999_600, 'bps', '1 Mbps'],
    [2_500_000, 'bps', '2.5 Mbps'],
    [482_300_000, 'bytes', '482 MB'],
    [12.5, 'bytes', '12.5 bytes'],
    [83_211.7, 'packets/s', '83,212 packets/s'],
    [1, 'cores', '1 core'],
    [1.5, 'cores', '1.5 cores'],
    [0.25, 'per minute', '0.25/min'],
  ])('%p %s is %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));

  it.each([500, 1000, 1500, 90_000, 120_000, 3_600_000, 5_400_000, 3_661_000])(
    'a duration of %p ms reads back as itself',
    (ms) => expect(duration.read(formatDuration(ms))).toBe(ms),
  );

  it('a duration is short', () =>
    expect([30_000, 120_000, 90_000, 3_600_000].map(formatDuration)).toEqual(['30s', '2m', '1m30s', '1h']));
});
