import { describe, expect, it } from '@jest/globals';
import { SoundFirst } from '../../src/sfu/forwarding/SoundFirst.ts';

const hopeless = { lost: 0.7, isSmallest: true };

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
    ['something arrived meanwhile', { lost: 0.2, isSmallest: true }],
    ['larger pictures were sent meanwhile, which could be smaller', { lost: 0.7, isSmallest: false }],
  ])('does not when %s', (_, look) => {
    const policy = new SoundFirst();
    policy.look(hopeless, 0);
    policy.look(look, 1500);
    expect(policy.look(hopeless, 3000)).toBe(false);
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
    expect(pauses).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 10_000]);
  });
});
