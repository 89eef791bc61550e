import { rtpTimestamp, writeNtp } from '../rtp/ntp.ts';

/** What a stream has sent. */
export interface SentCounts {
  packets: number;
  /** Payload bytes. */
  octets: number;
}

/** A compound packet of a sender report and the CNAME (RFC 3550, 6.4.1 and 6.5). */
export function writeReport(
  stream: { ssrc: number; clockRate: number; cname: string },
  sent: SentCounts,
  now: number,
): Buffer {
  const cname = Buffer.from(stream.cname).subarray(0, 255);
  // Chunk: SSRC, item, one zero at least, up to a whole word.
  const chunk = Math.ceil((4 + 2 + cname.length + 1) / 4) * 4;
  const packet = Buffer.alloc(28 + 4 + chunk);
  packet.writeUInt32BE(0x80c8_0006, 0);
  packet.writeUInt32BE(stream.ssrc, 4);
  writeNtp(packet, 8, now);
  packet.writeUInt32BE(rtpTimestamp(now, stream.clockRate), 16);
  packet.writeUInt32BE(sent.packets >>> 0, 20);
  packet.writeUInt32BE(sent.octets >>> 0, 24);
  packet.writeUInt16BE(0x81ca, 28);
  packet.writeUInt16BE(chunk / 4, 30);
  packet.writeUInt32BE(stream.ssrc, 32);
  packet.writeUInt8(1, 36);
  packet.writeUInt8(cname.length, 37);
  cname.copy(packet, 38);
  return packet;
}
