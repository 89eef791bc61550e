import { describe, expect, it } from '@jest/globals';
import { MediaWatch } from '../../loadtest/bots/MediaWatch.ts';
import { Collector } from '../../loadtest/results/Collector.ts';

function watch(): { media: MediaWatch; told: () => Record<string, number> } {
  const collector = new Collector();
  return {
    media: new MediaWatch(collector, 5000),
    told: () =>
      Object.fromEntries(
        (['join.audio', 'join.video'] as const).map((metric) => [metric, collector.histogram(metric).count]),
      ),
  };
}

describe('the first media of a join', () => {
  it('is told of each kind once, also of the one that comes just after the join', () => {
    const { media, told } = watch();
    media.open(0);
    media.arrived('video', 100);
    expect(media.joined(101, new Set(['audio', 'video']))).toBe(101);
    media.arrived('audio', 130);
    media.arrived('audio', 150);
    expect(told()).toEqual({ 'join.audio': 1, 'join.video': 1 });
  });

  it('is not told of what nobody sent at the time', () => {
    const { media, told } = watch();
    media.open(0);
    media.joined(80, new Set(['video']));
    media.arrived('audio', 200);
    media.arrived('video', 5080);
    expect(told()).toEqual({ 'join.audio': 0, 'join.video': 0 });
  });

  it('is told again of the next join', () => {
    const { media, told } = watch();
    for (const openedAt of [0, 10_000]) {
      media.open(openedAt);
      media.arrived('audio', openedAt + 50);
      media.joined(openedAt + 51, new Set(['audio']));
    }
    expect(told()).toEqual({ 'join.audio': 2, 'join.video': 0 });
  });
});
