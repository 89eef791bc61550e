import { observer } from 'mediasoup';
import type { types } from 'mediasoup';

type Closable = { observer: { once(event: 'close', listener: () => void): unknown } };

/** Counts what mediasoup has created and not closed since, on all workers started after this. */
export class MediasoupObjects {
  readonly counts = { routers: 0, transports: 0, producers: 0, consumers: 0, observers: 0, data: 0 };
  /** Near ends of pipes: consumers on PipeTransports. */
  readonly pipeConsumers = new Set<types.Consumer>();

  constructor() {
    observer.on('newworker', (worker: types.Worker) => {
      worker.observer.on('newrouter', (router) => this.#watch(router));
    });
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  #watch(router: types.Router): void {
    this.#count('routers', router);
    router.observer.on('newrtpobserver', (created) => this.#count('observers', created));
    router.observer.on('newtransport', (transport) => {
      this.#count('transports', transport);
      transport.observer.on('newproducer', (created) => this.#count('producers', created));
      transport.observer.on('newconsumer', (created) => {
        this.#count('consumers', created);
        if (transport.type !== 'pipe') return;
        this.pipeConsumers.add(created);
        created.observer.once('close', () => this.pipeConsumers.delete(created));
      });
      transport.observer.on('newdataproducer', (created) => this.#count('data', created));
      transport.observer.on('newdataconsumer', (created) => this.#count('data', created));
    });
  }

  #count(what: keyof MediasoupObjects['counts'], created: Closable): void {
    this.counts[what] += 1;
    created.observer.once('close', () => (this.counts[what] -= 1));
  }
}
