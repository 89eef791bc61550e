import type { Router, WebRtcServer } from 'mediasoup/types';
import { invalidState, unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { MediaWorker } from '../workers/MediaWorker.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import { mediaCodecs } from './mediaCodecs.ts';

/**
 * ms for which a room looks for a worker before it gives up: longer than the pool's longest pause before it tries
 * again to start one.
 */
const PLACEMENT_DEADLINE = 60_000;
/** Failures on living workers before a room gives up. */
const ATTEMPTS = 3;

/** A router together with the worker's server that its transports listen on. */
export interface RoomRouter {
  router: Router;
  webRtcServer: WebRtcServer;
  /** Grows with every replacement; objects of an older epoch are gone. */
  epoch: number;
  /** What it sends and receives together, bps, as last measured. */
  bitrate: () => number;
  /** CPU time per wall time of its worker, as last measured. */
  workerCpu: () => number;
}

interface RoomRoutersEvents {
  /** The worker died and a router on another one is ready. */
  reset: [current: RoomRouter];
  /** No worker could be had. */
  failed: [error: unknown];
}

/** Owns the room's router: places it on the least loaded worker, and anew when that worker dies. */
export class RoomRouters extends TypedEmitter<RoomRoutersEvents> {
  readonly #pool: WorkerPool;
  readonly #logger: Logger;
  readonly #equip: (router: Router) => void;
  #current: Promise<RoomRouter>;
  #live: RoomRouter | undefined;
  #epoch = 0;
  #closed = false;

  /** `equip` is given every new router before anybody else gets it. */
  constructor(pool: WorkerPool, equip: (router: Router) => void, logger: Logger) {
    super();
    this.#pool = pool;
    this.#equip = equip;
    this.#logger = logger;
    this.#current = this.#place();
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** bps that the room sends and receives, as last measured. */
  get bitrate(): number {
    return this.#live?.bitrate() ?? 0;
  }

  /** CPU time per wall time of the worker that the room is on; 1 is one core. */
  get workerCpu(): number {
    return this.#live?.workerCpu() ?? 0;
  }

  /**
   * The router to build on, once it is there.
   *
   * @throws ParleyError `unavailable` when no worker could be had, `invalidState` when closed.
   */
  async current(): Promise<RoomRouter> {
    this.#assertOpen();
    return this.#current;
  }

  /** Closes the router; mediasoup closes its transports. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#live?.router.close();
    this.#live = undefined;
  }

  /** Tries again where a worker dies meanwhile, because all of them may die at once. */
  #place(): Promise<RoomRouter> {
    const placed = (async () => {
      const deadline = performance.now() + PLACEMENT_DEADLINE;
      let failures = 0;
      for (;;) {
        const worker = await this.#pool.leastLoadedWithin(deadline - performance.now());
        this.#assertOpen();
        try {
          return await this.#create(worker);
        } catch (error) {
          // A worker that died is not chosen again, so it need not count.
          if (!worker.closed) failures += 1;
          if (this.#closed || failures === ATTEMPTS) throw error;
          this.#logger.warn({ error, worker: worker.pid }, 'placing the room failed, trying again');
        }
      }
    })();
    placed.catch((error: unknown) => {
      if (!this.#closed) this.emit('failed', error);
    });
    return placed;
  }

  async #create(worker: MediaWorker): Promise<RoomRouter> {
    const router = await worker.createRouter({ mediaCodecs });
    try {
      this.#equip(router);
      if (router.closed) throw unavailable('the worker died while the room was placed on it');
      this.#assertOpen();
    } catch (error) {
      router.close();
      throw error;
    }
    this.#epoch += 1;
    const current = {
      router,
      webRtcServer: worker.webRtcServer,
      epoch: this.#epoch,
      bitrate: () => worker.bitrateOf(router),
      workerCpu: () => worker.load.cpu,
    };
    this.#live = current;
    router.on('workerclose', () => this.#workerClosed());
    this.#logger.debug({ worker: worker.pid, epoch: this.#epoch }, 'router created');
    return current;
  }

  #assertOpen(): void {
    if (this.#closed) throw invalidState('the room is closed');
  }

  #workerClosed(): void {
    this.#live = undefined;
    if (this.#closed) return;
    this.#logger.warn({ epoch: this.#epoch }, 'the worker of this room died, moving it');
    this.#current = this.#place();
    this.#current.then(
      (current) => {
        if (this.#live === current) this.emit('reset', current);
      },
      () => undefined,
    );
  }
}
