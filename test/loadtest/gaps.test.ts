import { describe, expect, it } from '@jest/globals';
import { Gaps } from '../../loadtest/bots/Gaps.ts';

describe('the longest gap', () => {
  it('is the longest time between two arrivals, and knows when it ended', () => {
    const gaps = new Gaps();
    const gap = gaps.of('ann', 'microphone', 0);
    for (const at of [20, 40, 340, 360, 400]) gap.arrived(at);
    expect(gaps.longest(410)).toEqual([
      { publisher: 'ann', source: 'microphone', length: 300, endedAt: 340, smoothSince: 340, lastAt: 400 },
    ]);
  });

  it('may last still', () => {
    const gaps = new Gaps();
    gaps.of('ann', 'camera', 0).arrived(100);
    expect(gaps.longest(1100)).toEqual([
      { publisher: 'ann', source: 'camera', length: 1000, endedAt: null, smoothSince: null, lastAt: 100 },
    ]);
  });

  it('is not all: the last one that anybody notices tells since when nothing is missed', () => {
    const gaps = new Gaps();
    const gap = gaps.of('ann', 'camera', 0);
    for (const at of [20, 920, 940, 1240, 1300]) gap.arrived(at);
    expect(gaps.longest(1310)).toMatchObject([{ length: 900, endedAt: 920, smoothSince: 1240 }]);
    expect(gaps.longest(1600)).toMatchObject([{ length: 900, endedAt: 920, smoothSince: null }]);
  });

  it('begins with the wait where nothing ever came', () => {
    const gaps = new Gaps();
    gaps.of('ann', 'camera', 100);
    expect(gaps.longest(600)).toMatchObject([{ length: 500, endedAt: null, lastAt: null }]);
  });

  it('looked for anew, counts what began before', () => {
    const gaps = new Gaps();
    const gap = gaps.of('ann', 'camera', 0);
    for (const at of [500, 900, 950]) gap.arrived(at);
    gaps.restart(1000);
    expect(gaps.longest(1000)).toMatchObject([{ length: 50, endedAt: null }]);
    gap.arrived(1150);
    expect(gaps.longest(1160)).toMatchObject([{ length: 200, endedAt: 1150 }]);
  });

  it('goes on when the publisher comes again with other tracks', () => {
    const gaps = new Gaps();
    gaps.of('ann', 'camera', 0).arrived(100);
    gaps.of('ann', 'camera', 700).arrived(800);
    gaps.of('ann', 'microphone', 700).arrived(710);
    expect(gaps.longest(810)).toEqual([
      { publisher: 'ann', source: 'camera', length: 700, endedAt: 800, smoothSince: 800, lastAt: 800 },
      { publisher: 'ann', source: 'microphone', length: 100, endedAt: null, smoothSince: null, lastAt: 710 },
    ]);
  });

  it('is that of a later track once there is anything of it, whatever still comes of the former one', () => {
    const gaps = new Gaps();
    const gap = gaps.of('ann', 'microphone', 0);
    const former = gap.enter();
    const later = gap.enter();
    gap.arrived(20, former);
    gap.arrived(120, former);
    gap.arrived(130, later);
    gap.arrived(300, former);
    gap.arrived(430, later);
    gap.leave(former);
    expect(gaps.longest(430)).toMatchObject([{ length: 300, endedAt: 430, lastAt: 430 }]);
  });

  it('is that of the former track again when the later one is gone', () => {
    const gaps = new Gaps();
    const gap = gaps.of('ann', 'microphone', 0);
    const former = gap.enter();
    const later = gap.enter();
    gap.arrived(20, later);
    gap.leave(later);
    gap.arrived(60, former);
    expect(gaps.longest(60)).toMatchObject([{ length: 40, lastAt: 60 }]);
  });
});
