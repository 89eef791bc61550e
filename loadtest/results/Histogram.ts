import { badRequest } from '../../src/support/errors.ts';
import type { Distribution } from './runResult.ts';

/** A histogram as JSON, small enough to be sent every second. */
export interface HistogramJson {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** Bucket and count by turns; each bucket as its distance to the one before. */
  buckets: number[];
}

const ERROR = 0.01;
const BASE = (1 + ERROR) / (1 - ERROR);
const SCALE = 1 / Math.log(BASE);
const MIDDLE = 2 / (BASE + 1);
/** 1 us if values are ms; smaller ones, also negative ones, share the lowest bucket. */
const SMALLEST = 0.001;
const LARGEST = 1e9;
const LOWEST = Math.ceil(Math.log(SMALLEST) * SCALE);
const HIGHEST = Math.ceil(Math.log(LARGEST) * SCALE);

/**
 * A distribution in logarithmic buckets: percentiles are off by 1 % at most, between 0.001 and 1e9.
 *
 * Bots in other processes, and on other machines, fill their own; merging gives the same as one for all, which an
 * average of percentiles does not. Not a library, because Node's own (`perf_hooks.createHistogram`) takes integers only and
 * cannot be sent to another machine, and the others are larger than this. The buckets are those of DDSketch (Masson,
 * Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch", VLDB 2019). Count, minimum, maximum and average
 * are exact.
 */
export class Histogram {
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  /** Count by bucket; bucket `i` reaches from BASE^(i-1), exclusive, to BASE^i. */
  readonly #buckets = new Map<number, number>();

  /** @throws ParleyError `badRequest` for what `toJSON()` cannot have made: it may come from another machine. */
  static fromJSON(json: HistogramJson): Histogram {
    const { count, sum, min, max, buckets } = json;
    const histogram = new Histogram();
    let bucket = 0;
    let total = 0;
    for (let at = 0; at < buckets.length; at += 2) {
      const distance = buckets[at];
      const held = buckets[at + 1];
      if (!isWhole(distance) || (at > 0 && distance < 1) || !isWhole(held) || held < 1) throw nonsense();
      bucket += distance;
      if (bucket < LOWEST || bucket > HIGHEST) throw nonsense();
      total += held;
      histogram.#increase(bucket, held);
    }
    const isConsistent = isWhole(count) && count === total && [sum, min, max].every(Number.isFinite);
    if (!isConsistent || min > max) throw nonsense();
    histogram.#include(count, sum, min, max);
    return histogram;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a value; what is not a finite number is left out. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#include(1, value, value, value);
    this.#increase(bucketOf(value), 1);
  }

  /** Adds all of another, which stays as it is. */
  merge(other: Histogram): void {
    this.#include(other.#count, other.#sum, other.#min, other.#max);
    for (const [bucket, count] of other.#buckets) this.#increase(bucket, count);
  }

  clear(): void {
    this.#count = this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
    this.#buckets.clear();
  }

  /** The smallest value that `share` (0 to 1) of the values do not exceed (nearest rank); 0 without values. */
  percentile(share: number): number {
    return this.#percentile(share, this.#sorted());
  }

  /** All zeros without values. */
  distribution(): Distribution {
    const sorted = this.#sorted();
    const empty = this.#count === 0;
    return {
      count: this.#count,
      min: empty ? 0 : this.#min,
      avg: empty ? 0 : this.#sum / this.#count,
      p50: this.#percentile(0.5, sorted),
      p90: this.#percentile(0.9, sorted),
      p95: this.#percentile(0.95, sorted),
      p99: this.#percentile(0.99, sorted),
      max: empty ? 0 : this.#max,
    };
  }

  toJSON(): HistogramJson {
    let last = 0;
    const buckets = this.#sorted().flatMap(([bucket, count]) => {
      const distance = bucket - last;
      last = bucket;
      return [distance, count];
    });
    const empty = this.#count === 0;
    // JSON has no infinity.
    return {
      count: this.#count,
      sum: this.#sum,
      min: empty ? 0 : this.#min,
      max: empty ? 0 : this.#max,
      buckets,
    };
  }

  #include(count: number, sum: number, min: number, max: number): void {
    if (count === 0) return;
    this.#count += count;
    this.#sum += sum;
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
  }

  #increase(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
  }

  #sorted(): [bucket: number, count: number][] {
    return [...this.#buckets].sort(([a], [b]) => a - b);
  }

  #percentile(share: number, sorted: readonly [number, number][]): number {
    if (this.#count === 0) return 0;
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (const [bucket, count] of sorted) {
      left -= count;
      if (left <= 0) return Math.min(this.#max, Math.max(this.#min, valueOf(bucket)));
    }
    return this.#max;
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function nonsense(): Error {
  return badRequest('not a histogram');
}

function bucketOf(value: number): number {
  if (value <= SMALLEST) return LOWEST;
  return Math.max(LOWEST, Math.ceil(Math.log(Math.min(value, LARGEST)) * SCALE));
}

/** At most 1 % from all values of the bucket. */
function valueOf(bucket: number): number {
  return MIDDLE * BASE ** bucket;
}
