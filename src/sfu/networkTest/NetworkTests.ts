import { limitExceeded, invalidState, unavailable } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import { leastLoaded } from '../../workers/workerLoad.ts';
import type { WorkerPool } from '../../workers/WorkerPool.ts';
import { NetworkTest } from './NetworkTest.ts';

/** Tests at a time: each may move 2 MB within seconds, which calls should not notice. */
const AT_ONCE = 8;

export interface NetworkTestsOptions {
  pool: Pick<WorkerPool, 'workers' | 'status'>;
  logger: Logger;
  /** How many go on at a time. Default 8. */
  atOnce?: number;
  /** ms after which each ends. Default: as the protocol says. */
  lifetime?: number;
}

/** The tests of the network that go on, by people who have not joined: few at a time, and no room is touched. */
export class NetworkTests {
  readonly #options: NetworkTestsOptions;
  readonly #tests = new Set<NetworkTest>();
  /** Those that are being opened. */
  #opening = 0;
  #closed = false;

  constructor(options: NetworkTestsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#tests.size;
  }

  /** Ports on which media travels. */
  get ports(): number[] {
    return this.#options.pool.status().map(({ port }) => port);
  }

  /**
   * Opens one on the least loaded worker.
   *
   * @param relay Whether there is a TURN server to try.
   * @throws ParleyError `limitExceeded` when too many go on, `unavailable` without a worker, `invalidState` after `close()`.
   */
  async open(relay: boolean): Promise<NetworkTest> {
    const { pool, atOnce = AT_ONCE, lifetime, logger } = this.#options;
    if (this.#closed) throw invalidState('the server is closing');
    if (this.#tests.size + this.#opening >= atOnce)
      throw limitExceeded('too many test their network at the moment; try again in a moment');
    const worker = leastLoaded(pool.workers);
    if (!worker) throw unavailable('no media worker is running; try again shortly');
    this.#opening += 1;
    try {
      const router = await worker.createRouter({ mediaCodecs: [] });
      const { webRtcServer } = worker;
      const ends = lifetime === undefined ? {} : { lifetime };
      const test = await NetworkTest.open(router, { webRtcServer, relay, ...ends });
      if (this.#isClosed()) {
        test.close();
        throw invalidState('the server is closing');
      }
      this.#tests.add(test);
      test.once('closed', () => this.#tests.delete(test));
      logger.debug({ worker: worker.index, tests: this.#tests.size }, 'network test');
      return test;
    } finally {
      this.#opening -= 1;
    }
  }

  /** Ends all. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const test of [...this.#tests]) test.close();
  }

  // A call, because the compiler takes the field for unchanged across an await.
  #isClosed(): boolean {
    return this.#closed;
  }
}
