import type { DataConsumer, DataProducer, DirectTransport, Router } from 'mediasoup/types';
import {
  decodeDownFrame,
  decodeUpFrame,
  encodeDataFrame,
  type DataDownHeader,
  type DataFormat,
} from '../protocol/dataFrame.ts';
import type { DataConsumerInfo } from '../protocol/models.ts';
import { invalidState } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import type { Peer } from './Peer.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

/** PPID of a WebRTC binary message (RFC 8831 section 8). */
const PPID_BINARY = 53;

/** The two streams on which a router hands the room's data messages down to all its peers. */
interface Streams {
  transport: DirectTransport;
  reliable: DataProducer;
  lossy: DataProducer;
}

/** A message as its receivers get it. */
export interface DataMessage {
  readonly frame: Buffer;
  readonly reliable: boolean;
  /** Ids of the peers that it is for; undefined for all. */
  readonly to: ReadonlySet<string> | undefined;
}

interface RoomDataEvents {
  /** A peer of this node sent it, or the server itself. */
  sent: [message: DataMessage, sender: Peer | undefined];
}

/**
 * The room's data messages: every peer sends into its own DataProducers and receives all others on two
 * DataConsumers, whatever the number of peers.
 *
 * Messages pass through this process, which stamps the sender on them and addresses them by subchannel, so
 * nobody can speak in another's name and a message to some is never sent to the others. It hands them to each
 * router that has somebody to hear them, so they need no pipes. Reliable messages for a peer whose channels are
 * not open yet wait for it.
 */
export class RoomData extends TypedEmitter<RoomDataEvents> {
  readonly #peers: () => Iterable<Peer>;
  readonly #logger: Logger;
  /** Of the routers on which somebody wants data. */
  readonly #opening = new Map<Router, Promise<Streams>>();
  readonly #streams = new Map<Router, Streams>();

  constructor(peers: () => Iterable<Peer>, logger: Logger) {
    super();
    this.#peers = peers;
    this.#logger = logger;
  }

  /** Gives a peer its downstreams; the first on a router that wants any opens the router's streams. */
  async subscribe(peer: Peer, router: Router): Promise<DataConsumerInfo[]> {
    if (!peer.data.enabled) return [];
    return peer.data.subscribe(await this.#ensure(router), router);
  }

  #ensure(router: Router): Promise<Streams> {
    const known = this.#opening.get(router);
    if (known) return known;
    const opening = this.#open(router);
    this.#opening.set(router, opening);
    // The next peer tries again.
    opening.catch(() => this.#opening.delete(router));
    return opening;
  }

  async #open(router: Router): Promise<Streams> {
    const streams = await callMediasoup('setUpMedia', async () => {
      const transport = await router.createDirectTransport();
      const [reliable, lossy] = await Promise.all([
        transport.produceData({ label: 'reliable' }),
        transport.produceData({ label: 'lossy' }),
      ]);
      return { transport, reliable, lossy };
    });
    if (router.closed) throw invalidState('closed while the data streams were opened');
    this.#streams.set(router, streams);
    router.observer.once('close', () => {
      this.#opening.delete(router);
      this.#streams.delete(router);
    });
    return streams;
  }

  /** Reads a peer's upstream on a router until it closes, or closes it when it cannot be read. */
  async listen(peer: Peer, upstream: DataProducer, reliable: boolean, router: Router): Promise<void> {
    let consumer: DataConsumer;
    try {
      const { transport } = this.#require(router);
      consumer = await callMediasoup('produceData', () =>
        transport.consumeData({ dataProducerId: upstream.id }),
      );
    } catch (error) {
      upstream.close();
      throw error;
    }
    consumer.on('message', (message, ppid) => {
      if (peer.data.count(message.length)) {
        if (ppid === PPID_BINARY) this.#route(peer, message, reliable);
      } else if (!upstream.closed) {
        this.#logger.warn({ peer: peer.id }, 'data flood, closing its upstream');
        upstream.close();
      }
    });
  }

  #route(sender: Peer, frame: Buffer, reliable: boolean): void {
    const decoded = decodeUpFrame(frame);
    if (!decoded) return;
    const { to, ...header } = decoded.header;
    this.#say(sender, header, decoded.payload, { reliable, to: to && new Set(to) });
  }

  /** Says to everybody what somebody said in another room for whom a peer stands in this one. */
  relay(sender: Peer, { frame, reliable }: DataMessage): void {
    const decoded = decodeDownFrame(frame);
    if (decoded) this.#say(sender, decoded.header, decoded.payload, { reliable, to: undefined });
  }

  #say(
    sender: Peer,
    header: Omit<DataDownHeader, 'from'>,
    payload: Uint8Array,
    how: Omit<DataMessage, 'frame'>,
  ): void {
    if (sender.closed || !sender.permissions.canPublishData) return;
    const frame = Buffer.from(encodeDataFrame({ ...header, from: sender.id }, payload));
    const message = { frame, ...how };
    this.#deliver(message, sender);
    this.emit('sent', message, sender);
  }

  /**
   * Sends a message of the server's own, whose sender is empty, to peers on all nodes.
   *
   * @throws RangeError for one that is too large, see `encodeDataFrame`.
   */
  say(message: {
    format: DataFormat;
    payload: Uint8Array;
    topic?: string;
    reliable: boolean;
    to?: ReadonlySet<string>;
  }): void {
    const { format, payload, topic, reliable, to } = message;
    const header = { format, from: '', ...(topic === undefined ? {} : { topic }) };
    const sent: DataMessage = { frame: Buffer.from(encodeDataFrame(header, payload)), reliable, to };
    this.#deliver(sent);
    this.emit('sent', sent, undefined);
  }

  /** A peer of another node sent it. */
  receive(message: DataMessage): void {
    this.#deliver(message);
  }

  #deliver({ frame, reliable, to }: DataMessage, sender?: Peer): void {
    const ready = new Map<Streams, number[]>();
    for (const peer of this.#peers()) {
      if (peer === sender || !peer.data.enabled || (to && !to.has(peer.id))) continue;
      const streams = peer.data.ready ? this.#of(peer) : undefined;
      const reached = streams && ready.get(streams);
      if (reached) reached.push(peer.data.subchannel);
      else if (streams) ready.set(streams, [peer.data.subchannel]);
      else if (reliable) peer.data.hold(frame);
    }
    for (const [{ reliable: ordered, lossy }, subchannels] of ready) {
      const stream = reliable ? ordered : lossy;
      if (to) stream.send(frame, PPID_BINARY, subchannels);
      else stream.send(frame, PPID_BINARY, undefined, undefined, sender?.data.subchannel);
    }
  }

  /** Delivers what was held back for a peer, in order. */
  flush(peer: Peer): void {
    const streams = this.#of(peer);
    if (!streams) return;
    for (const frame of peer.data.release())
      streams.reliable.send(frame, PPID_BINARY, [peer.data.subchannel]);
  }

  #require(router: Router): Streams {
    const streams = this.#streams.get(router);
    if (!streams) throw invalidState('the room has no data streams there');
    return streams;
  }

  /** Those of the router on which it gets them. */
  #of({ data }: Peer): Streams | undefined {
    return data.router && this.#streams.get(data.router);
  }
}
