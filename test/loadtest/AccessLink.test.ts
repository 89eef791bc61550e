import { describe, expect, it } from '@jest/globals';
import { AccessLink } from '../../loadtest/rtp/AccessLink.ts';
import { seededRandom } from '../../loadtest/rtp/random.ts';

describe('an access link', () => {
  it('lets everything through at once without a plan', () => {
    const link = new AccessLink({}, seededRandom(1));
    expect(link.transparent).toBe(true);
    expect(link.arrive(1200, 5)).toBe(5);
    expect(link.departs()).toBe(true);
  });

  it('loses its share, the same packets with the same seed', () => {
    const run = (seed: number): boolean[] => {
      const link = new AccessLink({ loss: 0.1, uplinkLoss: 0.3 }, seededRandom(seed));
      const arrived = Array.from({ length: 50_000 }, () => link.arrive(100, 0) !== null);
      const departed = Array.from({ length: 50_000 }, () => link.departs());
      expect(arrived.filter((there) => !there).length / 50_000).toBeCloseTo(0.1, 2);
      expect(departed.filter((there) => !there).length / 50_000).toBeCloseTo(0.3, 2);
      expect(link.counts.lost + link.counts.passed).toBe(50_000);
      return [...arrived, ...departed];
    };
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });

  it('delays a packet by its size, and queues those behind it', () => {
    const link = new AccessLink({ downlink: 1_000_000 }, seededRandom(1));
    expect(link.arrive(1250, 0)).toBe(10);
    expect(link.arrive(1250, 0)).toBe(20);
    expect(link.arrive(125, 15)).toBe(21);
    expect(link.arrive(1250, 100)).toBe(110);
  });

  it('drops what would wait for longer than 300 ms', () => {
    const link = new AccessLink({ downlink: 1_000_000 }, seededRandom(1));
    const burst = Array.from({ length: 50 }, () => link.arrive(1250, 0));
    expect(burst.filter((at) => at !== null)).toEqual(
      Array.from({ length: 31 }, (_, index) => (index + 1) * 10),
    );
    expect(link.counts).toEqual({ passed: 31, lost: 0, overflowed: 19, uplinkLost: 0 });
    expect(link.arrive(1250, 10)).toBe(320);
  });

  it('passes its rate when twice as much is offered, in order', () => {
    const random = seededRandom(9);
    const link = new AccessLink({ downlink: 2_000_000 }, random);
    let bits = 0;
    let last = 0;
    let outOfOrder = 0;
    let longest = 0;
    for (let now = 0; now < 60_000; now += 2) {
      const size = 500 + Math.floor(random() * 1000);
      const at = link.arrive(size, now);
      if (at === null) continue;
      if (at < last) outOfOrder++;
      longest = Math.max(longest, at - now);
      last = at;
      bits += size * 8;
    }
    expect(outOfOrder).toBe(0);
    expect(longest).toBeGreaterThan(290);
    expect(longest).toBeLessThanOrEqual(300 + 6);
    expect(bits / (last / 1000)).toBeCloseTo(2_000_000, -1);
  });
});
