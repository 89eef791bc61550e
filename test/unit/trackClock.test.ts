import { describe, expect, it } from '@jest/globals';
import { TrackClock } from '../../src/recording/recorder/TrackClock.ts';

/** When the first packet of a track was captured, ms. */
const BEGIN = 1_700_000_000_000;
const REPORT_EVERY = 1000;

interface Sender {
  rate: number;
  /** ms between two packets. */
  every: number;
  /** ms from capture to arrival. */
  late: number;
  /** ms that its RTP clock is ahead of those that were captured. */
  ahead?: (captured: number) => number;
  /** ms that a report is off. */
  off?: (report: number) => number;
}

interface Taken {
  /** ms since `BEGIN`. */
  captured: number;
  /** ms by which the file's time is after that; the shift is not in it. */
  error: number;
}

/** What a clock makes of so many ms of a track, from `from` on. */
function follow(sender: Sender, from: number, length: number) {
  const { rate, every, late, ahead = () => 0, off = () => 0 } = sender;
  const clock = new TrackClock(rate);
  const timestamp = (captured: number): number =>
    // It wraps on the way.
    (0xffff_0000 + Math.round(((captured + ahead(captured)) * rate) / 1000)) >>> 0;
  const taken: Taken[] = [];
  for (let captured = from, reports = 0; captured < from + length; captured += every) {
    const time = clock.time(timestamp(captured), BEGIN + captured + late);
    taken.push({ captured, error: time - BEGIN - captured });
    if (captured - from < (reports + 1) * REPORT_EVERY) continue;
    reports += 1;
    clock.report({ ssrc: 1, at: BEGIN + captured + off(reports), timestamp: timestamp(captured) });
  }
  return { clock, errors: taken.map(({ error, captured }) => ({ captured, error: error + clock.shift })) };
}

const worst = (errors: readonly Taken[], from: number): number =>
  Math.max(...errors.filter(({ captured }) => captured >= from).map(({ error }) => Math.abs(error)));

const SOUND = { rate: 48_000, every: 20, late: 20 };
const PICTURE = { rate: 90_000, every: 40, late: 150 };

describe('the clock of a track', () => {
  it('says when something was captured, not when it came', () => {
    for (const sender of [SOUND, PICTURE]) {
      const { clock, errors } = follow(sender, 0, 30_000);
      expect(clock.shift).toBeCloseTo(-sender.late, 0);
      expect(worst(errors, 0)).toBeLessThan(1);
    }
  });

  it('says the same in the middle of a track, to a recorder that takes the place of another', () => {
    for (const sender of [SOUND, { ...PICTURE, late: 400 }]) {
      expect(worst(follow(sender, 60_000, 5000).errors, 0)).toBeLessThan(1);
    }
  });

  it('follows a drift', () => {
    const { errors } = follow({ ...SOUND, ahead: (captured) => captured / 2000 }, 0, 120_000);
    expect(worst(errors, 0)).toBeLessThan(10);
  });

  it.each([500, -500, -80])('follows a clock that jumps by %d ms', (jump) => {
    const { errors } = follow({ ...SOUND, ahead: (captured) => (captured < 30_000 ? 0 : jump) }, 0, 60_000);
    const before = errors.filter(({ captured }) => captured < 30_000);
    expect(worst(before, 0)).toBeLessThan(1);
    expect(worst(errors, 35_000)).toBeLessThan(5);
  });

  it('does not follow single reports that were held up', () => {
    const off = (report: number): number => (report % 10 > 6 ? 200 : 0);
    expect(worst(follow({ ...SOUND, off }, 0, 60_000).errors, 0)).toBeLessThan(1);
  });
});
