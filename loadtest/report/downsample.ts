/** Points of a line; a null y is a gap. */
export interface Points {
  x: number[];
  y: (number | null)[];
}

/**
 * At most two points per bucket, its lowest and its highest in their order, so that no spike is lost, and the last
 * point. Short lines stay as they are; a bucket without any value becomes a gap.
 */
export function downsample(x: readonly number[], y: readonly (number | null)[], buckets: number): Points {
  if (x.length <= buckets * 2) return { x: [...x], y: [...y] };
  const kept: Points = { x: [], y: [] };
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * x.length) / buckets);
    const to = Math.floor(((bucket + 1) * x.length) / buckets);
    const indexes = [...new Set(extremes(y, from, to))].sort((a, b) => a - b);
    for (const index of indexes) {
      kept.x.push(x[index] ?? 0);
      kept.y.push(y[index] ?? null);
    }
  }
  const last = x.length - 1;
  if (kept.x.at(-1) !== x[last]) {
    kept.x.push(x[last] ?? 0);
    kept.y.push(y[last] ?? null);
  }
  return kept;
}

/** Where the lowest and the highest value are; the first index when there is no value. */
function extremes(y: readonly (number | null)[], from: number, to: number): [number, number] {
  let low = from;
  let high = from;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let index = from; index < to; index++) {
    const value = y[index];
    if (value === null || value === undefined) continue;
    if (value < lowest) [low, lowest] = [index, value];
    if (value > highest) [high, highest] = [index, value];
  }
  return [low, high];
}
