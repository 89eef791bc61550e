import { createWorker, type types } from 'mediasoup';
import { badRequest, conflict, invalidState, ParleyError, unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { listenInfos, type ListenAddress } from './listenAddresses.ts';
import { processTime } from './processTime.ts';
import { Watchdog, type WatchdogSettings } from './Watchdog.ts';
import { WorkerCpu } from './WorkerCpu.ts';
import type { WorkerLoad } from './workerLoad.ts';
import { WorkerObjects } from './WorkerObjects.ts';
import { WorkerStreams } from './WorkerStreams.ts';
import { WorkerTotals } from './WorkerTotals.ts';
import { WorkerTraffic } from './WorkerTraffic.ts';
import { assertWorkerVersion } from './workerVersion.ts';

export interface MediaWorkerOptions {
  /** Place in the pool; only names the worker in logs and errors. */
  index: number;
  /** The one UDP and the one TCP port. */
  port: number;
  addresses: readonly ListenAddress[];
  logger: Logger;
  /** Where what it does is added. */
  totals?: WorkerTotals;
  watchdog?: Partial<WatchdogSettings>;
  /** What the C++ process logs, through `forwardMediasoupLogs` or `DEBUG=mediasoup*`. Default `warn`. */
  logLevel?: types.WorkerLogLevel;
}

/** How a worker was lost: its process ended, or it no longer answered and was killed. */
export const WORKER_DEATHS = ['crashed', 'frozen'] as const;
export type WorkerDeath = (typeof WORKER_DEATHS)[number];
export type MediaWorkerCloseReason = WorkerDeath | 'startFailed' | 'poolClosed';

interface MediaWorkerEvents {
  /** The process is gone although nobody closed it; its routers are closed already. At most once. */
  died: [reason: WorkerDeath];
  /** Once, however it ended; after `died`. */
  closed: [reason: MediaWorkerCloseReason];
}

const WATCHDOG: WatchdogSettings = { intervalMs: 2_000, deadlineMs: 1_500, misses: 2, missesAtWork: 40 };
/** ms that a worker told to close gets to say goodbye (DTLS alerts) before SIGKILL. */
const CLOSE_DEADLINE_MS = 1_000;

/**
 * One mediasoup worker process and its WebRtcServer on one UDP and one TCP port.
 *
 * Measures its load, and kills a process that no longer answers, because requests to a frozen mediasoup
 * worker wait for ever. See https://mediasoup.org/documentation/v3/mediasoup/api/#Worker
 */
export class MediaWorker extends TypedEmitter<MediaWorkerEvents> {
  readonly index: number;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly terminated: Promise<void>;
  /** What lives on it. */
  readonly objects: WorkerObjects;
  readonly #worker: types.Worker;
  readonly #logger: Logger;
  readonly #watchdog: Watchdog<types.WorkerResourceUsage>;
  readonly #totals: WorkerTotals;
  readonly #traffic: WorkerTraffic;
  readonly #streams: WorkerStreams;
  #webRtcServer: types.WebRtcServer | undefined;
  #closed = false;
  #frozen = false;
  readonly #cpu: WorkerCpu;
  /** CPU time that is in the totals already, ms. */
  #counted = { user: 0, system: 0 };
  readonly #expectedRooms = new Expected();
  readonly #expectedConsumers = new Expected();

  /**
   * Starts the process and binds its ports.
   *
   * @throws ParleyError `conflict` when a port is in use, `badRequest` when an address cannot be bound,
   *   `unavailable` when the process does not start or is not mediasoup's of the right version.
   */
  static async create(options: MediaWorkerOptions): Promise<MediaWorker> {
    const worker = new MediaWorker(await startProcess(options.logLevel ?? 'warn'), options);
    try {
      await assertWorkerVersion(worker.#worker);
      worker.#webRtcServer = await worker.#worker.createWebRtcServer({
        listenInfos: listenInfos(options.addresses, options.port),
      });
    } catch (error) {
      worker.close('startFailed');
      await worker.terminated;
      throw startError(error, options);
    }
    if (worker.#closed) throw unavailable(`worker ${options.index} died while it started`);
    worker.#logger.info({ pid: worker.pid, port: worker.port }, 'worker started');
    return worker;
  }

  private constructor(worker: types.Worker, options: MediaWorkerOptions) {
    super();
    this.#worker = worker;
    this.index = options.index;
    this.port = options.port;
    this.pid = worker.pid;
    this.#cpu = new WorkerCpu(worker.pid);
    this.#logger = options.logger.child({ worker: options.index });
    this.objects = new WorkerObjects(worker);
    this.#totals = options.totals ?? new WorkerTotals();
    this.#traffic = new WorkerTraffic(worker, this.#totals);
    this.#streams = new WorkerStreams(this.objects, this.#totals);
    this.terminated = new Promise((resolve) => worker.once('subprocessclose', resolve));
    worker.once('died', (error) => this.#processDied(error));
    this.#watchdog = new Watchdog({
      ...WATCHDOG,
      ...options.watchdog,
      ask: () => worker.getResourceUsage(),
      workedMs: () => processTime(this.pid).worked,
      onAnswer: (usage) => this.#measured(usage),
      onMiss: (misses) => this.#missed(misses),
      onFrozen: () => this.#kill(),
    });
  }

  /** True from the moment in which its routers close, before `died` is told. */
  get closed(): boolean {
    return this.#closed || this.#worker.closed;
  }

  /** As last measured; the CPU is the mean of the last intervals, the latest weighing half. */
  get load(): WorkerLoad {
    return {
      cpu: this.#cpu.used,
      routers: this.#traffic.routers,
      consumers: this.#traffic.consumers,
      bitrate: this.#traffic.bitrate,
      unmeasuredRooms: this.#expectedRooms.count,
      expectedConsumers: this.#expectedConsumers.count,
    };
  }

  /** Share of the time in which it is not idle, as last measured, also while it is too busy to answer. */
  get busy(): number {
    return this.#cpu.busy;
  }

  /** What one of its routers sends and receives together, bps, as last measured. */
  bitrateOf(router: types.Router): number {
    return this.#traffic.bitrateOf(router);
  }

  /** Where this worker's WebRtcTransports listen. */
  get webRtcServer(): types.WebRtcServer {
    if (!this.#webRtcServer) throw invalidState('the worker is still starting');
    return this.#webRtcServer;
  }

  /** Counts a room against the load until it can be seen in the measurements (one to two intervals). */
  expectRoom(): void {
    this.#expectedRooms.add(1);
  }

  /** The same for the consumers of a peer that is on its way. */
  expectConsumers(count: number): void {
    this.#expectedConsumers.add(count);
  }

  /**
   * @throws ParleyError `badRequest` for codecs that mediasoup does not support, `unavailable` when the
   *   worker is closed or dies meanwhile.
   */
  async createRouter(options: types.RouterOptions): Promise<types.Router> {
    if (this.#closed) throw unavailable(`worker ${this.index} is closed`);
    try {
      return await this.#worker.createRouter(options);
    } catch (error) {
      // Read again: the worker may have gone while it was asked.
      if (this.#worker.closed) throw unavailable(`worker ${this.index} is closed`, { cause: error });
      throw badRequest(`cannot create a router: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Closes routers and WebRtcServer at once and ends the process, by force if it must. Idempotent. */
  close(reason: 'startFailed' | 'poolClosed'): void {
    if (this.#closed) return;
    this.#worker.close();
    const killTimer = setTimeout(() => this.#signalKill(), CLOSE_DEADLINE_MS);
    void this.terminated.then(() => clearTimeout(killTimer));
    this.#end(reason);
  }

  #processDied(error: Error): void {
    if (this.#closed) return;
    const reason: WorkerDeath = this.#frozen ? 'frozen' : 'crashed';
    this.#logger.warn({ pid: this.pid, reason, error }, 'worker died');
    this.#closed = true;
    this.emit('died', reason);
    this.#end(reason);
  }

  #end(reason: MediaWorkerCloseReason): void {
    this.#closed = true;
    this.#watchdog.close();
    this.#logger.debug({ pid: this.pid, reason }, 'worker closed');
    this.emit('closed', reason);
  }

  #kill(): void {
    this.#frozen = true;
    this.#logger.warn({ pid: this.pid }, 'worker is frozen, killing it');
    this.#signalKill();
  }

  #signalKill(): void {
    // Once the process was reaped its pid may belong to somebody else.
    if (this.#worker.subprocessClosed) return;
    try {
      process.kill(this.pid, 'SIGKILL');
    } catch (error) {
      this.#logger.debug({ pid: this.pid, error }, 'worker was gone before it could be killed');
    }
  }

  #missed(misses: number): void {
    this.#logger.warn({ pid: this.pid, misses }, 'worker does not answer');
    this.#cpu.sample();
  }

  #measured({ ru_utime: user, ru_stime: system }: types.WorkerResourceUsage): void {
    this.#cpu.sample(user + system);
    this.#totals.cpu.user += (user - this.#counted.user) / 1000;
    this.#totals.cpu.system += (system - this.#counted.system) / 1000;
    this.#counted = { user, system };
    this.#expectedRooms.measured();
    this.#expectedConsumers.measured();
    void this.#traffic.sample();
    void this.#streams.sample();
  }
}

/** What was announced, until the second measurement after it. */
class Expected {
  #recent = 0;
  #former = 0;

  get count(): number {
    return this.#recent + this.#former;
  }

  add(count: number): void {
    this.#recent += count;
  }

  measured(): void {
    this.#former = this.#recent;
    this.#recent = 0;
  }
}

async function startProcess(logLevel: types.WorkerLogLevel): Promise<types.Worker> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => new Set(process.rawListeners(signal)));
  const maxListeners = process.getMaxListeners();
  const starting = createWorker({ logLevel });
  // mediasoup would close every worker at the signal, before rooms could be told; the server handles it.
  signals.forEach((signal, i) => {
    for (const listener of process.rawListeners(signal)) {
      if (!before[i]?.has(listener)) process.removeListener(signal, listener as NodeJS.SignalsListener);
    }
  });
  process.setMaxListeners(maxListeners);
  try {
    return await starting;
  } catch (error) {
    throw unavailable(`the media worker process did not start: ${messageOf(error)}`, { cause: error });
  }
}

/** What a failed start means to whoever configured it; mediasoup has only words for it. */
function startError(error: unknown, options: MediaWorkerOptions): ParleyError {
  if (error instanceof ParleyError) return error;
  const message = messageOf(error);
  const failure = /\[protocol:(\w+), ip:'([^']+)', port:(\d+)[^\]]*\]: (.*)/.exec(message);
  if (!failure) return unavailable(`worker ${options.index} did not start: ${message}`, { cause: error });
  const [, protocol = '', ip = '', port = '', why = ''] = failure;
  const where = `${protocol.toUpperCase()} port ${port} on ${ip}`;
  if (why.includes('address already in use')) {
    return conflict(`${where} is in use; worker ${options.index} needs it for media`, { cause: error });
  }
  return badRequest(`worker ${options.index} cannot listen on ${where}: ${why}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
