import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { PlainTransport } from 'mediasoup/types';
import type { ProducerInfo } from '../../src/protocol/models.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { Room } from '../../src/sfu/Room.ts';
import { vp8SimulcastParameters } from './fabricatedMedia.ts';

/** A camera of a peer from which real packets come over UDP: VP8 in three layers, every frame a keyframe of one packet. */
export class RtpCamera {
  readonly producer: ProducerInfo;
  /** Layers of which a picture was asked for (RFC 4585, 6.3.1). */
  readonly keyframesAsked = new Set<number>();
  readonly #socket: Socket;
  readonly #transport: PlainTransport;
  readonly #ssrcs: readonly number[];
  readonly #timer = setInterval(() => this.#send(), 20);
  #sequence = 0;

  private constructor(
    socket: Socket,
    transport: PlainTransport,
    producer: ProducerInfo,
    ssrcs: readonly number[],
  ) {
    this.#socket = socket;
    this.#transport = transport;
    this.producer = producer;
    this.#ssrcs = ssrcs;
    socket.on('message', (packet) => this.#hear(packet));
    transport.observer.once('close', () => this.close());
  }

  /** Published as the peer's own. */
  static async open(room: Room, peer: Peer): Promise<RtpCamera> {
    const { router } = peer.transports;
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      comedia: true,
    });
    peer.transports.addInlet(transport, router);
    const rtpParameters = vp8SimulcastParameters();
    const producer = await room.produce(peer, {
      transportId: transport.id,
      kind: 'video',
      source: 'camera',
      rtpParameters,
      paused: false,
    });
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const ssrcs = (rtpParameters.encodings ?? []).map(({ ssrc }) => ssrc ?? 0);
    return new RtpCamera(socket, transport, producer, ssrcs);
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#transport.closed) this.#socket.removeAllListeners('message');
    this.#transport.close();
    try {
      this.#socket.close();
    } catch {
      // It was closed.
    }
  }

  #send(): void {
    this.#sequence += 1;
    for (const ssrc of this.#ssrcs) {
      const packet = Buffer.alloc(12 + 40);
      packet.writeUInt8(0x80, 0);
      packet.writeUInt8(0x80 | 96, 1);
      packet.writeUInt16BE(this.#sequence & 0xffff, 2);
      packet.writeUInt32BE(this.#sequence * 1800, 4);
      packet.writeUInt32BE(ssrc, 8);
      // The start of a partition (RFC 7741, 4.2), and in it a frame header with the bit of a keyframe (4.3).
      packet.writeUInt8(0x10, 12);
      packet.writeUInt8(0x00, 13);
      this.#socket.send(packet, this.#transport.tuple.localPort, '127.0.0.1');
    }
  }

  /** A compound packet of RTCP (RFC 3550, 6.1). */
  #hear(compound: Buffer): void {
    for (let at = 0; at + 12 <= compound.length; at += 4 * (compound.readUInt16BE(at + 2) + 1)) {
      const isPictureLoss = compound.readUInt8(at + 1) === 206 && (compound.readUInt8(at) & 0x1f) === 1;
      const layer = this.#ssrcs.indexOf(compound.readUInt32BE(at + 8));
      if (isPictureLoss && layer >= 0) this.keyframesAsked.add(layer);
    }
  }
}
