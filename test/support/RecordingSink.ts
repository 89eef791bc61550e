import { readNtp } from '../../loadtest/rtp/ntp.ts';
import type { MediaSink } from '../../loadtest/media/mediaSink.ts';

/** A packet as it went out. */
export interface SentPacket {
  /** Unix ms. */
  now: number;
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  extensions: Map<number, Buffer>;
  payload: Buffer;
}

/** Keeps all packets. */
export class RecordingSink implements MediaSink {
  packets: SentPacket[] = [];
  reports: Buffer[] = [];
  #transportSequence = 0;

  sendRtp(packet: readonly Buffer[], now: number): void {
    const [header, ...payload] = packet;
    if (!header) throw new Error('a packet without a header');
    this.packets.push({
      now,
      payloadType: header[1]! & 0x7f,
      marker: (header[1]! & 0x80) !== 0,
      sequence: header.readUInt16BE(2),
      timestamp: header.readUInt32BE(4),
      ssrc: header.readUInt32BE(8),
      extensions: readExtensions(header),
      payload: Buffer.concat(payload),
    });
  }

  sendRtcp(packet: Buffer): void {
    this.reports.push(Buffer.from(packet));
  }

  nextTransportSequence(): number {
    this.#transportSequence = (this.#transportSequence + 1) & 0xffff;
    return this.#transportSequence;
  }

  of(ssrc: number): SentPacket[] {
    return this.packets.filter((packet) => packet.ssrc === ssrc);
  }

  clear(): void {
    this.packets = [];
    this.reports = [];
  }
}

/** Packets of one picture after the other. */
export function pictures(packets: readonly SentPacket[]): SentPacket[][] {
  const found: SentPacket[][] = [];
  for (const packet of packets) {
    const last = found.at(-1);
    if (last && last[0]!.timestamp === packet.timestamp) last.push(packet);
    else found.push([packet]);
  }
  return found;
}

/** How far each number is from the one before, modulo. */
export function steps(numbers: readonly number[], modulus: number): number[] {
  return numbers.slice(1).map((number, i) => (number - numbers[i]! + modulus) % modulus);
}

/** Unix ms of an abs-capture-time extension. */
export function captureTime(data: Buffer): number {
  return readNtp(data, 0);
}

function readExtensions(header: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  if ((header[0]! & 0x10) === 0) return found;
  if (header.readUInt16BE(12) !== 0xbede) throw new Error('not the one-byte form');
  if (16 + header.readUInt16BE(14) * 4 !== header.length) throw new Error('a wrong length of extensions');
  for (let at = 16; at < header.length;) {
    if (header[at] === 0) {
      at++;
      continue;
    }
    const length = (header[at]! & 0x0f) + 1;
    found.set(header[at]! >> 4, Buffer.from(header.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return found;
}
