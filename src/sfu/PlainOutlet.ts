import type {
  Consumer,
  PlainTransport,
  Router,
  RtpParameters,
  SrtpCryptoSuite,
  SrtpParameters,
} from 'mediasoup/types';
import { invalidState, unavailable } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import { mediaCodecs } from './mediaCodecs.ts';
import type { PipeHold } from './PipedProducer.ts';
import type { Room } from './Room.ts';

/** More than there ever are: mediasoup takes the highest that there is. */
const HIGHEST = { spatialLayer: 7, temporalLayer: 7 };

export interface PlainOutletOptions {
  room: Room;
  producerId: string;
  /** Local address that it sends from. */
  listenIp: string;
  /** Whether RTCP has a port of its own. Default: it goes with RTP (RFC 5761). */
  separateRtcp?: boolean;
  /** Encrypts with a suite (RFC 3711, RFC 7714). */
  srtp?: SrtpCryptoSuite;
}

/** Where it sends to. */
export interface PlainDestination {
  ip: string;
  port: number;
  /** When RTCP has a port of its own. */
  rtcpPort?: number;
  /** The other side's key, when it encrypts. */
  srtp?: SrtpParameters;
}

interface PlainOutletEvents {
  paused: [];
  resumed: [];
  closed: [];
}

/**
 * A track of the room on its way out as plain RTP, in the highest quality that there is, as long as its producer lives.
 *
 * It is a subscriber like another: its publisher is asked for what it needs (dynacast). It sends nothing before `connect`
 * and `resume`.
 */
export class PlainOutlet extends TypedEmitter<PlainOutletEvents> {
  readonly #transport: PlainTransport;
  readonly #consumer: Consumer;
  readonly #release: () => void;
  #closed = false;

  private constructor(transport: PlainTransport, consumer: Consumer, release: () => void) {
    super();
    this.#transport = transport;
    this.#consumer = consumer;
    this.#release = release;
    consumer.observer.once('close', () => this.close());
    transport.observer.once('close', () => this.close());
    consumer.on('producerpause', () => this.emit('paused'));
    consumer.on('producerresume', () => this.emit('resumed'));
  }

  /**
   * @throws ParleyError `invalidState` when the track is gone, `unavailable` when its worker is, `badRequest` for what
   * mediasoup does not take.
   */
  static async open(options: PlainOutletOptions): Promise<PlainOutlet> {
    const { room, producerId, listenIp } = options;
    const publication = room.tracks.publication(producerId);
    if (!publication) throw invalidState('the track is gone');
    const { home } = publication;
    const router = typeof home === 'string' ? anyRouter(room) : home;
    const releaseRouter = room.media.routers.keep(router);
    let transport: PlainTransport | undefined;
    let piped: PipeHold | undefined;
    try {
      transport = await callMediasoup('createPlainTransport', () =>
        router.createPlainTransport({
          listenInfo: { protocol: 'udp', ip: listenIp },
          rtcpMux: options.separateRtcp !== true,
          comedia: false,
          ...(options.srtp ? { enableSrtp: true, srtpCryptoSuite: options.srtp } : {}),
        }),
      );
      const plain = transport;
      piped = room.media.bring(publication, router);
      if (piped) await piped.ready;
      const consumer = await callMediasoup('consume', () =>
        plain.consume({
          producerId,
          rtpCapabilities: { codecs: codecsOf(publication.producer.kind), headerExtensions: [] },
          paused: true,
        }),
      );
      if (consumer.type === 'simulcast' || consumer.type === 'svc')
        await consumer.setPreferredLayers(HIGHEST);
      if (consumer.closed) throw invalidState('the track is gone');
      piped?.follow(consumer);
      const who = `outlet ${consumer.id}`;
      const { demand } = room.forwarding;
      if (consumer.kind === 'video') demand.neededElsewhere(who, producerId, HIGHEST.spatialLayer);
      return new PlainOutlet(plain, consumer, () => {
        demand.left(who);
        releaseRouter();
      });
    } catch (error) {
      piped?.release();
      transport?.close();
      releaseRouter();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether its publisher has paused it. */
  get producerPaused(): boolean {
    return this.#consumer.producerPaused;
  }

  /** As they are sent. */
  get rtpParameters(): RtpParameters {
    return this.#consumer.rtpParameters;
  }

  /** Of what this side sends, when it encrypts. */
  get srtpParameters(): SrtpParameters | undefined {
    return this.#transport.srtpParameters;
  }

  /** Where it sends from. */
  get local(): { ip: string; port: number } {
    const { localAddress, localPort } = this.#transport.tuple;
    return { ip: localAddress, port: localPort };
  }

  /** To be called once. @throws ParleyError `badRequest` when mediasoup does not take it. */
  async connect({ ip, port, rtcpPort, srtp }: PlainDestination): Promise<void> {
    await callMediasoup('connectPlainTransport', () =>
      this.#transport.connect({
        ip,
        port,
        ...(rtcpPort === undefined ? {} : { rtcpPort }),
        ...(srtp ? { srtpParameters: srtp } : {}),
      }),
    );
  }

  /** From now on packets are sent; video begins with a key frame. */
  async resume(): Promise<void> {
    await callMediasoup('resume', () => this.#consumer.resume());
  }

  async requestKeyFrame(): Promise<void> {
    if (this.#closed) return;
    await callMediasoup('requestKeyFrame', () => this.#consumer.requestKeyFrame());
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#consumer.close();
    this.#transport.close();
    this.#release();
    this.emit('closed');
  }
}

/** One that a peer of this node is on. */
function anyRouter({ peers }: Room): Router {
  for (const { transports } of peers.values()) if (transports.size > 0) return transports.router;
  throw unavailable('nobody of this room has media on this node at present');
}

/** What an endpoint takes that is no browser: the codecs, and feedback about what it needs. */
function codecsOf(kind: 'audio' | 'video') {
  return mediaCodecs
    .filter((codec) => codec.kind === kind)
    .map((codec, i) => ({
      ...codec,
      preferredPayloadType: (kind === 'audio' ? 100 : 102) + i,
      ...(kind === 'video'
        ? {
            rtcpFeedback: [
              { type: 'nack' },
              { type: 'nack', parameter: 'pli' },
              { type: 'ccm', parameter: 'fir' },
            ],
          }
        : {}),
    }));
}
