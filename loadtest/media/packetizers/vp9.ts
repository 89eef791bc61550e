import { cut, MAX_PAYLOAD, type DescriptorLayout, type MediaFrame } from './mediaFrame.ts';

const DESCRIPTOR_LENGTH = 5;
const STRUCTURE_LENGTH = 8;

export const VP9_LAYOUT: DescriptorLayout = { pictureId: 1, tl0PictureIndex: 4 };

/** VP9 bitstream specification, 6.2: show_existing_frame and frame_type are clear in a key frame (profile 0). */
export function isVp9Key(frame: Buffer): boolean {
  return ((frame[0] ?? 0xff) & 0x0c) === 0;
}

/** RFC 9628 packets of a frame of one spatial and one temporal layer, in non-flexible mode. */
export function packetizeVp9(frame: Buffer, size: { width: number; height: number }): MediaFrame {
  const isKey = isVp9Key(frame);
  const pieces = cut(frame, MAX_PAYLOAD - DESCRIPTOR_LENGTH - (isKey ? STRUCTURE_LENGTH : 0));
  const packets = pieces.map((payload, i) => {
    const hasStructure = isKey && i === 0;
    const descriptor = Buffer.alloc(DESCRIPTOR_LENGTH + (hasStructure ? STRUCTURE_LENGTH : 0));
    // I and L; P, B, E, V. L is set for its TL0PICIDX, without which libwebrtc takes no frame in this mode.
    descriptor[0] =
      0xa0 |
      (isKey ? 0 : 0x40) |
      (i === 0 ? 0x08 : 0) |
      (i === pieces.length - 1 ? 0x04 : 0) |
      (hasStructure ? 0x02 : 0);
    descriptor[1] = 0x80;
    if (hasStructure) writeStructure(descriptor, DESCRIPTOR_LENGTH, size);
    return { descriptor, payload };
  });
  return { isKey, temporalLayer: 0, packets };
}

/** Scalability structure (RFC 9628, 4.2.1): one layer of that size, and each picture refers to the one before. */
function writeStructure(
  buffer: Buffer,
  at: number,
  { width, height }: { width: number; height: number },
): void {
  buffer[at] = 0x18;
  buffer.writeUInt16BE(width, at + 1);
  buffer.writeUInt16BE(height, at + 3);
  buffer[at + 5] = 1;
  buffer[at + 6] = 0x14;
  buffer[at + 7] = 1;
}

/** Length of the payload descriptor in front of a packet's VP9 data (RFC 9628, 4.2); NaN when it is cut off. */
export function vp9DescriptorLength(payload: Buffer): number {
  const first = payload[0];
  if (first === undefined) return NaN;
  const isFlexible = (first & 0x10) !== 0;
  let length = 1;
  if ((first & 0x80) !== 0) length += ((payload[1] ?? 0) & 0x80) !== 0 ? 2 : 1;
  if ((first & 0x20) !== 0) length += isFlexible ? 1 : 2;
  if (isFlexible && (first & 0x40) !== 0) {
    // P_DIFF, as long as its N bit announces another one.
    while (((payload[length++] ?? 0) & 1) !== 0);
  }
  if ((first & 0x02) !== 0) length = structureEnd(payload, length);
  return length <= payload.length ? length : NaN;
}

function structureEnd(payload: Buffer, begin: number): number {
  const head = payload[begin] ?? 0;
  let at = begin + 1;
  if ((head & 0x10) !== 0) at += ((head >> 5) + 1) * 4;
  if ((head & 0x08) === 0) return at;
  const pictures = payload[at++] ?? 0;
  for (let i = 0; i < pictures; i++) at += 1 + (((payload[at] ?? 0) >> 2) & 3);
  return at;
}
