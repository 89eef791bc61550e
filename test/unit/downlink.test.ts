import { beforeEach, describe, expect, it } from '@jest/globals';
import { brakeFor, Climb } from '../../src/sfu/forwarding/downlinkPolicy.ts';

describe('a downlink that loses much of what is sent', () => {
  it('is held to less than what arrives', () => {
    const brake = brakeFor({ sent: 1_600_000, available: 2_000_000, loss: 0.7 });
    expect(brake).toBeDefined();
    expect(brake).toBeLessThan(1_600_000 * 0.3);
  });

  it('is left alone when it loses few packets', () => {
    expect(brakeFor({ sent: 1_600_000, available: 2_000_000, loss: 0.05 })).toBeUndefined();
    expect(brakeFor({ sent: 1_600_000, available: 2_000_000, loss: 0 })).toBeUndefined();
  });

  it('is left alone when it is taken to carry no more than that anyway', () => {
    expect(brakeFor({ sent: 1_600_000, available: 200_000, loss: 0.3 })).toBeUndefined();
  });

  it('still carries a small picture', () => {
    expect(brakeFor({ sent: 150_000, available: 400_000, loss: 1 })).toBeGreaterThanOrEqual(100_000);
  });
});

describe('a downlink that carries less than is wanted', () => {
  const wanted = 2_000_000;
  let climb: Climb;
  beforeEach(() => {
    climb = new Climb();
  });
  /** The next limits from that moment on, with an estimate that follows each of them at once. */
  const climbFrom = (available: number, now: number): number[] => {
    const limits: number[] = [];
    for (let at = now; at < now + 60_000 && limits.length < 10; at += 100) {
      const next = climb.next({ available, wanted }, at);
      if (next === undefined) continue;
      limits.push(next);
      available = next;
    }
    return limits;
  };

  it('is tried with more until it carries all of it', () => {
    const limits = climbFrom(200_000, 0);
    expect(limits.length).toBeLessThanOrEqual(4);
    expect(limits).toEqual([...limits].sort((one, other) => one - other));
    expect(limits.at(-1)).toBeGreaterThanOrEqual(wanted * 0.95);
    expect(limits.at(-1)).toBeLessThanOrEqual(wanted * 1.35);
  });

  it('is left alone when it carries enough', () => {
    expect(climb.next({ available: wanted, wanted }, 0)).toBeUndefined();
    expect(climb.next({ available: 0, wanted: 0 }, 0)).toBeUndefined();
  });

  it('is asked less and less often while it does not carry more, and never for what mediasoup takes for the same', () => {
    const available = 300_000;
    const tries: { at: number; limit: number }[] = [];
    for (let at = 0; at < 60_000; at += 100) {
      const limit = climb.next({ available, wanted }, at);
      if (limit !== undefined) tries.push({ at, limit });
    }
    const gaps = tries.slice(1).map(({ at }, index) => at - (tries[index]?.at ?? 0));
    expect(gaps).toEqual([...gaps].sort((one, other) => one - other));
    expect(tries.length).toBeGreaterThan(5);
    expect(tries.length).toBeLessThan(15);
    for (const [index, { limit }] of tries.entries())
      if (index > 0) expect(Math.abs(limit / (tries[index - 1]?.limit ?? 0) - 1)).toBeGreaterThan(0.1);
  });

  it('gets most of what it carried at once after an overrun, and more a while later', () => {
    climb.overran(500_000, 10_000);
    const first = climb.next({ available: 200_000, wanted }, 10_100);
    expect(first).toBeLessThan(500_000);
    expect(climb.next({ available: 440_000, wanted }, 12_000)).toBeUndefined();
    expect(climb.next({ available: 440_000, wanted }, 20_000)).toBeGreaterThan(500_000);
  });

  it('is tried every other second at least after an overrun, since it may be free again, and seldom later', () => {
    climb.overran(500_000, 0);
    const tries: number[] = [];
    for (let at = 5000; at < 90_000; at += 100)
      if (climb.next({ available: 440_000, wanted }, at) !== undefined) tries.push(at);
    const gapAt = (time: number): number => {
      const next = tries.findIndex((at) => at > time);
      return (tries[next] ?? Infinity) - (tries[next - 1] ?? -Infinity);
    };
    expect(Math.max(gapAt(8000), gapAt(12_000), gapAt(18_000))).toBeLessThanOrEqual(2000);
    expect(gapAt(80_000)).toBeGreaterThan(5000);
  });
});
