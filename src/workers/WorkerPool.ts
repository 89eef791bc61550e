import { availableParallelism } from 'node:os';
import type { types } from 'mediasoup';
import { badRequest, invalidState, ParleyError, unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { freePort } from './freePort.ts';
import { listenAddresses, type ListenAddress } from './listenAddresses.ts';
import { MediaWorker, type WorkerDeath } from './MediaWorker.ts';
import type { WatchdogSettings } from './Watchdog.ts';
import type { WorkerLoad } from './workerLoad.ts';
import { WorkerTotals } from './WorkerTotals.ts';

export interface WorkerPoolOptions {
  /** Number of workers. Default: one per core. */
  count?: number;
  /** Media port of the first worker, for UDP and TCP; worker i has `rtcPort + i`. 0 takes any free ports. */
  rtcPort: number;
  /** See `listenAddresses()`. Default: every LAN address. */
  announcedAddresses?: readonly string[];
  logger: Logger;
  watchdog?: Partial<WatchdogSettings>;
  logLevel?: types.WorkerLogLevel;
}

/** One worker's line in `status()`. */
export interface WorkerStatus extends WorkerLoad {
  index: number;
  port: number;
  /** Whether it runs; a dead one is being replaced. */
  alive: boolean;
  pid?: number;
  /** How often this place had to be filled again. */
  respawns: number;
}

/** A place that workers fill, one after the other. */
export interface WorkerPlace {
  readonly index: number;
  /** Undefined while a dead one is being replaced. */
  readonly worker?: MediaWorker;
  /** Of all workers that it has had. */
  readonly totals: WorkerTotals;
}

interface WorkerPoolEvents {
  /** A worker and everything on it is gone; another takes its place. */
  workerDied: [event: { worker: MediaWorker; reason: WorkerDeath }];
  /** The replacement of a dead worker runs, on the same ports. */
  workerReady: [event: { worker: MediaWorker }];
  /** All workers and routers are closed; their processes may still be ending. Once. */
  closed: [];
}

interface Slot extends WorkerPlace {
  /** 0 until one was found, when any will do. */
  port: number;
  worker?: MediaWorker;
  startedAt: number;
  /** Deaths and failed starts since it last ran for a while. */
  failures: number;
  respawns: number;
  timer?: NodeJS.Timeout;
}

/** ms before the nth attempt in a row to fill a place; the last one repeats. */
const RESPAWN_DELAYS_MS = [0, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** ms after which a worker's death is no longer held against its place. */
const STABLE_AFTER_MS = 60_000;
const FREE_PORT_ATTEMPTS = 5;

/** The media workers of this server: keeps them running, and tells how loaded each is. */
export class WorkerPool extends TypedEmitter<WorkerPoolEvents> {
  readonly #options: WorkerPoolOptions;
  readonly #addresses: readonly ListenAddress[];
  readonly #logger: Logger;
  readonly #slots: readonly Slot[];
  /** Workers that start, and processes that end. */
  readonly #pending = new Set<Promise<unknown>>();
  #closed = false;

  /**
   * Starts all workers; when one cannot start, those that did are gone before this rejects.
   *
   * @throws ParleyError `badRequest` for impossible options, otherwise what `MediaWorker.create` throws.
   */
  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const count = options.count ?? availableParallelism();
    checkOptions(count, options.rtcPort);
    const pool = new WorkerPool(options, count);
    const starts = pool.#slots.map((slot) => pool.#startFirst(slot));
    const failed = (await Promise.allSettled(starts)).find((start) => start.status === 'rejected');
    if (failed) {
      pool.close();
      await pool.terminated();
      throw failed.reason;
    }
    return pool;
  }

  private constructor(options: WorkerPoolOptions, count: number) {
    super();
    this.#options = options;
    this.#logger = options.logger;
    this.#addresses = listenAddresses(options.announcedAddresses);
    this.#slots = Array.from({ length: count }, (_, index) => ({
      index,
      port: options.rtcPort === 0 ? 0 : options.rtcPort + index,
      startedAt: 0,
      failures: 0,
      respawns: 0,
      totals: new WorkerTotals(),
    }));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether any worker runs. */
  get ready(): boolean {
    return this.workers.length > 0;
  }

  /** What there is in each place, and what was done there. */
  get places(): readonly WorkerPlace[] {
    return this.#slots;
  }

  /** The workers that run. */
  get workers(): readonly MediaWorker[] {
    return this.#slots.flatMap(({ worker }) => (worker && !worker.closed ? [worker] : []));
  }

  /**
   * Waits up to `ms` for a replacement when no worker runs.
   *
   * @throws ParleyError `unavailable` when there is none by then, `invalidState` after `close()`.
   */
  async readyWithin(ms: number): Promise<void> {
    if (!this.#closed && !this.ready) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, ms);
        const offs = [this.on('workerReady', done), this.on('closed', done)];
        function done(): void {
          clearTimeout(timer);
          for (const off of offs) off();
          resolve();
        }
      });
    }
    if (this.#closed) throw invalidState('the worker pool is closed');
    if (!this.ready) throw unavailable('no media worker is running; try again shortly');
  }

  /** One line per worker, for `/readyz` and the log. */
  status(): WorkerStatus[] {
    return this.#slots.map(({ index, port, respawns, worker }) => {
      const alive = worker !== undefined && !worker.closed;
      const load = alive ? worker.load : NO_LOAD;
      return { index, port, alive, ...(alive ? { pid: worker.pid } : {}), respawns, ...load };
    });
  }

  /** Closes all workers at once, and with them every router. Idempotent; `terminated()` tells the end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const slot of this.#slots) {
      clearTimeout(slot.timer);
      slot.worker?.close('poolClosed');
    }
    this.emit('closed');
  }

  /** Resolves when no process of a closed pool is left: within about a second, frozen ones included. */
  async terminated(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled([...this.#pending]);
  }

  async #startFirst(slot: Slot): Promise<void> {
    const anyPort = slot.port === 0;
    for (let attempt = 1; ; attempt += 1) {
      if (anyPort) slot.port = await freePort(this.#addresses.map(({ ip }) => ip));
      try {
        await this.#start(slot);
        return;
      } catch (error) {
        // A port that was free a moment ago may have found another taker.
        if (!anyPort || attempt === FREE_PORT_ATTEMPTS || !isPortInUse(error)) throw error;
      }
    }
  }

  /** Fills the place with a new worker. */
  async #start(slot: Slot): Promise<MediaWorker> {
    const worker = await this.#track(
      MediaWorker.create({
        index: slot.index,
        port: slot.port,
        addresses: this.#addresses,
        logger: this.#logger,
        totals: slot.totals,
        watchdog: this.#options.watchdog ?? {},
        logLevel: this.#options.logLevel ?? 'warn',
      }),
    );
    void this.#track(worker.terminated);
    if (this.#closed) {
      worker.close('poolClosed');
      throw invalidState('the worker pool is closed');
    }
    slot.worker = worker;
    slot.startedAt = performance.now();
    worker.on('died', (reason) => this.#workerDied(slot, worker, reason));
    worker.on('closed', () => delete slot.worker);
    return worker;
  }

  #workerDied(slot: Slot, worker: MediaWorker, reason: WorkerDeath): void {
    if (performance.now() - slot.startedAt > STABLE_AFTER_MS) slot.failures = 0;
    this.#respawnLater(slot);
    this.emit('workerDied', { worker, reason });
  }

  #respawnLater(slot: Slot): void {
    if (this.#closed) return;
    const delay = RESPAWN_DELAYS_MS[Math.min(slot.failures, RESPAWN_DELAYS_MS.length - 1)];
    slot.failures += 1;
    slot.timer = setTimeout(() => void this.#respawn(slot), delay);
  }

  async #respawn(slot: Slot): Promise<void> {
    try {
      const worker = await this.#start(slot);
      slot.respawns += 1;
      this.emit('workerReady', { worker });
    } catch (error) {
      if (this.#closed) return;
      // Among other reasons, the kernel may not have let go of the dead worker's port yet.
      this.#logger.warn({ worker: slot.index, port: slot.port, error }, 'worker could not be replaced yet');
      this.#respawnLater(slot);
    }
  }

  #track<T>(promise: Promise<T>): Promise<T> {
    const settled = (): void => void this.#pending.delete(promise);
    this.#pending.add(promise);
    promise.then(settled, settled);
    return promise;
  }
}

const NO_LOAD: WorkerLoad = {
  cpu: 0,
  routers: 0,
  consumers: 0,
  bitrate: 0,
  unmeasuredRooms: 0,
  expectedConsumers: 0,
};

function checkOptions(count: number, rtcPort: number): void {
  if (!Number.isInteger(count) || count < 1) throw badRequest('the number of workers must be at least 1');
  if (!Number.isInteger(rtcPort) || rtcPort < 0 || (rtcPort !== 0 && rtcPort + count - 1 > 65_535)) {
    throw badRequest(`${count} workers do not fit on the ports from ${rtcPort} to 65535`);
  }
}

function isPortInUse(error: unknown): boolean {
  return error instanceof ParleyError && error.code === 'conflict';
}
