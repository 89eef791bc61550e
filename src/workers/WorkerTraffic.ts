import type { types } from 'mediasoup';

/** Transports asked for their statistics per sample, so that the cost does not grow with the worker. */
const TRANSPORTS_PER_SAMPLE = 16;

/**
 * Counts what lives on a worker from mediasoup's observer events, and estimates its bitrate.
 *
 * mediasoup has no figure for a whole worker. Each `sample()` asks a few transports in turn, and the sum
 * of what each said last is the estimate: exact up to 16 transports, some samples late beyond.
 */
export class WorkerTraffic {
  readonly #bitrates = new Map<types.Transport, number>();
  #routers = 0;
  #consumers = 0;
  #sampling = false;

  constructor(worker: types.Worker) {
    worker.observer.on('newrouter', (router) => this.#routerAdded(router));
  }

  get routers(): number {
    return this.#routers;
  }

  get consumers(): number {
    return this.#consumers;
  }

  /** Sent and received together, bps. */
  get bitrate(): number {
    let sum = 0;
    for (const bitrate of this.#bitrates.values()) sum += bitrate;
    return sum;
  }

  /** Refreshes the transports that were asked longest ago. Never rejects; does nothing while one runs. */
  async sample(): Promise<void> {
    if (this.#sampling) return;
    this.#sampling = true;
    const transports = [...this.#bitrates.keys()].slice(0, TRANSPORTS_PER_SAMPLE);
    await Promise.all(transports.map((transport) => this.#ask(transport)));
    this.#sampling = false;
  }

  async #ask(transport: types.Transport): Promise<void> {
    try {
      // Every kind of transport has these two (BaseTransportStats); the common supertype leaves them out.
      const stats = (await transport.getStats()) as { sendBitrate?: number; recvBitrate?: number }[];
      // After the await it may be gone; and what was asked goes to the end of the map, the queue's tail.
      if (!this.#bitrates.delete(transport)) return;
      const bitrate = stats.reduce((sum, s) => sum + (s.sendBitrate ?? 0) + (s.recvBitrate ?? 0), 0);
      this.#bitrates.set(transport, bitrate);
    } catch {
      // It closed meanwhile; its close event takes it out of the map.
    }
  }

  #routerAdded(router: types.Router): void {
    this.#routers += 1;
    router.observer.once('close', () => (this.#routers -= 1));
    router.observer.on('newtransport', (transport) => this.#transportAdded(transport));
  }

  #transportAdded(transport: types.Transport): void {
    this.#bitrates.set(transport, 0);
    transport.observer.once('close', () => this.#bitrates.delete(transport));
    transport.observer.on('newconsumer', (consumer) => {
      this.#consumers += 1;
      consumer.observer.once('close', () => (this.#consumers -= 1));
    });
  }
}
