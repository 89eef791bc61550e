import { randomInt, randomUUID } from 'node:crypto';
import type { SrtpParameters } from 'mediasoup/types';
import type { PeerCloseReason, RtpParameters } from '../protocol/models.ts';
import type { Peer } from '../sfu/Peer.ts';
import { PlainInlet } from '../sfu/PlainInlet.ts';
import type { Room } from '../sfu/Room.ts';
import { invalidState } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { IngressRequest, IngressTrackRequest } from './requests.ts';

/** ms between two looks at whether anything comes. */
const LOOK_EVERY = 5000;

export interface IngressPlace {
  ip: string;
  ports: { min: number; max: number };
  /** ms without a packet after which it is removed. */
  idle: number;
}

/** What the sender of a track must know. */
export interface IngressTrack {
  kind: 'audio' | 'video';
  producerId: string;
  codec: string;
  clockRate: number;
  payloadType: number;
  ssrc: number;
  port: number;
  rtcpPort: number;
  /** What RTCP that comes back is encrypted with. */
  srtp?: { cryptoSuite: string; keyBase64: string };
}

export interface IngressInfo {
  ingressId: string;
  peerId: string;
  name: string;
  ip: string;
  tracks: IngressTrack[];
}

interface IngressEvents {
  closed: [];
}

interface Track {
  inlet: PlainInlet;
  request: Required<Pick<IngressTrackRequest, 'payloadType' | 'ssrc'>> & IngressTrackRequest;
}

/** Somebody in a room whose media comes as plain RTP: a peer like others, that can be seen, heard and removed. */
export class Ingress extends TypedEmitter<IngressEvents> {
  readonly id = randomUUID();
  readonly #room: Room;
  readonly #peer: Peer;
  readonly #request: IngressRequest;
  readonly #place: IngressPlace;
  readonly #timer: NodeJS.Timeout;
  #tracks: Track[] = [];
  #bytes = 0;
  #heardAt = performance.now();

  private constructor(room: Room, peer: Peer, request: IngressRequest, place: IngressPlace) {
    super();
    this.#room = room;
    this.#peer = peer;
    this.#request = request;
    this.#place = place;
    this.#timer = setInterval(() => void this.#look(), Math.min(LOOK_EVERY, place.idle)).unref();
    peer.on('mediaReset', () => void this.#rebuild());
    peer.once('closed', () => {
      clearInterval(this.#timer);
      this.emit('closed');
    });
  }

  /** @throws ParleyError as `Room.join` and `Room.produce`. */
  static async open(room: Room, request: IngressRequest, place: IngressPlace): Promise<Ingress> {
    const { peer } = await room.join({
      admitted: true,
      unattended: true,
      name: request.name,
      identity: request.identity,
      metadata: request.metadata,
      data: false,
      permissions: {
        canPublish: true,
        canSubscribe: false,
        canPublishData: false,
        canUpdateOwnMetadata: false,
        roomAdmin: false,
      },
    });
    const ingress = new Ingress(room, peer, request, place);
    try {
      for (const track of request.tracks) {
        const ssrc = track.ssrc ?? randomInt(1, 0xffff_ffff);
        const payloadType = track.payloadType ?? (track.codec === 'opus' ? 111 : 96);
        await ingress.#open({ ...track, ssrc, payloadType });
      }
      if (peer.closed) throw invalidState('removed meanwhile');
      return ingress;
    } catch (error) {
      ingress.close('left');
      throw error;
    }
  }

  get closed(): boolean {
    return this.#peer.closed;
  }

  info(): IngressInfo {
    const tracks = this.#tracks.map(({ inlet, request: { codec, payloadType, ssrc } }) => {
      const { producer, srtpParameters } = inlet;
      const { port, rtcpPort } = inlet.address;
      return {
        kind: producer.kind,
        producerId: producer.producerId,
        codec,
        clockRate: codec === 'opus' ? 48_000 : 90_000,
        payloadType,
        ssrc,
        port,
        rtcpPort,
        ...(this.#request.srtp && srtpParameters ? { srtp: srtpParameters } : {}),
      };
    });
    return {
      ingressId: this.id,
      peerId: this.#peer.id,
      name: this.#peer.name,
      ip: this.#place.ip,
      tracks,
    };
  }

  /** Idempotent. The peer leaves. */
  close(reason: Extract<PeerCloseReason, 'left' | 'timeout'>): void {
    this.#peer.close(reason);
  }

  /** @param ports Those that its sender knows, after its worker died; else any of the range. */
  async #open(request: Track['request'], ports?: { port: number; rtcpPort: number }): Promise<void> {
    const { ip, ports: range } = this.#place;
    const listen = (port?: number) => ({
      protocol: 'udp' as const,
      ip,
      ...(port === undefined ? { portRange: range } : { port }),
    });
    const kind = request.codec === 'opus' ? 'audio' : 'video';
    const { srtp } = this.#request;
    const inlet = await PlainInlet.open({
      room: this.#room,
      peer: this.#peer,
      kind,
      source: request.source ?? (kind === 'audio' ? 'microphone' : 'camera'),
      rtpParameters: rtpParameters(request, this.id),
      listen: listen(ports?.port),
      ...(this.#request.rtcpMux ? {} : { listenRtcp: listen(ports?.rtcpPort) }),
      ...(srtp ? { srtp: srtp satisfies SrtpParameters } : {}),
    });
    this.#tracks.push({ inlet, request });
  }

  /** Its worker died: the same ports again, on another one. */
  async #rebuild(): Promise<void> {
    const tracks = this.#tracks;
    this.#tracks = [];
    try {
      await this.#room.media.setUp(this.#peer);
      for (const { inlet, request } of tracks) await this.#open(request, inlet.address);
    } catch (error) {
      if (this.closed) return;
      this.#peer.logger.error({ error }, 'plain RTP could not be received again');
      this.close('timeout');
    }
  }

  async #look(): Promise<void> {
    const counts = await Promise.all(this.#tracks.map(({ inlet }) => inlet.bytesReceived().catch(() => 0)));
    if (this.closed) return;
    const bytes = counts.reduce((sum, count) => sum + count, 0);
    if (bytes !== this.#bytes) this.#heardAt = performance.now();
    this.#bytes = bytes;
    if (performance.now() - this.#heardAt > this.#place.idle) this.close('timeout');
  }
}

function rtpParameters(
  { codec, payloadType, ssrc, channels }: Track['request'],
  cname: string,
): RtpParameters {
  const isAudio = codec === 'opus';
  return {
    codecs: [
      {
        mimeType: `${isAudio ? 'audio' : 'video'}/${codec}`,
        payloadType,
        clockRate: isAudio ? 48_000 : 90_000,
        // RFC 7587, section 7: it says 2, whatever is in it.
        ...(isAudio ? { channels: 2 } : {}),
        parameters: {
          ...(isAudio && channels === 2 ? { 'sprop-stereo': 1 } : {}),
          ...(codec === 'H264'
            ? { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 }
            : {}),
        },
        rtcpFeedback: isAudio ? [] : [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
      },
    ],
    headerExtensions: [],
    encodings: [{ ssrc }],
    rtcp: { cname },
  };
}
