import { limitExceeded } from '../support/errors.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import type { Limits } from './limits.ts';
import type { ServerLoad } from './ServerLoad.ts';

/** What a room already has of what is limited. */
export interface Occupancy {
  /** Peers that are in, or on their way in. */
  readonly occupancy: number;
  /** Producers that are there, or being created. */
  readonly producerOccupancy: number;
}

/** Whether the server as a whole still takes a peer or a track; each room has limits of its own besides. */
export class ServerCapacity {
  readonly #limits: Limits;
  readonly #pool: WorkerPool;
  readonly #load: ServerLoad;
  readonly #rooms: () => Iterable<Occupancy>;

  constructor(limits: Limits, pool: WorkerPool, load: ServerLoad, rooms: () => Iterable<Occupancy>) {
    this.#limits = limits;
    this.#pool = pool;
    this.#load = load;
    this.#rooms = rooms;
  }

  /** @throws ParleyError `limitExceeded` when the server is full or out of bandwidth. */
  assertPeer(): void {
    const { maxPeers, maxBitrate } = this.#limits;
    if (this.#total((room) => room.occupancy) >= maxPeers) {
      throw limitExceeded(`the server is full: ${maxPeers} peers`);
    }
    if (maxBitrate === 0) return;
    const bitrate = this.#pool.status().reduce((sum, worker) => sum + worker.bitrate, 0);
    if (bitrate >= maxBitrate) throw limitExceeded('the server has no bandwidth left');
  }

  /** @throws ParleyError `limitExceeded` when the server has its fill of producers. */
  assertProducer(): void {
    const { maxProducers } = this.#limits;
    if (this.#total((room) => room.producerOccupancy) >= maxProducers) {
      throw limitExceeded(`the server takes ${maxProducers} tracks`);
    }
  }

  /**
   * Whether there is no time left for those who are in.
   *
   * @param workerBusy Share of the time in which their media worker is not idle.
   */
  isOverloaded(workerBusy: number): boolean {
    return this.#load.isOverloaded(workerBusy);
  }

  #total(of: (room: Occupancy) => number): number {
    let total = 0;
    for (const room of this.#rooms()) total += of(room);
    return total;
  }
}
