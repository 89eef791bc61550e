import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** ms between two measurements of the event loop. */
const RESOLUTION = 20;
/** ms over which it is averaged. */
const INTERVAL = 1000;

/** From where on a server counts as overloaded. */
export interface OverloadThresholds {
  /** Share of the time in which one media worker is not idle; at 1 it has no time left. */
  workerBusy: number;
  /** ms by which the event loop of the control plane is late, on average over a second. */
  loopDelay: number;
}

export const defaultOverload: OverloadThresholds = { workerBusy: 0.95, loopDelay: 100 };

/** Whether this server has time left: its media workers, and the control plane. */
export class ServerLoad {
  readonly #thresholds: OverloadThresholds;
  readonly #histogram: IntervalHistogram;
  readonly #timer: NodeJS.Timeout;
  #loopDelay = 0;

  constructor(thresholds: Partial<OverloadThresholds> = {}) {
    this.#thresholds = { ...defaultOverload, ...thresholds };
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#histogram.enable();
    this.#timer = setInterval(() => this.#measure(), INTERVAL).unref();
  }

  /** ms by which the event loop was late on average in the last second. */
  get loopDelay(): number {
    return this.#loopDelay;
  }

  /** @param workerBusy Of the media worker that matters. */
  isOverloaded(workerBusy: number): boolean {
    return workerBusy >= this.#thresholds.workerBusy || this.#loopDelay >= this.#thresholds.loopDelay;
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  #measure(): void {
    // What it records is the time between two measurements.
    this.#loopDelay = this.#histogram.count === 0 ? 0 : Math.max(0, this.#histogram.mean / 1e6 - RESOLUTION);
    this.#histogram.reset();
  }
}
