/** Bytes of the fixed part of a header (RFC 3550 section 5.1). */
export const FIXED_HEADER = 12;

/** Where the payload begins; undefined for what is no RTP, or has none. */
export function payloadStart(packet: Buffer): number | undefined {
  if (packet.length < FIXED_HEADER || (packet[0] ?? 0) >> 6 !== 2) return undefined;
  let start = FIXED_HEADER + 4 * ((packet[0] ?? 0) & 0x0f);
  if ((packet[0] ?? 0) & 0x10) {
    if (packet.length < start + 4) return undefined;
    start += 4 + 4 * packet.readUInt16BE(start + 2);
  }
  return start < packet.length ? start : undefined;
}

/**
 * Whether a decoder can begin with this packet, the first one that a mediasoup consumer gives.
 *
 * It begins by itself with a keyframe of each codec but AV1, of which it looks at none; there the packetizer says so (AV1 RTP
 * section 4.4, bit N).
 */
export function canBeginWith(mimeType: string, packet: Buffer): boolean {
  if (mimeType.toLowerCase() !== 'video/av1') return true;
  const start = payloadStart(packet);
  return start !== undefined && ((packet[start] ?? 0) & 0x08) !== 0;
}
