import { describe, expect, it } from '@jest/globals';
import { Arrivals } from '../../src/support/Arrivals.ts';

const arrivals = (...messages: [bytes: number, at: number][]): Arrivals => {
  const all = new Arrivals();
  for (const [bytes, at] of messages) all.add(bytes, at);
  return all;
};

describe('how fast data arrives', () => {
  it('is not known of nothing, of one message, and of what came all at once', () => {
    for (const few of [arrivals(), arrivals([1000, 5]), arrivals([1000, 5], [1000, 5])]) {
      expect(few.bitrate).toBeNull();
    }
    expect(arrivals([1000, 5], [1000, 5])).toMatchObject({ bytes: 2000, count: 2 });
  });

  it('is that of an even stream', () => {
    // 1000 bytes in 10 ms are 800 kbps.
    const even = arrivals(...Array.from({ length: 100 }, (_, i): [number, number] => [1000, 10 * i]));
    expect(even.bitrate).toBeCloseTo(800_000);
  });

  it('is that of the later half, for a stream that begins slowly', () => {
    const slow = Array.from({ length: 50 }, (_, i): [number, number] => [1000, 100 * i]);
    const fast = Array.from({ length: 50 }, (_, i): [number, number] => [1000, 4900 + 10 * (i + 1)]);
    expect(arrivals(...slow, ...fast).bitrate).toBeCloseTo(800_000);
  });

  it('counts what comes at once at the end, from the moment before', () => {
    expect(arrivals([1000, 0], [5000, 10], [5000, 10]).bitrate).toBeCloseTo(8_000_000);
  });
});
