import { BitReader } from '../BitReader.ts';
import type { Frame } from './Frame.ts';

interface Descriptor {
  length: number;
  interPredicted: boolean;
  begins: boolean;
}

/** RFC 9628, section 4.2. */
function readDescriptor(payload: Buffer): Descriptor {
  const first = payload[0] ?? 0;
  const interPredicted = (first & 0x40) !== 0;
  const flexible = (first & 0x10) !== 0;
  let at = 1;
  if (first & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
  if (first & 0x20) at += flexible ? 1 : 2;
  if (flexible && interPredicted) {
    for (let i = 0; i < 3; i++) if (((payload[at++] ?? 0) & 1) === 0) break;
  }
  if (first & 0x02) at += structureLength(payload.subarray(at));
  return { length: at, interPredicted, begins: (first & 0x08) !== 0 };
}

/** Bytes of the scalability structure (RFC 9628, section 4.2.1). */
function structureLength(bytes: Buffer): number {
  const first = bytes[0] ?? 0;
  let at = 1;
  if (first & 0x10) at += ((first >> 5) + 1) * 4;
  if ((first & 0x08) === 0) return at;
  for (let pictures = bytes[at++] ?? 0; pictures > 0; pictures--) at += 1 + (((bytes[at] ?? 0) >> 2) & 3);
  return at;
}

/** RFC 9628. The frames of several spatial layers become one superframe. */
export function assembleVp9(payloads: readonly Buffer[]): Frame | undefined {
  const layers: Buffer[][] = [];
  let key = false;
  for (const payload of payloads) {
    const { length, interPredicted, begins } = readDescriptor(payload);
    if (begins) layers.push([]);
    const layer = layers.at(-1);
    if (!layer) return undefined;
    if (layers.length === 1 && begins) key = !interPredicted;
    layer.push(payload.subarray(length));
  }
  const frames = layers.map((parts) => Buffer.concat(parts));
  const [base] = frames;
  if (!base || base.length === 0) return undefined;
  const data = frames.length === 1 ? base : superframe(frames);
  return key ? { data, key, ...largest(frames) } : { data, key };
}

/** VP9 bitstream specification, annex B. */
function superframe(frames: readonly Buffer[]): Buffer {
  const marker = 0xc0 | (3 << 3) | (frames.length - 1);
  const index = Buffer.alloc(2 + 4 * frames.length, marker);
  frames.forEach(({ length }, i) => index.writeUInt32LE(length, 1 + 4 * i));
  return Buffer.concat([...frames, index]);
}

/** The size that a key frame has, or an intra-only or a scaled one above it, as far as they tell. */
function largest(frames: readonly Buffer[]): { width?: number; height?: number } {
  const sizes = frames.flatMap((frame) => keyFrameSize(frame) ?? []);
  return sizes.reduce((most, size) => (size.width > most.width ? size : most), sizes[0] ?? NOTHING);
}

const NOTHING = { width: 0, height: 0 };

/** VP9 bitstream specification, sections 6.2 and 7.2. */
function keyFrameSize(frame: Buffer): { width: number; height: number } | undefined {
  const reader = new BitReader(frame);
  if (reader.bits(2) !== 2) return undefined;
  const profile = reader.bits(1) + 2 * reader.bits(1);
  if (profile === 3) reader.bits(1);
  // Shows an existing frame, or is not a key frame.
  if (reader.flag() || reader.flag()) return undefined;
  reader.bits(2);
  if (reader.bits(24) !== 0x49_83_42) return undefined;
  if (profile >= 2) reader.bits(1);
  const isRgb = reader.bits(3) === 7;
  if (!isRgb) reader.bits(profile & 1 ? 4 : 1);
  else if (profile & 1) reader.bits(1);
  return { width: reader.bits(16) + 1, height: reader.bits(16) + 1 };
}
