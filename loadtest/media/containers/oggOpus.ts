import { internal } from '../../../src/support/errors.ts';

/** What an Ogg Opus file holds (RFC 7845). */
export interface OggOpus {
  channels: number;
  /** Audio packets, without the two headers. */
  packets: Buffer[];
}

/** Reads an Ogg file with one Opus stream (RFC 3533, RFC 7845). @throws ParleyError `internal` when it is none. */
export function parseOggOpus(file: Buffer): OggOpus {
  const packets: Buffer[] = [];
  let parts: Buffer[] = [];
  let at = 0;
  while (at + 27 <= file.length) {
    if (file.toString('latin1', at, at + 4) !== 'OggS')
      throw internal('an Ogg page begins with something else');
    const segments = file.readUInt8(at + 26);
    let data = at + 27 + segments;
    for (const lacing of file.subarray(at + 27, data)) {
      if (data + lacing > file.length) throw internal('an Ogg file ends within a page');
      parts.push(file.subarray(data, data + lacing));
      data += lacing;
      if (lacing === 255) continue;
      packets.push(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
      parts = [];
    }
    at = data;
  }
  const [head, , ...audio] = packets;
  if (head?.toString('latin1', 0, 8) !== 'OpusHead') throw internal('not an Ogg Opus file');
  return { channels: head.readUInt8(9), packets: audio };
}
