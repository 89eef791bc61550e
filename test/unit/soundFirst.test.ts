import { describe, expect, it } from '@jest/globals';
import { SoundFirst } from '../../src/sfu/forwarding/SoundFirst.ts';

const hopeless = { lost: 0.7, isSmallest: true, isDead: false };

describe('a link on which even the smallest pictures are lost', () => {
  it('carries sound alone after three seconds of that', () => {
    const policy = new SoundFirst();
    expect([0, 1000, 2900, 3000].map((now) => policy.look(hopeless, now))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it.each([
    ['something arrived meanwhile', { ...hopeless, lost: 0.2 }],
    ['larger pictures were sent meanwhile, which could be smaller', { ...hopeless, isSmallest: false }],
  ])('does not when %s', (_, look) => {
    const policy = new SoundFirst();
    policy.look(hopeless, 0);
    policy.look(look, 1500);
    expect(policy.look(hopeless, 3000)).toBe(false);
  });

  it('does so at once where nothing arrives at all', () => {
    expect(new SoundFirst().look({ ...hopeless, isDead: true }, 0)).toBe(true);
  });

  it('does so after half a second where pictures are only tried', () => {
    const policy = new SoundFirst();
    policy.tried(policy.stopped(0));
    expect([13_000, 13_400, 13_500].map((now) => policy.look(hopeless, now))).toEqual([false, false, true]);
  });

  it('has pictures tried more and more seldom, until they have gone well for a while', () => {
    const policy = new SoundFirst();
    let now = 0;
    const pauses = [5000, 5000, 5000, 5000, 60_000, 5000].map((flowedFor) => {
      const pause = policy.stopped(now);
      now += pause;
      policy.tried(now);
      now += flowedFor;
      return pause;
    });
    expect(pauses).toEqual([10_000, 20_000, 30_000, 30_000, 30_000, 10_000]);
  });
});
