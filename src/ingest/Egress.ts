import { randomUUID } from 'node:crypto';
import { PlainOutlet } from '../sfu/PlainOutlet.ts';
import type { Room } from '../sfu/Room.ts';
import { notFound } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { EgressRequest } from './requests.ts';

/** What the receiver must know. */
export interface EgressInfo {
  egressId: string;
  producerId: string;
  kind: 'audio' | 'video';
  codec: string;
  clockRate: number;
  channels?: number;
  payloadType: number;
  ssrc: number;
  /** Where it is sent to. */
  ip: string;
  port: number;
  /** From which port it is sent. */
  localPort: number;
  /** What this side encrypts with. */
  srtp?: { cryptoSuite: string; keyBase64: string };
}

interface EgressEvents {
  closed: [];
}

/** A track of a room that is sent to an address as plain RTP, until it ends. */
export class Egress extends TypedEmitter<EgressEvents> {
  readonly id = randomUUID();
  readonly #outlet: PlainOutlet;
  readonly #request: EgressRequest;
  readonly #kind: 'audio' | 'video';

  private constructor(outlet: PlainOutlet, request: EgressRequest, kind: 'audio' | 'video') {
    super();
    this.#outlet = outlet;
    this.#request = request;
    this.#kind = kind;
    outlet.once('closed', () => this.emit('closed'));
  }

  /** @throws ParleyError `notFound` without such a track, else as `PlainOutlet.open`. */
  static async open(room: Room, request: EgressRequest): Promise<Egress> {
    const { producerId, ip, port, rtcpPort, srtp } = request;
    const track = room.tracks.get(producerId);
    if (!track) throw notFound('no such producer');
    const outlet = await PlainOutlet.open({
      room,
      producerId,
      listenIp: ip.includes(':') ? '::' : '0.0.0.0',
      separateRtcp: rtcpPort !== undefined,
      ...(srtp ? { srtp: srtp.cryptoSuite } : {}),
    });
    try {
      await outlet.connect({
        ip,
        port,
        ...(rtcpPort === undefined ? {} : { rtcpPort }),
        ...(srtp ? { srtp } : {}),
      });
      await outlet.resume();
      return new Egress(outlet, request, track.producer.kind);
    } catch (error) {
      outlet.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#outlet.closed;
  }

  info(): EgressInfo {
    const { producerId, ip, port, srtp } = this.#request;
    const { rtpParameters, srtpParameters } = this.#outlet;
    const [codec] = rtpParameters.codecs;
    return {
      egressId: this.id,
      producerId,
      kind: this.#kind,
      codec: codec?.mimeType.replace(/^.*\//, '') ?? '',
      clockRate: codec?.clockRate ?? 0,
      ...(codec?.channels === undefined ? {} : { channels: codec.channels }),
      payloadType: codec?.payloadType ?? 0,
      ssrc: rtpParameters.encodings?.[0]?.ssrc ?? 0,
      ip,
      port,
      localPort: this.#outlet.local.port,
      ...(srtp && srtpParameters ? { srtp: srtpParameters } : {}),
    };
  }

  /** Idempotent. */
  close(): void {
    this.#outlet.close();
  }
}
