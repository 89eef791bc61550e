import type { types } from 'mediasoup';
import { takeTurn } from './takeTurn.ts';
import { isOfEndpoint } from './WorkerObjects.ts';
import type { WorkerTotals } from './WorkerTotals.ts';

/** What the kinds of transports have in common; their common supertype leaves it out. */
type TransportStats = Partial<
  Record<'sendBitrate' | 'recvBitrate' | 'bytesReceived' | 'bytesSent', number>
>[];

/**
 * Counts what lives on a worker from mediasoup's observer events, estimates its bitrate, and counts its bytes.
 *
 * mediasoup has no figure for a whole worker. Each `sample()` asks a few transports in turn, and the sum
 * of what each said last is the estimate: exact up to 8 transports, some samples late beyond. What a transport carried
 * after it was asked last is not in the bytes once it has closed.
 */
export class WorkerTraffic {
  readonly #bitrates = new Map<types.Transport, number>();
  readonly #transports = new Map<types.Router, Set<types.Transport>>();
  /** Bytes of each that are in the totals already. */
  readonly #counted = new WeakMap<types.Transport, { in: number; out: number }>();
  readonly #totals: WorkerTotals;
  #consumers = 0;
  #sampling = false;

  constructor(worker: types.Worker, totals: WorkerTotals) {
    this.#totals = totals;
    worker.observer.on('newrouter', (router) => this.#routerAdded(router));
  }

  get routers(): number {
    return this.#transports.size;
  }

  get consumers(): number {
    return this.#consumers;
  }

  /** Sent and received together, bps. */
  get bitrate(): number {
    return sum(this.#bitrates.values());
  }

  /** The same of one router; 0 for one that is not of this worker. */
  bitrateOf(router: types.Router): number {
    const transports = this.#transports.get(router) ?? [];
    return sum([...transports].map((transport) => this.#bitrates.get(transport) ?? 0));
  }

  /** Refreshes the transports that were asked longest ago. Never rejects; does nothing while one runs. */
  async sample(): Promise<void> {
    if (this.#sampling) return;
    this.#sampling = true;
    const transports = takeTurn(this.#bitrates.keys(), this.#bitrates.size);
    await Promise.all(transports.map((transport) => this.#ask(transport)));
    this.#sampling = false;
  }

  async #ask(transport: types.Transport): Promise<void> {
    try {
      const stats = (await transport.getStats()) as TransportStats;
      // After the await it may be gone; and what was asked goes to the end of the map, the queue's tail.
      if (!this.#bitrates.delete(transport)) return;
      const bitrate = stats.reduce((sum, s) => sum + (s.sendBitrate ?? 0) + (s.recvBitrate ?? 0), 0);
      this.#bitrates.set(transport, bitrate);
      if (isOfEndpoint(transport)) this.#count(transport, stats);
    } catch {
      // It closed meanwhile; its close event takes it out of the map.
    }
  }

  #count(transport: types.Transport, [stats]: TransportStats): void {
    const before = this.#counted.get(transport) ?? { in: 0, out: 0 };
    const now = { in: stats?.bytesReceived ?? 0, out: stats?.bytesSent ?? 0 };
    this.#counted.set(transport, now);
    this.#totals.bytes.in += Math.max(0, now.in - before.in);
    this.#totals.bytes.out += Math.max(0, now.out - before.out);
  }

  #routerAdded(router: types.Router): void {
    const transports = new Set<types.Transport>();
    this.#transports.set(router, transports);
    router.observer.once('close', () => this.#transports.delete(router));
    router.observer.on('newtransport', (transport) => {
      this.#countConsumers(transport);
      // What goes from one worker of this server to another is no traffic of the server.
      if (transport.type === 'pipe') return;
      transports.add(transport);
      transport.observer.once('close', () => transports.delete(transport));
      this.#transportAdded(transport);
    });
  }

  #transportAdded(transport: types.Transport): void {
    this.#bitrates.set(transport, 0);
    transport.observer.once('close', () => this.#bitrates.delete(transport));
  }

  #countConsumers(transport: types.Transport): void {
    transport.observer.on('newconsumer', (consumer) => {
      this.#consumers += 1;
      consumer.observer.once('close', () => (this.#consumers -= 1));
    });
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
