import type { Flow } from './pageWatch.ts';

/** The parts of a flow that count bytes. */
type Bytes = 'videoSent' | 'videoReceived' | 'received';

/** bps between two moments, as far as there are samples of them. */
export function rateBetween(flows: readonly Flow[], what: Bytes, from: number, to: number): number {
  const inside = flows.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [inside[0], inside.at(-1)];
  if (!first || !last || first === last) return NaN;
  return ((last[what] - first[what]) * 8000) / (last.at - first.at);
}

/** ms from a moment until the rate of half a second is for the first time at most this. */
export function fallsTo(flows: readonly Flow[], what: Bytes, from: number, rate: number): number {
  const fallen = flows.find(({ at }) => at >= from + 500 && rateBetween(flows, what, at - 550, at) <= rate);
  return fallen ? fallen.at - from : Infinity;
}
