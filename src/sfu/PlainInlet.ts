import type { PlainTransport, SrtpParameters, TransportListenInfo } from 'mediasoup/types';
import type { MediaKind, MediaSource, ProducerInfo, RtpParameters } from '../protocol/models.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import type { Peer } from './Peer.ts';
import type { Room } from './Room.ts';

export interface PlainInletOptions {
  room: Room;
  peer: Peer;
  kind: MediaKind;
  source: MediaSource;
  rtpParameters: RtpParameters;
  /** Where it listens, for RTP. */
  listen: TransportListenInfo;
  /** And for RTCP, unless that comes on the same port (RFC 5761). */
  listenRtcp?: TransportListenInfo;
  /** Only packets encrypted with this key are taken (RFC 3711, RFC 7714). */
  srtp?: SrtpParameters;
}

/** A track of a peer that comes as plain RTP from wherever its first packet comes from, and from nowhere else. */
export class PlainInlet {
  readonly producer: ProducerInfo;
  readonly #transport: PlainTransport;

  private constructor(transport: PlainTransport, producer: ProducerInfo) {
    this.#transport = transport;
    this.producer = producer;
  }

  /** @throws ParleyError as `Room.produce`; `badRequest` when the port is taken. */
  static async open(options: PlainInletOptions): Promise<PlainInlet> {
    const { room, peer, kind, source, rtpParameters, listen, listenRtcp, srtp } = options;
    const { router } = peer.transports;
    const transport = await callMediasoup('createPlainTransport', () =>
      router.createPlainTransport({
        listenInfo: listen,
        ...(listenRtcp ? { rtcpListenInfo: listenRtcp } : {}),
        rtcpMux: listenRtcp === undefined,
        comedia: true,
        ...(srtp ? { enableSrtp: true, srtpCryptoSuite: srtp.cryptoSuite } : {}),
      }),
    );
    peer.transports.addInlet(transport, router);
    try {
      if (srtp)
        await callMediasoup('connectPlainTransport', () => transport.connect({ srtpParameters: srtp }));
      const request = { transportId: transport.id, kind, source, rtpParameters, paused: false };
      return new PlainInlet(transport, await room.produce(peer, request));
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  /** Where it listens. */
  get address(): { ip: string; port: number; rtcpPort: number } {
    const { tuple, rtcpTuple } = this.#transport;
    return {
      ip: tuple.localAddress,
      port: tuple.localPort,
      rtcpPort: rtcpTuple?.localPort ?? tuple.localPort,
    };
  }

  /** What this side encrypts its RTCP with. */
  get srtpParameters(): SrtpParameters | undefined {
    return this.#transport.srtpParameters;
  }

  /** Of RTP and RTCP so far. */
  async bytesReceived(): Promise<number> {
    const [stats] = await this.#transport.getStats();
    return stats?.bytesReceived ?? 0;
  }

  /** Idempotent. */
  close(): void {
    this.#transport.close();
  }
}
