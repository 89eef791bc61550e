/**
 * Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1), as read.
 *
 * `arrival` is in ms on the receiver's clock, whose zero repeats every 12.4 days (24 bits of 64 ms).
 */
export interface TransportFeedbackPacket {
  type: 'transportFeedback';
  sender: number;
  media: number;
  baseSequence: number;
  /** 24 bits, unsigned, in units of 64 ms. */
  referenceTime: number;
  /** 8 bits. */
  feedbackCount: number;
  /** null: not received. */
  packets: { sequence: number; arrival: number | null }[];
}

/** What goes into a feedback packet. */
export interface TransportFeedbackContent {
  sender: number;
  media: number;
  baseSequence: number;
  referenceTime: number;
  feedbackCount: number;
  /** Packets that are reported on, from `baseSequence` on. */
  count: number;
  /** Of each: 0 not received, 1 a delta of 0 to 255, 2 another delta. Longer arrays are cut at `count`. */
  symbols: Uint8Array;
  /** Of each that was received: since the one before (the first: since the reference time), in 250 us. */
  deltas: Int16Array;
}

const HEADER = 20;
const MAX_RUN = 8191;

/** ms of one unit of the reference time, and units of a delta in one ms. */
export const REFERENCE_UNIT = 64;
export const DELTAS_PER_MS = 4;

/** Writes a feedback packet, with its RTCP header. */
export function writeTransportFeedback(content: TransportFeedbackContent): Buffer {
  const { symbols, deltas, count } = content;
  const chunks = writeChunks(symbols, count);
  let deltaBytes = 0;
  for (let index = 0; index < count; index++) deltaBytes += symbols[index] ?? 0;
  const packet = Buffer.alloc((HEADER + chunks.length * 2 + deltaBytes + 3) & ~3);
  packet[0] = 0x80 | 15;
  packet[1] = 205;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(content.sender, 4);
  packet.writeUInt32BE(content.media, 8);
  packet.writeUInt16BE(content.baseSequence, 12);
  packet.writeUInt16BE(count, 14);
  packet.writeUIntBE(content.referenceTime, 16, 3);
  packet[19] = content.feedbackCount;
  let at = HEADER;
  for (const chunk of chunks) at = packet.writeUInt16BE(chunk, at);
  let received = 0;
  for (let index = 0; index < count; index++) {
    const symbol = symbols[index];
    if (symbol === 1) packet[at++] = deltas[received++] ?? 0;
    else if (symbol === 2) at = packet.writeInt16BE(deltas[received++] ?? 0, at);
  }
  return packet;
}

/** Run lengths where they save something, else 14 symbols of one bit, else 7 of two bits (draft, 3.1.3 and 3.1.4). */
function writeChunks(symbols: Uint8Array, count: number): number[] {
  const chunks: number[] = [];
  let at = 0;
  while (at < count) {
    const symbol = symbols[at] ?? 0;
    let run = 1;
    while (at + run < count && run < MAX_RUN && symbols[at + run] === symbol) run++;
    const small = Math.min(14, count - at);
    let oneBit = 0;
    while (oneBit < small && symbols[at + oneBit] !== 2) oneBit++;
    const reach = oneBit === small ? small : Math.min(7, count - at);
    if (run >= reach) {
      chunks.push((symbol << 13) | run);
      at += run;
    } else if (oneBit === small) {
      let chunk = 0x8000;
      for (let index = 0; index < small; index++) chunk |= (symbols[at + index] ?? 0) << (13 - index);
      chunks.push(chunk);
      at += small;
    } else {
      let chunk = 0xc000;
      for (let index = 0; index < reach; index++) chunk |= (symbols[at + index] ?? 0) << (12 - index * 2);
      chunks.push(chunk);
      at += reach;
    }
  }
  return chunks;
}

/** Reads a feedback packet (with its RTCP header, without padding by the P bit); null if it contradicts itself. */
export function readTransportFeedback(packet: Buffer): TransportFeedbackPacket | null {
  if (packet.length < HEADER) return null;
  const baseSequence = packet.readUInt16BE(12);
  const count = packet.readUInt16BE(14);
  const referenceTime = packet.readUIntBE(16, 3);
  const symbols = new Uint8Array(count);
  let at = readChunks(packet, symbols);
  if (at === null) return null;
  const packets: TransportFeedbackPacket['packets'] = [];
  let ticks = referenceTime * REFERENCE_UNIT * DELTAS_PER_MS;
  for (let index = 0; index < count; index++) {
    const sequence = (baseSequence + index) & 0xffff;
    const symbol = symbols[index] ?? 0;
    // Symbol 3 is reserved (draft, 3.1.1) and has no delta.
    if (symbol === 0 || symbol === 3) {
      packets.push({ sequence, arrival: null });
      continue;
    }
    if (at + symbol > packet.length) return null;
    ticks += symbol === 1 ? packet.readUInt8(at) : packet.readInt16BE(at);
    at += symbol;
    packets.push({ sequence, arrival: ticks / DELTAS_PER_MS });
  }
  return {
    type: 'transportFeedback',
    sender: packet.readUInt32BE(4),
    media: packet.readUInt32BE(8),
    baseSequence,
    referenceTime,
    feedbackCount: packet[19] ?? 0,
    packets,
  };
}

/** Fills the symbols in; returns where the deltas start, or null if chunks are missing. */
function readChunks(packet: Buffer, symbols: Uint8Array): number | null {
  let at = HEADER;
  let done = 0;
  while (done < symbols.length) {
    if (at + 2 > packet.length) return null;
    const chunk = packet.readUInt16BE(at);
    at += 2;
    if (chunk < 0x8000) {
      const run = chunk & MAX_RUN;
      if (run === 0) return null;
      symbols.fill(chunk >> 13, done, done + run);
      done += run;
    } else if (chunk < 0xc000) {
      for (let index = 0; index < 14; index++) symbols[done++] = (chunk >> (13 - index)) & 1;
    } else {
      for (let index = 0; index < 7; index++) symbols[done++] = (chunk >> (12 - index * 2)) & 3;
    }
  }
  return at;
}
