import type { types } from 'mediasoup';
import { TypedEmitter } from '../support/TypedEmitter.ts';

export type RtpStreamObject = types.Producer | types.Consumer;

interface WorkerObjectsEvents {
  transportAdded: [transport: types.Transport];
  /** Something that an endpoint sends or is sent; it leaves `producers` or `consumers` when it closes. */
  streamAdded: [stream: RtpStreamObject];
}

/**
 * What lives on a worker, by mediasoup's own observers.
 *
 * Of producers and consumers those of endpoints alone: what goes from one worker to another, or comes out of this
 * process, is the same media a second time.
 */
export class WorkerObjects extends TypedEmitter<WorkerObjectsEvents> {
  readonly transports: ReadonlySet<types.Transport>;
  readonly producers: ReadonlySet<types.Producer>;
  readonly consumers: ReadonlySet<types.Consumer>;
  readonly dataProducers: ReadonlySet<types.DataProducer>;
  readonly dataConsumers: ReadonlySet<types.DataConsumer>;
  readonly #transports = new Set<types.Transport>();
  readonly #producers = new Set<types.Producer>();
  readonly #consumers = new Set<types.Consumer>();
  readonly #dataProducers = new Set<types.DataProducer>();
  readonly #dataConsumers = new Set<types.DataConsumer>();

  constructor(worker: types.Worker) {
    super();
    this.transports = this.#transports;
    this.producers = this.#producers;
    this.consumers = this.#consumers;
    this.dataProducers = this.#dataProducers;
    this.dataConsumers = this.#dataConsumers;
    worker.observer.on('newrouter', (router) => {
      router.observer.on('newtransport', (transport) => this.#add(transport));
    });
  }

  #add(transport: types.Transport): void {
    keep(this.#transports, transport);
    if (isOfEndpoint(transport)) this.#follow(transport);
    this.emit('transportAdded', transport);
  }

  #follow({ observer }: types.Transport): void {
    observer.on('newproducer', (producer) => {
      keep(this.#producers, producer);
      this.emit('streamAdded', producer);
    });
    observer.on('newconsumer', (consumer) => {
      keep(this.#consumers, consumer);
      this.emit('streamAdded', consumer);
    });
    observer.on('newdataproducer', (dataProducer) => keep(this.#dataProducers, dataProducer));
    observer.on('newdataconsumer', (dataConsumer) => keep(this.#dataConsumers, dataConsumer));
  }
}

/** Whether somebody outside of this server is at its other end. */
export const isOfEndpoint = ({ type }: types.Transport): boolean => type === 'webrtc' || type === 'plain';

/** Anything of mediasoup's that closes. */
interface Closable {
  readonly observer: { once(event: 'close', listener: () => void): unknown };
}

export function onceClosed(object: Closable, listener: () => void): void {
  object.observer.once('close', listener);
}

/** The entry leaves the set in its own close event. */
function keep<T extends Closable>(set: Set<T>, object: T): void {
  set.add(object);
  onceClosed(object, () => set.delete(object));
}
