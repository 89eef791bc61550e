import type { DataConsumer, DataProducer, DirectTransport, Router } from 'mediasoup/types';
import { decodeUpFrame, encodeDataFrame } from '../protocol/dataFrame.ts';
import type { DataConsumerInfo } from '../protocol/models.ts';
import { invalidState } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import type { Peer } from './Peer.ts';

/** PPID of a WebRTC binary message (RFC 8831 section 8). */
const PPID_BINARY = 53;

/** The two streams on which a router hands the room's data messages down to all its peers. */
interface Streams {
  transport: DirectTransport;
  reliable: DataProducer;
  lossy: DataProducer;
}

/**
 * The room's data messages: every peer sends into its own DataProducers and receives all others on two
 * DataConsumers, whatever the number of peers.
 *
 * Messages pass through this process, which stamps the sender on them and addresses them by subchannel, so
 * nobody can speak in another's name and a message to some is never sent to the others. Reliable messages for
 * a peer whose channels are not open yet wait for it.
 */
export class RoomData {
  readonly #peers: () => Iterable<Peer>;
  readonly #logger: Logger;
  #router: Router | undefined;
  #opening: Promise<Streams> | undefined;
  #streams: Streams | undefined;

  constructor(peers: () => Iterable<Peer>, logger: Logger) {
    this.#peers = peers;
    this.#logger = logger;
  }

  /** From now on this is the room's router; the streams on the former one went with it. */
  attach(router: Router): void {
    this.#router = router;
    this.#opening = undefined;
    this.#streams = undefined;
  }

  /** Gives a peer its downstreams; the first that wants any opens the room's streams. */
  async subscribe(peer: Peer): Promise<DataConsumerInfo[]> {
    if (!peer.data.enabled) return [];
    this.#opening ??= this.#open(this.#router);
    return peer.data.subscribe(await this.#opening);
  }

  async #open(router: Router | undefined): Promise<Streams> {
    try {
      if (!router) throw invalidState('the room has no router');
      const streams = await callMediasoup('setUpMedia', async () => {
        const transport = await router.createDirectTransport();
        const [reliable, lossy] = await Promise.all([
          transport.produceData({ label: 'reliable' }),
          transport.produceData({ label: 'lossy' }),
        ]);
        return { transport, reliable, lossy };
      });
      if (this.#router === router) this.#streams = streams;
      return streams;
    } catch (error) {
      // The next peer tries again.
      if (this.#router === router) this.#opening = undefined;
      throw error;
    }
  }

  /** Reads a peer's upstream until it closes, or closes it when it cannot be read. */
  async listen(peer: Peer, upstream: DataProducer, reliable: boolean): Promise<void> {
    let consumer: DataConsumer;
    try {
      consumer = await callMediasoup('produceData', () =>
        this.#require().transport.consumeData({ dataProducerId: upstream.id }),
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
    if (!decoded || sender.closed || !this.#streams) return;
    const { to, ...rest } = decoded.header;
    const out = Buffer.from(encodeDataFrame({ ...rest, from: sender.id }, decoded.payload));
    const addressed = to && new Set(to);
    const targets = [...this.#peers()].filter(
      (peer) => peer !== sender && peer.data.enabled && (!addressed || addressed.has(peer.id)),
    );
    const waiting = targets.filter((peer) => !peer.data.ready);
    if (reliable) for (const peer of waiting) peer.data.hold(out);
    const ready = targets.length - waiting.length;
    if (ready === 0) return;
    const stream = reliable ? this.#streams.reliable : this.#streams.lossy;
    if (addressed) {
      const subchannels = targets.filter((peer) => peer.data.ready).map((peer) => peer.data.subchannel);
      stream.send(out, PPID_BINARY, subchannels);
    } else {
      stream.send(out, PPID_BINARY, undefined, undefined, sender.data.subchannel);
    }
  }

  /** Delivers what was held back for a peer, in order. */
  flush(peer: Peer): void {
    const streams = this.#streams;
    if (!streams) return;
    for (const frame of peer.data.release())
      streams.reliable.send(frame, PPID_BINARY, [peer.data.subchannel]);
  }

  #require(): Streams {
    if (!this.#streams || this.#streams.transport.closed) throw invalidState('the room has no data streams');
    return this.#streams;
  }
}
