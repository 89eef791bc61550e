import type { Frame } from './Frame.ts';

/** Bytes of the payload descriptor (RFC 7741, section 4.2). */
function descriptorLength(payload: Buffer): number {
  let at = 1;
  if (((payload[0] ?? 0) & 0x80) === 0) return at;
  const extension = payload[at++] ?? 0;
  if (extension & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
  if (extension & 0x40) at += 1;
  if (extension & 0x30) at += 1;
  return at;
}

/** RFC 7741; the size is in the header of a key frame (RFC 6386, section 9.1). */
export function assembleVp8(payloads: readonly Buffer[]): Frame | undefined {
  const first = payloads[0]?.[0] ?? 0;
  // S bit, partition 0: where a frame begins.
  if ((first & 0x17) !== 0x10) return undefined;
  const data = Buffer.concat(payloads.map((payload) => payload.subarray(descriptorLength(payload))));
  if (data.length < 3) return undefined;
  if ((data[0] ?? 1) & 1) return { data, key: false };
  if (data.length < 10) return undefined;
  return {
    data,
    key: true,
    width: data.readUInt16LE(6) & 0x3fff,
    height: data.readUInt16LE(8) & 0x3fff,
  };
}
