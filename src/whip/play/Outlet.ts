import type {
  DirectTransport,
  Producer,
  Router,
  RouterRtpCodecCapability,
  RtpCapabilities,
} from 'mediasoup/types';
import type { MediaKind } from '../../protocol/models.ts';
import { callMediasoup } from '../../sfu/mediasoupCalls.ts';
import type { MediaWorker } from '../../workers/MediaWorker.ts';
import type { SpliceStream } from './Splice.ts';

/** On which packets enter; behind it they have the payload types of the players. */
export const STREAMS: Record<MediaKind, SpliceStream> = {
  audio: { payloadType: 100, ssrc: 0x1000_0001 },
  video: { payloadType: 101, ssrc: 0x1000_0002 },
};

/** ms between two keyframe requests to one publisher. */
const KEYFRAME_REQUEST_DELAY = 500;

/** The codec of each kind, with the payload types that players want. */
export type OutletCodecs = Partial<
  Record<MediaKind, RouterRtpCodecCapability & { preferredPayloadType: number }>
>;

/**
 * A router whose payload types are those that a player offered.
 *
 * A mediasoup consumer has the payload types of its router, and an answer cannot change those of an offer (RFC 3264
 * section 6.1). Players of one make offer the same ones, so they share one.
 */
export class Outlet {
  readonly router: Router;
  readonly codecs: OutletCodecs;
  readonly #producers: ReadonlyMap<MediaKind, Producer>;
  readonly #transport: DirectTransport;
  #players = 0;

  private constructor(
    router: Router,
    codecs: OutletCodecs,
    transport: DirectTransport,
    producers: ReadonlyMap<MediaKind, Producer>,
  ) {
    this.router = router;
    this.codecs = codecs;
    this.#transport = transport;
    this.#producers = producers;
  }

  /**
   * @param onKeyFrameWanted A player cannot decode what it has.
   * @throws ParleyError as `callMediasoup`.
   */
  static async open(
    worker: MediaWorker,
    codecs: OutletCodecs,
    onKeyFrameWanted: () => void,
  ): Promise<Outlet> {
    const router = await worker.createRouter({ mediaCodecs: Object.values(codecs) });
    try {
      const transport = await callMediasoup('openOutlet', () => router.createDirectTransport());
      transport.on('rtcp', (packet) => {
        if (asksForKeyFrame(packet)) onKeyFrameWanted();
      });
      const producers = await Promise.all(
        Object.entries(codecs).map(async ([name, codec]) => {
          const kind = name as MediaKind;
          return [kind, await callMediasoup('openOutlet', () => produce(transport, kind, codec))] as const;
        }),
      );
      return new Outlet(router, codecs, transport, new Map(producers));
    } catch (error) {
      router.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.router.closed;
  }

  producer(kind: MediaKind): Producer | undefined {
    return this.#producers.get(kind);
  }

  /** What a player of this outlet receives. */
  get rtpCapabilities(): RtpCapabilities {
    return this.router.rtpCapabilities;
  }

  /** Another player is there; returns what ends that, to be called once. The last one closes it. */
  hold(): () => void {
    this.#players += 1;
    return () => {
      this.#players -= 1;
      if (this.#players === 0) this.close();
    };
  }

  send(kind: MediaKind, packet: Buffer): void {
    const producer = this.#producers.get(kind);
    if (producer && !producer.closed && !this.#transport.closed) producer.send(packet);
  }

  /** Idempotent. Its players lose their media. */
  close(): void {
    this.router.close();
  }
}

function produce(
  transport: DirectTransport,
  kind: MediaKind,
  { mimeType, clockRate, channels, parameters }: RouterRtpCodecCapability,
): Promise<Producer> {
  const { payloadType, ssrc } = STREAMS[kind];
  return transport.produce({
    kind,
    keyFrameRequestDelay: KEYFRAME_REQUEST_DELAY,
    rtpParameters: {
      codecs: [
        {
          mimeType,
          clockRate,
          payloadType,
          ...(channels === undefined ? {} : { channels }),
          ...(parameters === undefined ? {} : { parameters }),
          // What is lost on the way here is not to be had again.
          rtcpFeedback: kind === 'video' ? [{ type: 'nack', parameter: 'pli' }] : [],
        },
      ],
      // Sound has pauses (RFC 7587 section 3.1.3).
      encodings: [{ ssrc, ...(kind === 'audio' ? { dtx: true } : {}) }],
      rtcp: { cname: 'parley' },
    },
  });
}

/** PLI or FIR (RFC 4585 section 6.3.1, RFC 5104 section 4.3.1). */
function asksForKeyFrame(packet: Buffer): boolean {
  for (let at = 0; at + 4 <= packet.length; at += 4 * (packet.readUInt16BE(at + 2) + 1)) {
    const format = packet.readUInt8(at) & 0x1f;
    if (packet.readUInt8(at + 1) === 206 && (format === 1 || format === 4)) return true;
  }
  return false;
}
