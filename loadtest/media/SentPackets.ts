import type { MediaPacket } from './packetizers/mediaFrame.ts';

/** Packets that can be asked for again; a power of two. */
const CAPACITY = 1024;
const MASK = CAPACITY - 1;
/**
 * ms for which a packet that was sent again is not sent once more, whoever asks: as libwebrtc does within a round trip
 * (`modules/rtp_rtcp/source/rtp_packet_history.cc`). Without it a server that is late asks for ever more, and is ever later.
 */
const RESEND_INTERVAL = 40;

/** The last packets of a stream, in arrays of numbers: nothing is allocated for a packet. */
export class SentPackets {
  readonly #sequences = new Int32Array(CAPACITY).fill(-1);
  readonly #timestamps = new Uint32Array(CAPACITY);
  readonly #markers = new Uint8Array(CAPACITY);
  readonly #pictureIds = new Uint16Array(CAPACITY);
  readonly #tl0PictureIndices = new Uint8Array(CAPACITY);
  readonly #captured = new Float64Array(CAPACITY);
  readonly #resentAt = new Float64Array(CAPACITY);
  readonly #packets = new Array<MediaPacket | null>(CAPACITY).fill(null);

  /** @param captured Unix ms. */
  add(
    packet: MediaPacket,
    sequence: number,
    timestamp: number,
    marker: boolean,
    pictureId: number,
    tl0PictureIndex: number,
    captured: number,
  ): void {
    const at = sequence & MASK;
    this.#sequences[at] = sequence;
    this.#timestamps[at] = timestamp;
    this.#markers[at] = marker ? 1 : 0;
    this.#pictureIds[at] = pictureId;
    this.#tl0PictureIndices[at] = tl0PictureIndex;
    this.#captured[at] = captured;
    this.#resentAt[at] = 0;
    this.#packets[at] = packet;
  }

  /** A packet to be sent again now (Unix ms); undefined when it was never sent, too long ago, or just sent again. */
  takeAgain(sequence: number, now: number) {
    const at = sequence & MASK;
    const packet = this.#packets[at];
    if (!packet || this.#sequences[at] !== sequence) return undefined;
    if (now - (this.#resentAt[at] ?? 0) < RESEND_INTERVAL) return undefined;
    this.#resentAt[at] = now;
    return {
      packet,
      sequence,
      timestamp: this.#timestamps[at] ?? 0,
      marker: this.#markers[at] === 1,
      pictureId: this.#pictureIds[at] ?? 0,
      tl0PictureIndex: this.#tl0PictureIndices[at] ?? 0,
      captured: this.#captured[at] ?? 0,
    };
  }
}
