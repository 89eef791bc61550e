/** What is needed of an RTP packet (RFC 3550, section 5.1). */
export interface RtpPacket {
  payloadType: number;
  marker: boolean;
  /** 16 bits. */
  sequence: number;
  /** 32 bits, in units of the clock rate. */
  timestamp: number;
  ssrc: number;
  payload: Buffer;
}

/** A sender report's pair of clocks (RFC 3550, section 6.4.1). */
export interface SenderReport {
  ssrc: number;
  /** ms since the epoch. */
  at: number;
  /** 32 bits, in units of the clock rate. */
  timestamp: number;
}

/** Undefined for what is not RTP. */
export function readRtp(packet: Buffer): RtpPacket | undefined {
  const first = packet[0] ?? 0;
  if (packet.length < 12 || first >> 6 !== 2) return undefined;
  let at = 12 + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (packet.length < at + 4) return undefined;
    at += 4 + packet.readUInt16BE(at + 2) * 4;
  }
  const padding = first & 0x20 ? (packet.at(-1) ?? 0) : 0;
  if (at + padding > packet.length) return undefined;
  const second = packet[1] ?? 0;
  return {
    payloadType: second & 0x7f,
    marker: second >= 128,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: packet.subarray(at, packet.length - padding),
  };
}

/** Whether a datagram on a port for both is RTCP (RFC 5761, section 4). */
export const isRtcp = (packet: Buffer): boolean => (packet[1] ?? 0) >= 192 && (packet[1] ?? 0) <= 223;

const SENDER_REPORT = 200;
/** s from 1900, where NTP begins, to 1970. */
const NTP_EPOCH = 2_208_988_800;

/** The sender reports of a compound packet. */
export function readSenderReports(compound: Buffer): SenderReport[] {
  const reports: SenderReport[] = [];
  for (let at = 0; at + 4 <= compound.length;) {
    const end = at + 4 + compound.readUInt16BE(at + 2) * 4;
    if (end > compound.length) break;
    if (compound[at + 1] === SENDER_REPORT && end - at >= 28) {
      const seconds = compound.readUInt32BE(at + 8) - NTP_EPOCH;
      reports.push({
        ssrc: compound.readUInt32BE(at + 4),
        at: seconds * 1000 + (compound.readUInt32BE(at + 12) * 1000) / 2 ** 32,
        timestamp: compound.readUInt32BE(at + 16),
      });
    }
    at = end;
  }
  return reports;
}
