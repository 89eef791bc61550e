/** The clear part of an RTP packet; one object serves for all packets. */
export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  /** 16 bits. */
  sequence: number;
  /** 32 bits, unsigned, in units of the clock rate. */
  timestamp: number;
  ssrc: number;
  /** Bytes before the payload: fixed header, CSRCs and extensions. */
  headerLength: number;
  /** Whether the payload ends with padding; how much of it is encrypted. */
  padding: boolean;
  /** 0 without extensions, else the form of RFC 8285: `0xbede` one byte, `0x1000` to `0x100f` two bytes. */
  extensionProfile: number;
  /** Where extension elements start; they end where the payload starts. */
  extensionOffset: number;
  /** Bytes of the value that `findExtension` found last. */
  valueLength: number;
}

const FIXED = 12;
const ONE_BYTE = 0xbede;
const TWO_BYTE = 0x1000;

export function newRtpHeader(): RtpHeader {
  return {
    payloadType: 0,
    marker: false,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    headerLength: 0,
    padding: false,
    extensionProfile: 0,
    extensionOffset: 0,
    valueLength: 0,
  };
}

/**
 * Reads the header of an RTP or SRTP packet (RFC 3550, 5.1) into an object that the caller keeps.
 *
 * @returns that object, or null (the object is then spoilt) for anything that is not RTP or is cut short.
 */
export function readRtp(packet: Buffer, into: RtpHeader): RtpHeader | null {
  if (packet.length < FIXED) return null;
  const first = packet[0] ?? 0;
  const second = packet[1] ?? 0;
  if (first >> 6 !== 2 || (second >= 192 && second <= 223)) return null;
  let length = FIXED + (first & 0x0f) * 4;
  into.extensionProfile = 0;
  into.extensionOffset = length;
  if (first & 0x10) {
    if (packet.length < length + 4) return null;
    into.extensionProfile = ((packet[length] ?? 0) << 8) | (packet[length + 1] ?? 0);
    into.extensionOffset = length + 4;
    length += 4 + (((packet[length + 2] ?? 0) << 8) | (packet[length + 3] ?? 0)) * 4;
  }
  if (packet.length < length) return null;
  into.headerLength = length;
  into.padding = (first & 0x20) !== 0;
  into.marker = second >= 128;
  into.payloadType = second & 0x7f;
  into.sequence = ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
  into.timestamp = uint32(packet, 4);
  into.ssrc = uint32(packet, 8);
  return into;
}

/**
 * Finds a header extension (RFC 8285, both forms) of the packet that was read last.
 *
 * @returns where its value starts in the packet, -1 if it is not there; its length is then in `header.valueLength`.
 */
export function findExtension(packet: Buffer, header: RtpHeader, id: number): number {
  const end = header.headerLength;
  let at = header.extensionOffset;
  if (header.extensionProfile === ONE_BYTE) {
    while (at < end) {
      const byte = packet[at++] ?? 0;
      const element = byte >> 4;
      // A byte of zero is padding; 15 ends the reading (RFC 8285, 4.2).
      if (byte === 0) continue;
      if (element === 15) return -1;
      const length = (byte & 0x0f) + 1;
      if (at + length > end) return -1;
      if (element === id && element !== 0) {
        header.valueLength = length;
        return at;
      }
      at += length;
    }
  } else if ((header.extensionProfile & 0xfff0) === TWO_BYTE) {
    while (at + 1 < end) {
      const element = packet[at++] ?? 0;
      if (element === 0) continue;
      const length = packet[at++] ?? 0;
      if (at + length > end) return -1;
      if (element === id) {
        header.valueLength = length;
        return at;
      }
      at += length;
    }
  }
  return -1;
}

function uint32(packet: Buffer, at: number): number {
  return (
    (((packet[at] ?? 0) << 24) |
      ((packet[at + 1] ?? 0) << 16) |
      ((packet[at + 2] ?? 0) << 8) |
      (packet[at + 3] ?? 0)) >>>
    0
  );
}
