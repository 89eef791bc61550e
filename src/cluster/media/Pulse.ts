import type { Consumer, DirectTransport, PipeTransport, Producer, Router } from 'mediasoup/types';

const PAYLOAD_TYPE = 100;
const SSRC = 1;

/**
 * A packet of sound now and then that nobody hears, which goes the way of all media of a link: by it the other end
 * knows that the way is open, whatever else is muted or rests.
 */
export class Pulse {
  readonly #source: DirectTransport;
  readonly #producer: Producer;
  readonly #consumer: Consumer;
  #sequence = 0;

  private constructor(source: DirectTransport, producer: Producer, consumer: Consumer) {
    this.#source = source;
    this.#producer = producer;
    this.#consumer = consumer;
  }

  /** Leaves nothing behind when it rejects. */
  static async open(router: Router, link: PipeTransport): Promise<Pulse> {
    const source = await router.createDirectTransport();
    try {
      const producer = await source.produce({
        kind: 'audio',
        rtpParameters: {
          codecs: [{ mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 }],
          encodings: [{ ssrc: SSRC }],
          rtcp: { cname: 'pulse' },
        },
      });
      return new Pulse(source, producer, await link.consume({ producerId: producer.id }));
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /** By which the other end knows it. */
  get rtpParameters(): Consumer['rtpParameters'] {
    return this.#consumer.rtpParameters;
  }

  beat(): void {
    if (this.#producer.closed) return;
    this.#sequence += 1;
    const packet = Buffer.alloc(13);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(PAYLOAD_TYPE, 1);
    packet.writeUInt16BE(this.#sequence & 0xffff, 2);
    packet.writeUInt32BE((this.#sequence * 48_000) >>> 0, 4);
    packet.writeUInt32BE(SSRC, 8);
    this.#producer.send(packet);
  }

  /** Idempotent. */
  close(): void {
    this.#source.close();
  }
}
