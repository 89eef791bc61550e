import { Histogram, type HistogramJson } from './Histogram.ts';
import type { MetricName } from './metrics.ts';

/** What is counted. Numbers of packets are of media alone, without probing. */
export const COUNTERS = [
  'joinTried',
  'joinDone',
  'joinFailed',
  'lost',
  'sentPackets',
  'sentBytes',
  'receivedPackets',
  'receivedBytes',
  'audioExpected',
  'audioLost',
  'audioRecovered',
  'audioReordered',
  'videoExpected',
  'videoLost',
  'videoRecovered',
  'videoReordered',
  'nackedPackets',
  'plis',
  'freezes',
  'videoStreamMs',
  'samples',
  'badSamples',
  'requestErrors',
  'errors',
  'linkLost',
  'strayPackets',
  'onsetsMissed',
  'causeChanges',
  'layersSwitchedOff',
  'layersSwitchedOn',
  'keyFramesAsked',
  'keyFramesMade',
] as const;
export type Counter = (typeof COUNTERS)[number];

/** What is told of a room, per second. */
export interface RoomTally {
  audioExpected: number;
  audioLost: number;
  videoExpected: number;
  videoLost: number;
  freezes: number;
  joined: number;
  failed: number;
  /** Subscriptions that should have got media in this second, and that did. */
  due: number;
  flowing: number;
  latency?: HistogramJson;
}

export interface ErrorTally {
  phase: string;
  code: string;
  message: string;
  count: number;
  /** Unix ms. */
  firstAt: number;
}

/** Everything since the flush before; it goes from a generator to the coordinator as JSON. */
export interface Tally {
  counters: Partial<Record<Counter, number>>;
  histograms: Partial<Record<MetricName, HistogramJson>>;
  rooms: Record<string, RoomTally>;
  errors: ErrorTally[];
}

/** Different errors that are told apart per flush; more become one. */
const MAX_ERRORS = 50;

const emptyRoom = (): Omit<RoomTally, 'latency'> => ({
  audioExpected: 0,
  audioLost: 0,
  videoExpected: 0,
  videoLost: 0,
  freezes: 0,
  joined: 0,
  failed: 0,
  due: 0,
  flowing: 0,
});

/** Where the bots of one process put what they measure. */
export class Collector {
  #counters = new Map<Counter, number>();
  readonly #histograms = new Map<MetricName, Histogram>();
  #rooms = new Map<string, Omit<RoomTally, 'latency'>>();
  readonly #roomLatencies = new Map<string, Histogram>();
  #errors = new Map<string, ErrorTally>();

  count(counter: Counter, by = 1): void {
    if (by !== 0) this.#counters.set(counter, (this.#counters.get(counter) ?? 0) + by);
  }

  observe(metric: MetricName, value: number): void {
    this.histogram(metric).add(value);
  }

  /** For those who observe often; it stays the same through flushes. */
  histogram(metric: MetricName): Histogram {
    let histogram = this.#histograms.get(metric);
    if (!histogram) this.#histograms.set(metric, (histogram = new Histogram()));
    return histogram;
  }

  /** Its latencies in ms; stays the same through flushes. */
  roomLatency(room: string): Histogram {
    let histogram = this.#roomLatencies.get(room);
    if (!histogram) this.#roomLatencies.set(room, (histogram = new Histogram()));
    return histogram;
  }

  /** The tally of a room since the last flush, to be added to. */
  room(room: string): Omit<RoomTally, 'latency'> {
    let tally = this.#rooms.get(room);
    if (!tally) this.#rooms.set(room, (tally = emptyRoom()));
    return tally;
  }

  error(phase: string, code: string, message: string): void {
    this.count('errors');
    const full = this.#errors.size >= MAX_ERRORS;
    const text = full ? 'further errors' : message.slice(0, 300);
    const key = full ? 'more' : `${phase}\n${code}\n${text}`;
    const known = this.#errors.get(key);
    if (known) known.count++;
    else this.#errors.set(key, { phase, code, message: text, count: 1, firstAt: Date.now() });
  }

  /** Hands over what came since the last flush. */
  flush(): Tally {
    const histograms: Tally['histograms'] = {};
    for (const [metric, histogram] of this.#histograms) {
      if (histogram.count > 0) histograms[metric] = histogram.toJSON();
      histogram.clear();
    }
    const rooms: Tally['rooms'] = {};
    for (const [room, tally] of this.#rooms) {
      const latency = this.#roomLatencies.get(room);
      rooms[room] = { ...tally, ...(latency && latency.count > 0 ? { latency: latency.toJSON() } : {}) };
      latency?.clear();
    }
    const counters: Tally['counters'] = Object.fromEntries(this.#counters);
    const errors = [...this.#errors.values()];
    this.#counters = new Map();
    this.#rooms = new Map();
    this.#errors = new Map();
    return { counters, histograms, rooms, errors };
  }
}
