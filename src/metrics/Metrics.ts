import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import { clusterMetrics, type ClusterFacts } from './clusterMetrics.ts';
import { connectionMetrics } from './connectionMetrics.ts';
import { Instruments } from './Instruments.ts';
import { linkMetrics } from './linkMetrics.ts';
import { mediaMetrics } from './mediaMetrics.ts';
import { processMetrics } from './processMetrics.ts';
import { roomMetrics } from './roomMetrics.ts';
import { signalingMetrics, type SignalingFacts } from './signalingMetrics.ts';
import { workerMetrics } from './workerMetrics.ts';

/** ms for which a reading is given to whoever asks. */
const FRESH_FOR = 1000;

export interface MetricsOptions extends ClusterFacts {
  pool: WorkerPool;
  rooms: RoomRegistry;
  signaling: SignalingFacts;
  /** ms for which a reading is given to whoever asks. Default: 1000. */
  freshFor?: number;
  /** ms between two observations of each peer's link. Default: 10,000. */
  linkInterval?: number;
}

/** What one server tells of itself to Prometheus. */
export class Metrics {
  readonly #instruments = new Instruments();
  readonly #freshFor: number;
  readonly #stop: () => void;
  #reading: Promise<string> | undefined;
  #latest: { text: string; at: number } | undefined;

  constructor(options: MetricsOptions) {
    const { pool, rooms, signaling, linkInterval } = options;
    const instruments = this.#instruments;
    this.#freshFor = options.freshFor ?? FRESH_FOR;
    roomMetrics(instruments, rooms);
    mediaMetrics(instruments, pool);
    connectionMetrics(instruments, pool);
    this.#stop = linkMetrics(instruments, {
      rooms,
      ...(linkInterval === undefined ? {} : { interval: linkInterval }),
    });
    workerMetrics(instruments, pool);
    signalingMetrics(instruments, signaling);
    clusterMetrics(instruments, options);
    for (const metric of processMetrics()) instruments.adopt(metric);
  }

  get contentType(): string {
    return this.#instruments.contentType;
  }

  /** What there is to read. */
  get definitions(): Instruments['definitions'] {
    return this.#instruments.definitions;
  }

  /**
   * All values, in Prometheus's text format. Whoever asks while they are read, or within a second after, gets the same, so
   * that no number of scrapes makes more work.
   */
  read(): Promise<string> {
    const { text, at } = this.#latest ?? { text: '', at: -Infinity };
    if (performance.now() - at < this.#freshFor) return Promise.resolve(text);
    this.#reading ??= this.#take().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** Nothing is observed any more. Idempotent. */
  close(): void {
    this.#stop();
  }

  async #take(): Promise<string> {
    const text = await this.#instruments.text();
    this.#latest = { text, at: performance.now() };
    return text;
  }
}
