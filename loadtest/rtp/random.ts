/** Numbers of at least 0 and less than 1. */
export type Random = () => number;

/**
 * A small generator whose sequence a seed (32 bits) repeats.
 *
 * It is mulberry32 by Tommy Ettinger (public domain), with a period of about 4e9; for made-up loss, not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
