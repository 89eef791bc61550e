import { readTransportFeedback, type TransportFeedbackPacket } from './transportCc.ts';

/** What a receiver tells of one stream (RFC 3550, 6.4.1). */
export interface ReportBlock {
  ssrc: number;
  /** Since the report before, in 1/256. */
  fractionLost: number;
  /** Signed, 24 bits. */
  cumulativeLost: number;
  /** 16 bits of cycles, then the sequence number. */
  highestSequence: number;
  /** In units of the stream's clock. */
  jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0: there was none. */
  lastSenderReport: number;
  /** Since it came, in 1/65536 s. */
  delaySinceLastSenderReport: number;
}

export interface SenderReport {
  type: 'senderReport';
  ssrc: number;
  /** 64 bits: seconds since 1900, then the fraction. */
  ntp: bigint;
  rtpTimestamp: number;
  packets: number;
  octets: number;
  blocks: ReportBlock[];
}

export type RtcpPacket =
  | SenderReport
  | { type: 'receiverReport'; ssrc: number; blocks: ReportBlock[] }
  | { type: 'sourceDescription'; sources: { ssrc: number; cname: string }[] }
  | { type: 'bye'; ssrcs: number[] }
  /** RFC 4585, 6.2.1: these sequence numbers of `media` are wanted again. */
  | { type: 'nack'; sender: number; media: number; sequences: number[] }
  /** RFC 4585, 6.3.1. */
  | { type: 'pictureLoss'; sender: number; media: number }
  /** RFC 5104, 4.3.1. */
  | { type: 'fullIntra'; sender: number; requests: { ssrc: number; sequence: number }[] }
  /** draft-alvestrand-rmcat-remb-03; bps. */
  | { type: 'estimatedBitrate'; sender: number; bitrate: number; ssrcs: number[] }
  | TransportFeedbackPacket;

/**
 * Takes a compound RTCP packet (decrypted) apart.
 *
 * Packets of unknown kinds, or which contradict themselves, are left out; what follows a wrong length is given up.
 * Never throws.
 */
export function readRtcp(compound: Buffer): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  let at = 0;
  while (at + 4 <= compound.length) {
    const first = compound[at] ?? 0;
    const end = at + 4 + compound.readUInt16BE(at + 2) * 4;
    if (first >> 6 !== 2 || end > compound.length) break;
    const padding = first & 0x20 ? (compound[end - 1] ?? 0) : 0;
    if (end - padding >= at + 4) {
      const packet = readOne(compound.subarray(at, end - padding), first & 0x1f);
      if (packet) packets.push(packet);
    }
    at = end;
  }
  return packets;
}

/** `count` is the report count, source count or feedback format of the header. */
function readOne(packet: Buffer, count: number): RtcpPacket | null {
  switch (packet[1]) {
    case 200:
      return readSenderReport(packet, count);
    case 201: {
      const blocks = readBlocks(packet, 8, count);
      return blocks && { type: 'receiverReport', ssrc: packet.readUInt32BE(4), blocks };
    }
    case 202:
      return readSourceDescription(packet, count);
    case 203: {
      const ssrcs = readSsrcs(packet, 4, count);
      return ssrcs && { type: 'bye', ssrcs };
    }
    case 205:
      if (packet.length < 12) return null;
      if (count === 1) return readNack(packet);
      return count === 15 ? readTransportFeedback(packet) : null;
    case 206:
      if (packet.length < 12) return null;
      if (count === 1) {
        return { type: 'pictureLoss', sender: packet.readUInt32BE(4), media: packet.readUInt32BE(8) };
      }
      if (count === 4) return readFullIntra(packet);
      return count === 15 ? readEstimatedBitrate(packet) : null;
    default:
      return null;
  }
}

function readSenderReport(packet: Buffer, count: number): SenderReport | null {
  const blocks = readBlocks(packet, 28, count);
  return (
    blocks && {
      type: 'senderReport',
      ssrc: packet.readUInt32BE(4),
      ntp: packet.readBigUInt64BE(8),
      rtpTimestamp: packet.readUInt32BE(16),
      packets: packet.readUInt32BE(20),
      octets: packet.readUInt32BE(24),
      blocks,
    }
  );
}

function readBlocks(packet: Buffer, start: number, count: number): ReportBlock[] | null {
  if (packet.length < start + count * 24) return null;
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * 24;
    return {
      ssrc: packet.readUInt32BE(at),
      fractionLost: packet[at + 4] ?? 0,
      cumulativeLost: packet.readIntBE(at + 5, 3),
      highestSequence: packet.readUInt32BE(at + 8),
      jitter: packet.readUInt32BE(at + 12),
      lastSenderReport: packet.readUInt32BE(at + 16),
      delaySinceLastSenderReport: packet.readUInt32BE(at + 20),
    };
  });
}

function readSsrcs(packet: Buffer, start: number, count: number): number[] | null {
  if (packet.length < start + count * 4) return null;
  return Array.from({ length: count }, (_, index) => packet.readUInt32BE(start + index * 4));
}

function readSourceDescription(packet: Buffer, count: number): RtcpPacket | null {
  const sources: { ssrc: number; cname: string }[] = [];
  let at = 4;
  for (let chunk = 0; chunk < count; chunk++) {
    if (at + 5 > packet.length) return null;
    const ssrc = packet.readUInt32BE(at);
    at += 4;
    let kind: number;
    while ((kind = packet[at] ?? 0) !== 0) {
      const end = at + 2 + (packet[at + 1] ?? 0);
      if (end > packet.length) return null;
      if (kind === 1) sources.push({ ssrc, cname: packet.toString('utf8', at + 2, end) });
      at = end;
    }
    // The list ends with one zero at least, and at a multiple of four.
    at = (at & ~3) + 4;
  }
  return { type: 'sourceDescription', sources };
}

function readNack(packet: Buffer): RtcpPacket {
  const sequences: number[] = [];
  for (let at = 12; at + 4 <= packet.length; at += 4) {
    const first = packet.readUInt16BE(at);
    const following = packet.readUInt16BE(at + 2);
    sequences.push(first);
    for (let bit = 0; bit < 16; bit++) {
      if ((following >> bit) & 1) sequences.push((first + bit + 1) & 0xffff);
    }
  }
  return { type: 'nack', sender: packet.readUInt32BE(4), media: packet.readUInt32BE(8), sequences };
}

function readFullIntra(packet: Buffer): RtcpPacket {
  const requests: { ssrc: number; sequence: number }[] = [];
  for (let at = 12; at + 8 <= packet.length; at += 8) {
    requests.push({ ssrc: packet.readUInt32BE(at), sequence: packet[at + 4] ?? 0 });
  }
  return { type: 'fullIntra', sender: packet.readUInt32BE(4), requests };
}

function readEstimatedBitrate(packet: Buffer): RtcpPacket | null {
  if (packet.length < 20 || packet.toString('latin1', 12, 16) !== 'REMB') return null;
  const ssrcs = readSsrcs(packet, 20, packet[16] ?? 0);
  const word = packet.readUIntBE(17, 3);
  return (
    ssrcs && {
      type: 'estimatedBitrate',
      sender: packet.readUInt32BE(4),
      bitrate: (word & 0x3ffff) * 2 ** (word >> 18),
      ssrcs,
    }
  );
}
