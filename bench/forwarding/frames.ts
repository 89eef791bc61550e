import type { Frame } from './pageWatch.ts';

/** The longest time without a new frame between two moments, ms. */
export function longestFreeze(frames: readonly Frame[], from: number, to: number): number {
  const times = [from, ...frames.map(({ at }) => at).filter((at) => at > from && at < to), to];
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? from)));
}

/** When a frame as wide as this came after a moment, if one did. */
export function firstAsWideAs(frames: readonly Frame[], width: number, from: number): number | undefined {
  return frames.find((frame) => frame.at > from && frame.width >= width)?.at;
}

/** When frames narrower than this came after a moment, if they did. */
export function firstNarrowerThan(frames: readonly Frame[], width: number, from: number): number | undefined {
  return frames.find((frame) => frame.at > from && frame.width < width)?.at;
}
