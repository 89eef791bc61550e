import type { DirectTransport, Producer } from 'mediasoup/types';

const LAYERS = [0, 1, 2];
const SSRC = 1000;

/** A camera from which VP8 comes in three layers of simulcast, every frame of it a keyframe of one packet. */
export class FabricatedCamera {
  /** Layers that are sent at present. */
  layers = LAYERS;
  readonly producer: Producer;
  readonly #timer = setInterval(() => this.#send(), 20);
  #sequence = 0;

  private constructor(producer: Producer) {
    this.producer = producer;
  }

  static async open(transport: DirectTransport): Promise<FabricatedCamera> {
    const producer = await transport.produce({
      kind: 'video',
      rtpParameters: {
        mid: '0',
        codecs: [
          {
            mimeType: 'video/VP8',
            payloadType: 96,
            clockRate: 90_000,
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
          },
        ],
        encodings: LAYERS.map((layer) => ({ ssrc: SSRC + layer, scalabilityMode: 'L1T1' })),
        rtcp: { cname: 'fabricated' },
      },
    });
    return new FabricatedCamera(producer);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #send(): void {
    this.#sequence += 1;
    for (const layer of this.layers) {
      if (this.producer.closed) return;
      const packet = Buffer.alloc(12 + 40);
      packet.writeUInt8(0x80, 0);
      packet.writeUInt8(0x80 | 96, 1);
      packet.writeUInt16BE(this.#sequence & 0xffff, 2);
      packet.writeUInt32BE(this.#sequence * 1800, 4);
      packet.writeUInt32BE(SSRC + layer, 8);
      // The start of a partition (RFC 7741, 4.2), and in it a frame header with the bit of a keyframe (4.3).
      packet.writeUInt8(0x10, 12);
      packet.writeUInt8(0x00, 13);
      this.producer.send(packet);
    }
  }
}
