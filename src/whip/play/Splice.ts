import { rewritePictureIds, type PictureIds } from './pictureIds.ts';
import { FIXED_HEADER, payloadStart } from './rtpPayload.ts';

/** Packets after the first of a source among which some may still come that were sent before it. */
const REORDERED = 512;

/** What all packets of a splice bear; the router behind it gives them what each player expects. */
export interface SpliceStream {
  payloadType: number;
  ssrc: number;
}

/**
 * Makes one RTP stream of several that follow one another: sequence numbers, timestamps and picture ids go on as if one
 * encoder had never stopped, which is what a player with one answer expects.
 */
export class Splice {
  readonly #stream: SpliceStream;
  readonly #clockRate: number;
  readonly #mimeType: string;
  /** The source's first sequence number; undefined before its first packet. */
  #first: number | undefined;
  #sinceFirst = 0;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  readonly #ids: PictureIds = { offset: 0, last: undefined, tl0Offset: 0, tl0Last: undefined };
  #last: { sequence: number; timestamp: number; at: number } | undefined;

  constructor(stream: SpliceStream, codec: { mimeType: string; clockRate: number }) {
    this.#stream = stream;
    this.#mimeType = codec.mimeType;
    this.#clockRate = codec.clockRate;
  }

  /** The next packet is the first one of another source. */
  cut(): void {
    this.#first = undefined;
  }

  /**
   * The packet as it goes on, without header extensions, whose ids are the source's; undefined for one that belongs before
   * the first.
   *
   * @param now ms, of any steady clock.
   */
  next(packet: Buffer, now: number): Buffer | undefined {
    const start = payloadStart(packet);
    if (start === undefined) return undefined;
    const sequence = packet.readUInt16BE(2);
    const timestamp = packet.readUInt32BE(4);
    if (this.#first === undefined) this.#begin(sequence, timestamp, now);
    else if (this.#sinceFirst < REORDERED && signed16(sequence - this.#first) < 0) return undefined;
    this.#sinceFirst += 1;
    const payload = packet.subarray(start);
    const next = Buffer.allocUnsafe(FIXED_HEADER + payload.length);
    next[0] = 0x80 | ((packet[0] ?? 0) & 0x20);
    next[1] = ((packet[1] ?? 0) & 0x80) | this.#stream.payloadType;
    const outSequence = (sequence + this.#sequenceOffset) & 0xffff;
    const outTimestamp = (timestamp + this.#timestampOffset) >>> 0;
    next.writeUInt16BE(outSequence, 2);
    next.writeUInt32BE(outTimestamp, 4);
    next.writeUInt32BE(this.#stream.ssrc, 8);
    payload.copy(next, FIXED_HEADER);
    rewritePictureIds(this.#mimeType, next.subarray(FIXED_HEADER), this.#ids);
    if (!this.#last || signed16(outSequence - this.#last.sequence) > 0)
      this.#last = { sequence: outSequence, timestamp: outTimestamp, at: now };
    return next;
  }

  #begin(sequence: number, timestamp: number, now: number): void {
    this.#first = sequence;
    this.#sinceFirst = 0;
    this.#ids.offset = undefined;
    this.#ids.tl0Offset = undefined;
    if (!this.#last) return;
    // At least a tick, so that no two pictures have one time.
    const elapsed = Math.max(1, Math.round(((now - this.#last.at) * this.#clockRate) / 1000));
    this.#sequenceOffset = this.#last.sequence + 1 - sequence;
    this.#timestampOffset = (this.#last.timestamp + elapsed - timestamp) | 0;
  }
}

const signed16 = (difference: number): number => (difference << 16) >> 16;
