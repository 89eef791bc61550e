import type { DirectTransport, Producer } from 'mediasoup/types';

const LEVEL_EXTENSION = 10;

/** A microphone from which packets of Opus come, with what a client says of their loudness (RFC 6464). */
export class FabricatedMicrophone {
  /** dB below the loudest; null: nothing is sent. */
  level: number | null = null;
  readonly #timer = setInterval(() => this.#send(), 20);
  readonly producer: Producer;
  #sequence = 0;

  private constructor(producer: Producer) {
    this.producer = producer;
  }

  static async open(transport: DirectTransport, ssrc: number, paused = false): Promise<FabricatedMicrophone> {
    const producer = await transport.produce({
      kind: 'audio',
      paused,
      rtpParameters: {
        mid: String(ssrc),
        codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
        headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: LEVEL_EXTENSION }],
        encodings: [{ ssrc }],
        rtcp: { cname: 'fabricated' },
      },
    });
    return new FabricatedMicrophone(producer);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #send(): void {
    const [encoding] = this.producer.rtpParameters.encodings ?? [];
    if (this.level === null || this.producer.closed || !encoding?.ssrc) return;
    const packet = Buffer.alloc(20 + 40);
    packet.writeUInt8(0x90, 0);
    packet.writeUInt8(111, 1);
    packet.writeUInt16BE(this.#sequence++ & 0xffff, 2);
    packet.writeUInt32BE(this.#sequence * 960, 4);
    packet.writeUInt32BE(encoding.ssrc, 8);
    // One-byte header extensions, one word (RFC 8285, 4.2).
    packet.writeUInt32BE(0xbede_0001, 12);
    packet.writeUInt8(LEVEL_EXTENSION << 4, 16);
    packet.writeUInt8(0x80 | this.level, 17);
    this.producer.send(packet);
  }
}
