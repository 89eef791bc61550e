import { beforeEach, describe, expect, it } from '@jest/globals';
import { UsualLoss } from '../../src/sfu/forwarding/UsualLoss.ts';

let loss: UsualLoss;
let now: number;
/** Numbers that look random, and are the same each time. */
let random: () => number;

beforeEach(() => {
  loss = new UsualLoss();
  now = 1000;
  let seed = 7;
  random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  loss.look({ packets: 0, repeats: 0 }, now, true);
});

/** So many packets, of which each is lost with that chance; the look of 100 ms later. */
const look = (packets: number, chance: number, isUsual = true) => {
  now += 100;
  const repeats = Array.from({ length: packets }).filter(() => random() < chance).length;
  return loss.look({ packets, repeats }, now, isUsual);
};

describe('the usual loss of a link', () => {
  it('is what it loses all the time, and no less of it is unusual than chance makes', () => {
    for (let at = 0; at < 100; at++) look(17, 0.07);
    const found = Array.from({ length: 6000 }, () => look(17, 0.07));
    // Ten minutes, in which much more comes up by chance.
    expect(Math.max(...found.map((lately) => lately?.share ?? 0))).toBeGreaterThan(0.2);
    expect(found.filter((lately) => lately?.isUnusual)).toEqual([]);
    expect(loss.usual).toBeGreaterThan(0.04);
    expect(loss.usual).toBeLessThan(0.11);
  });

  it.each([
    ['clean', 0],
    ['lossy', 0.07],
  ])('is exceeded within 200 ms when a link that was %s carries a third', (_, before) => {
    for (let at = 0; at < 100; at++) look(17, before);
    expect([look(17, 0.69), look(17, 0.69)].some((lately) => lately?.isUnusual)).toBe(true);
  });

  it('is exceeded within half a second when a clean link drops a quarter of little', () => {
    for (let at = 0; at < 100; at++) look(8, 0);
    expect(Array.from({ length: 5 }, () => look(8, 0.28)).some((lately) => lately?.isUnusual)).toBe(true);
  });

  it('is not learned from what was dealt with', () => {
    for (let at = 0; at < 5; at++) look(17, 0.7);
    loss.forget();
    for (let at = 0; at < 20; at++) look(17, 0);
    expect(loss.usual).toBe(0);
  });

  it('is not learned while it may be an overrun that goes on', () => {
    for (let at = 0; at < 50; at++) look(17, 0.2, false);
    expect(loss.usual).toBe(0);
  });

  it('is learned again where the link has become another one', () => {
    for (let at = 0; at < 100; at++) look(17, 0);
    for (let at = 0; at < 200; at++) look(17, 0.15);
    expect(loss.usual).toBeGreaterThan(0.1);
    for (let at = 0; at < 300; at++) look(17, 0);
    expect(loss.usual).toBeLessThan(0.01);
  });

  it('counts what came in a long time as past', () => {
    now += 60_000;
    expect(loss.look({ packets: 10_000, repeats: 700 }, now, true)).toBeUndefined();
    expect(loss.usual).toBeCloseTo(0.07, 2);
    expect(look(0, 0)).toEqual({ share: 0, isUnusual: false });
  });
});
