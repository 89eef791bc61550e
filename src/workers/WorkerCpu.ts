import { processTime } from './processTime.ts';

/** Share of a core from which on a worker has so much to do itself that it is no longer the neighbours who keep it from it. */
const AT_LEAST_HALF = 0.5;

/** How much of its core a worker process needs. */
export class WorkerCpu {
  readonly #pid: number;
  #last: { worked: number; waited: number; at: number } | undefined;
  #used = 0;
  #busy = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** CPU time per wall time, the mean of the last samples, of which the latest weighs half; 1 is one core fully used. */
  get used(): number {
    return this.#used;
  }

  /** Share of the time up to the last sample in which it was not idle: at 1 it has no time left, whoever else uses its core. */
  get busy(): number {
    return this.#busy;
  }

  /**
   * @param told CPU time so far, ms, as the worker said itself; it counts where the kernel does not say, because the
   *   answer of a busy worker is old when it comes.
   */
  sample(told = NaN): void {
    const { worked, waited } = processTime(this.#pid);
    const now = { worked: Number.isNaN(worked) ? told : worked, waited, at: performance.now() };
    if (Number.isNaN(now.worked)) return;
    // The first is only where to count from: what the start cost says nothing about the load.
    if (this.#last) {
      const elapsed = Math.max(1, now.at - this.#last.at);
      const used = (now.worked - this.#last.worked) / elapsed;
      const waiting = (now.waited - this.#last.waited || 0) / elapsed;
      this.#used = (this.#used + used) / 2;
      this.#busy = used < AT_LEAST_HALF ? used : used + waiting;
    }
    this.#last = now;
  }
}
