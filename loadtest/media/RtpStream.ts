import { randomInt } from 'node:crypto';
import {
  createHeader,
  fillAudioLevel,
  fillHeader,
  type HeaderExtensionIds,
  type RtpHeaderTemplate,
} from '../rtp/rtpWriter.ts';
import type { MediaSink, TrackDescription } from './mediaSink.ts';
import type { DescriptorLayout, MediaPacket } from './packetizers/mediaFrame.ts';
import { SentPackets } from './SentPackets.ts';
import { writeReport } from './senderReport.ts';

/** ms between sender reports on average. */
const REPORT_INTERVAL = 1000;

/** One SSRC that sends, and the one on which it repeats itself (RFC 4588). */
export class RtpStream {
  readonly ssrc: number;
  readonly #track: TrackDescription;
  readonly #layout: DescriptorLayout | null;
  readonly #sink: MediaSink;
  readonly #header: RtpHeaderTemplate;
  readonly #rtx: RtpHeaderTemplate | null;
  readonly #sent = new SentPackets();
  // The packet in the making, its parts written over again and again.
  readonly #two: [Buffer, Buffer];
  readonly #three: [Buffer, Buffer, Buffer];
  readonly #descriptors = new Map<number, Buffer>();
  readonly #originalSequence = Buffer.alloc(2);
  // SRTP (RFC 3711, 3.3.1) wants the first number in the lower half.
  #sequence = randomInt(0x8000);
  #rtxSequence = randomInt(0x8000);
  #pictureId = randomInt(0x8000);
  #tl0PictureIndex = randomInt(0x100);
  #reportDue = 0;

  /** Media packets, without those sent again. */
  packets = 0;
  /** Payload bytes of these. */
  octets = 0;
  /** Packets sent again. */
  retransmitted = 0;

  constructor(
    track: TrackDescription,
    encoding: TrackDescription['encodings'][number],
    layout: DescriptorLayout | null,
    sink: MediaSink,
  ) {
    this.ssrc = encoding.ssrc;
    this.#track = track;
    this.#layout = layout;
    this.#sink = sink;
    const header = (payloadType: number, ssrc: number, extensions: HeaderExtensionIds): RtpHeaderTemplate =>
      createHeader({
        payloadType,
        ssrc,
        extensions,
        ...(track.mid === undefined ? {} : { mid: track.mid }),
      });
    this.#header = header(track.payloadType, encoding.ssrc, track.extensions);
    this.#rtx =
      encoding.rtxSsrc !== undefined && track.rtxPayloadType !== undefined
        ? header(track.rtxPayloadType, encoding.rtxSsrc, track.extensions)
        : null;
    this.#two = [this.#header.buffer, this.#header.buffer];
    this.#three = [this.#header.buffer, this.#header.buffer, this.#header.buffer];
  }

  /** A new picture begins: numbers it. */
  beginPicture(isBaseLayer: boolean): void {
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    if (isBaseLayer) this.#tl0PictureIndex = (this.#tl0PictureIndex + 1) & 0xff;
  }

  /** The audio level of the packets to come (RFC 6464): 0 (loudest) to 127 (silent). */
  setAudioLevel(level: number, voice: boolean): void {
    fillAudioLevel(this.#header, level, voice);
  }

  /** @param timestamp RTP units. @param now Unix ms. */
  send(packet: MediaPacket, marker: boolean, timestamp: number, now: number): void {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    this.packets++;
    this.octets += packet.payload.length + (packet.descriptor?.length ?? 0);
    this.#sent.add(packet, sequence, timestamp, marker, this.#pictureId, this.#tl0PictureIndex, now);
    this.#fill(this.#header, marker, sequence, timestamp, now, now);
    this.#deliver(packet, this.#pictureId, this.#tl0PictureIndex, now);
  }

  /**
   * Sends again what is still known of these, on the RTX SSRC if there is one. Its capture time stays that of the
   * first sending, as the receiver waited since then.
   */
  retransmit(sequences: Iterable<number>, now: number): void {
    for (const wanted of sequences) {
      const found = this.#sent.takeAgain(wanted & 0xffff, now);
      if (!found) continue;
      const { packet, sequence, timestamp, marker, captured, pictureId, tl0PictureIndex } = found;
      this.retransmitted++;
      if (!this.#rtx) {
        this.#fill(this.#header, marker, sequence, timestamp, captured, now);
        this.#deliver(packet, pictureId, tl0PictureIndex, now);
        continue;
      }
      this.#fill(this.#rtx, marker, this.#rtxSequence, timestamp, captured, now);
      this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
      this.#originalSequence.writeUInt16BE(sequence);
      const parts = [this.#rtx.buffer, this.#originalSequence];
      if (packet.descriptor) parts.push(this.#describe(packet.descriptor, pictureId, tl0PictureIndex));
      parts.push(packet.payload);
      this.#sink.sendRtp(parts, now);
    }
  }

  /** Sends a sender report with the first packet, and then about every second. */
  reportIfDue(now: number): void {
    if (now < this.#reportDue || this.packets === 0) return;
    this.#reportDue = now + REPORT_INTERVAL * (0.5 + Math.random());
    const { clockRate, cname } = this.#track;
    this.#sink.sendRtcp(writeReport({ ssrc: this.ssrc, clockRate, cname }, this, now));
  }

  #fill(
    header: RtpHeaderTemplate,
    marker: boolean,
    sequence: number,
    timestamp: number,
    captured: number,
    now: number,
  ): void {
    const transportSequence = header.transportCc === 0 ? 0 : this.#sink.nextTransportSequence();
    fillHeader(header, marker, sequence, timestamp, transportSequence, captured, now);
  }

  #deliver(packet: MediaPacket, pictureId: number, tl0PictureIndex: number, now: number): void {
    if (!packet.descriptor) {
      this.#two[1] = packet.payload;
      this.#sink.sendRtp(this.#two, now);
      return;
    }
    this.#three[1] = this.#describe(packet.descriptor, pictureId, tl0PictureIndex);
    this.#three[2] = packet.payload;
    this.#sink.sendRtp(this.#three, now);
  }

  /** The descriptor with the stream's own numbers. */
  #describe(template: Buffer, pictureId: number, tl0PictureIndex: number): Buffer {
    let descriptor = this.#descriptors.get(template.length);
    if (!descriptor) this.#descriptors.set(template.length, (descriptor = Buffer.alloc(template.length)));
    descriptor.set(template);
    if (this.#layout) {
      descriptor[this.#layout.pictureId] = 0x80 | (pictureId >>> 8);
      descriptor[this.#layout.pictureId + 1] = pictureId & 0xff;
      descriptor[this.#layout.tl0PictureIndex] = tl0PictureIndex;
    }
    return descriptor;
  }
}
