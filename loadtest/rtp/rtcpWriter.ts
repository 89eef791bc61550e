import type { ReportBlock, SenderReport } from './rtcp.ts';

const MAX_BLOCKS = 31;
/** Items of one NACK, so that it fits a datagram. */
const MAX_NACK_ITEMS = 250;

/** A sender report (RFC 3550, 6.4.1); of more than 31 blocks the first 31, so give the others to `writeReceiverReports`. */
export function writeSenderReport(report: Omit<SenderReport, 'type'>): Buffer {
  const blocks = report.blocks.slice(0, MAX_BLOCKS);
  const packet = newPacket(200, blocks.length, 28 + blocks.length * 24);
  packet.writeUInt32BE(report.ssrc, 4);
  packet.writeBigUInt64BE(report.ntp, 8);
  packet.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
  packet.writeUInt32BE(report.packets >>> 0, 20);
  packet.writeUInt32BE(report.octets >>> 0, 24);
  writeBlocks(packet, 28, blocks);
  return packet;
}

/** Receiver reports (RFC 3550, 6.4.2) for any number of blocks, 31 in each; one empty report if there are none. */
export function writeReceiverReports(ssrc: number, blocks: readonly ReportBlock[]): Buffer[] {
  const packets: Buffer[] = [];
  for (let from = 0; from === 0 || from < blocks.length; from += MAX_BLOCKS) {
    const part = blocks.slice(from, from + MAX_BLOCKS);
    const packet = newPacket(201, part.length, 8 + part.length * 24);
    packet.writeUInt32BE(ssrc, 4);
    writeBlocks(packet, 8, part);
    packets.push(packet);
  }
  return packets;
}

/** A source description with a CNAME (RFC 3550, 6.5.1) of at most 255 bytes. */
export function writeCname(ssrc: number, cname: string): Buffer {
  const text = Buffer.from(cname).subarray(0, 255);
  const packet = newPacket(202, 1, 8 + ((text.length + 2 + 4) & ~3));
  packet.writeUInt32BE(ssrc, 4);
  packet[8] = 1;
  packet[9] = text.length;
  text.copy(packet, 10);
  return packet;
}

export function writeBye(ssrcs: readonly number[]): Buffer {
  const packet = newPacket(203, ssrcs.length, 4 + ssrcs.length * 4);
  ssrcs.forEach((ssrc, index) => packet.writeUInt32BE(ssrc, 4 + index * 4));
  return packet;
}

/** Asks for packets again (RFC 4585, 6.2.1); sequence numbers in ascending order (over the wrap) pack best. */
export function writeNacks(sender: number, media: number, sequences: readonly number[]): Buffer[] {
  const items: [first: number, following: number][] = [];
  let item: [number, number] | undefined;
  for (const sequence of sequences) {
    const distance = item ? (sequence - item[0]) & 0xffff : 0;
    if (item && distance >= 1 && distance <= 16) item[1] |= 1 << (distance - 1);
    else items.push((item = [sequence & 0xffff, 0]));
  }
  const packets: Buffer[] = [];
  for (let from = 0; from < items.length; from += MAX_NACK_ITEMS) {
    const part = items.slice(from, from + MAX_NACK_ITEMS);
    const packet = newFeedback(205, 1, 12 + part.length * 4, sender, media);
    part.forEach(([first, following], index) => {
      packet.writeUInt16BE(first, 12 + index * 4);
      packet.writeUInt16BE(following, 14 + index * 4);
    });
    packets.push(packet);
  }
  return packets;
}

/** Picture loss indication (RFC 4585, 6.3.1): a key frame is wanted. */
export function writePictureLoss(sender: number, media: number): Buffer {
  return newFeedback(206, 1, 12, sender, media);
}

/** Full intra request (RFC 5104, 4.3.1); `sequence` (8 bits) grows with each new request for an SSRC. */
export function writeFullIntra(
  sender: number,
  requests: readonly { ssrc: number; sequence: number }[],
): Buffer {
  const packet = newFeedback(206, 4, 12 + requests.length * 8, sender, 0);
  requests.forEach(({ ssrc, sequence }, index) => {
    packet.writeUInt32BE(ssrc, 12 + index * 8);
    packet[16 + index * 8] = sequence & 0xff;
  });
  return packet;
}

/** REMB (draft-alvestrand-rmcat-remb-03) for up to 255 SSRCs; the bitrate (bps) is rounded down to 18 bits. */
export function writeEstimatedBitrate(sender: number, bitrate: number, ssrcs: readonly number[]): Buffer {
  const packet = newFeedback(206, 15, 20 + ssrcs.length * 4, sender, 0);
  let exponent = 0;
  while (bitrate / 2 ** exponent >= 2 ** 18) exponent++;
  packet.write('REMB', 12, 'latin1');
  packet[16] = ssrcs.length;
  packet.writeUIntBE(exponent * 2 ** 18 + Math.floor(bitrate / 2 ** exponent), 17, 3);
  ssrcs.forEach((ssrc, index) => packet.writeUInt32BE(ssrc, 20 + index * 4));
  return packet;
}

/**
 * Puts packets together into datagrams of at most `limit` bytes, in order; one that is longer goes alone.
 *
 * Whether a datagram must begin with a report (RFC 3550, 6.1) or not (RFC 5506, `rtcp-rsize`) is the caller's matter.
 */
export function packRtcp(packets: readonly Buffer[], limit = 1200): Buffer[] {
  const datagrams: Buffer[] = [];
  let part: Buffer[] = [];
  let length = 0;
  for (const packet of packets) {
    if (length + packet.length > limit && part.length > 0) {
      datagrams.push(Buffer.concat(part, length));
      part = [];
      length = 0;
    }
    part.push(packet);
    length += packet.length;
  }
  if (part.length > 0) datagrams.push(Buffer.concat(part, length));
  return datagrams;
}

/** `length` is in bytes, with the header, a multiple of 4. */
function newPacket(type: number, count: number, length: number): Buffer {
  const packet = Buffer.alloc(length);
  packet[0] = 0x80 | count;
  packet[1] = type;
  packet.writeUInt16BE(length / 4 - 1, 2);
  return packet;
}

function newFeedback(type: number, format: number, length: number, sender: number, media: number): Buffer {
  const packet = newPacket(type, format, length);
  packet.writeUInt32BE(sender, 4);
  packet.writeUInt32BE(media, 8);
  return packet;
}

function writeBlocks(packet: Buffer, start: number, blocks: readonly ReportBlock[]): void {
  blocks.forEach((block, index) => {
    const at = start + index * 24;
    packet.writeUInt32BE(block.ssrc, at);
    packet[at + 4] = block.fractionLost;
    packet.writeIntBE(block.cumulativeLost, at + 5, 3);
    packet.writeUInt32BE(block.highestSequence, at + 8);
    packet.writeUInt32BE(block.jitter, at + 12);
    packet.writeUInt32BE(block.lastSenderReport, at + 16);
    packet.writeUInt32BE(block.delaySinceLastSenderReport, at + 20);
  });
}
