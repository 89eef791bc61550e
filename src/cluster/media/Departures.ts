import type { Consumer, Producer } from 'mediasoup/types';
import { wireRtpParameters } from '../../sfu/mediasoupCalls.ts';
import { notFound, ParleyError, unavailable } from '../../support/errors.ts';
import type { ClusterBus } from '../cluster.ts';
import { CHANGED, type ConsumeAnswer, type SyncAnswer } from './messages.ts';
import type { NodeLink } from './NodeLink.ts';

interface Departure {
  readonly consumer: Promise<Consumer>;
  /** Set once it is there. */
  created?: Consumer;
  flowing: boolean;
}

/** What one link takes to the other node: each producer once, for as long as that node names it. */
export class Departures {
  readonly #link: NodeLink;
  readonly #bus: ClusterBus;
  readonly #departures = new Map<string, Departure>();
  #telling = false;

  constructor(link: NodeLink, bus: ClusterBus) {
    this.#link = link;
    this.#bus = bus;
  }

  get size(): number {
    return this.#departures.size;
  }

  /** Sets a producer on its way; whoever asks again gets the same. @throws ParleyError `unavailable`, `notFound`. */
  async consume(producer: Producer): Promise<ConsumeAnswer> {
    const departure = this.#departures.get(producer.id) ?? this.#depart(producer);
    let consumer: Consumer;
    try {
      consumer = await departure.consumer;
    } catch (error) {
      if (producer.closed) throw notFound('no such producer', { cause: error });
      if (error instanceof ParleyError) throw error;
      throw unavailable('the track could not be sent to the other node', { cause: error });
    }
    if (producer.closed) throw notFound('no such producer');
    if (consumer.closed) throw unavailable('closed while the track was sent to the other node');
    return {
      end: this.#link.end.id,
      consumerId: consumer.id,
      kind: consumer.kind,
      rtpParameters: wireRtpParameters(consumer.rtpParameters),
      paused: producer.paused,
    };
  }

  /** Ends what is not wanted, lets the rest flow or rest, and tells what there is of it. */
  sync(wanted: readonly { producerId: string; flowing: boolean }[]): SyncAnswer {
    const flows = new Map(wanted.map(({ producerId, flowing }) => [producerId, flowing]));
    const producers: SyncAnswer['producers'] = [];
    for (const [producerId, departure] of [...this.#departures]) {
      const flowing = flows.get(producerId);
      if (flowing === undefined) {
        this.#end(producerId, departure);
        continue;
      }
      this.#setFlowing(departure, flowing);
      const { created } = departure;
      if (created) producers.push({ producerId, consumerId: created.id, paused: created.producerPaused });
    }
    return { producers };
  }

  #depart(producer: Producer): Departure {
    const departure: Departure = { consumer: this.#create(producer), flowing: true };
    this.#departures.set(producer.id, departure);
    const release = this.#link.use();
    departure.consumer.then(
      (consumer) => {
        departure.created = consumer;
        consumer.observer.once('close', () => {
          release();
          this.#forget(producer.id, departure);
          this.#tell();
        });
        if (consumer.closed || this.#departures.get(producer.id) !== departure) {
          release();
          consumer.close();
          this.#forget(producer.id, departure);
        } else if (!departure.flowing) {
          void this.#settle(departure);
        }
      },
      () => {
        release();
        this.#forget(producer.id, departure);
      },
    );
    return departure;
  }

  async #create(producer: Producer): Promise<Consumer> {
    const consumer = await this.#link.transport.consume({ producerId: producer.id });
    const tell = (): void => this.#tell();
    consumer.on('producerpause', tell);
    consumer.on('producerresume', tell);
    return consumer;
  }

  #end(producerId: string, departure: Departure): void {
    this.#forget(producerId, departure);
    departure.created?.close();
  }

  #forget(producerId: string, departure: Departure): void {
    if (this.#departures.get(producerId) === departure) this.#departures.delete(producerId);
  }

  #setFlowing(departure: Departure, flowing: boolean): void {
    if (departure.flowing === flowing) return;
    departure.flowing = flowing;
    void this.#settle(departure);
  }

  async #settle({ created, flowing }: Departure): Promise<void> {
    try {
      await (flowing ? created?.resume() : created?.pause());
    } catch {
      // Its worker went, and with it this.
    }
  }

  /** Once for all that changes in a turn. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      if (this.#link.closed) return;
      try {
        this.#bus.send(this.#link.pair.node, CHANGED, { end: this.#link.end.id });
      } catch {
        // This node has left the cluster, which tells the others as much.
      }
    });
  }
}
