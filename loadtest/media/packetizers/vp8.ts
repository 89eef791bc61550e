import { TEMPORAL_PATTERN } from '../clipPlan.ts';
import { cut, MAX_PAYLOAD, type DescriptorLayout, type MediaFrame } from './mediaFrame.ts';

const DESCRIPTOR_LENGTH = 6;

export const VP8_LAYOUT: DescriptorLayout = { pictureId: 2, tl0PictureIndex: 4 };

/** Places of the pattern whose frame depends on layer 0 only (the Y bit), and those that no other frame refers to. */
const IS_SYNC = [true, true, true, false];
const IS_DISCARDABLE = [false, true, false, true];

/** RFC 6386, 9.1: the lowest bit of a frame is clear in a key frame. */
export function isVp8Key(frame: Buffer): boolean {
  return ((frame[0] ?? 1) & 1) === 0;
}

/**
 * RFC 7741 packets of a frame, with picture id, TL0PICIDX and temporal layer.
 *
 * @param index of the frame, counted from a key frame; tells its place in the temporal pattern.
 */
export function packetizeVp8(frame: Buffer, index: number, temporal: boolean): MediaFrame {
  const place = temporal ? index % TEMPORAL_PATTERN.length : 0;
  const temporalLayer = TEMPORAL_PATTERN[place] ?? 0;
  const isKey = isVp8Key(frame);
  const sync = (IS_SYNC[place] ?? false) && temporalLayer > 0;
  const packets = cut(frame, MAX_PAYLOAD - DESCRIPTOR_LENGTH).map((payload, i) => {
    const descriptor = Buffer.alloc(DESCRIPTOR_LENGTH);
    // X, N, S; partition index 0 throughout, as libwebrtc writes it.
    descriptor[0] = 0x80 | (IS_DISCARDABLE[place] ? 0x20 : 0) | (i === 0 ? 0x10 : 0);
    // I, L, T.
    descriptor[1] = 0xe0;
    descriptor[2] = 0x80;
    descriptor[5] = (temporalLayer << 6) | (sync ? 0x20 : 0);
    return { descriptor, payload };
  });
  return { isKey, temporalLayer, packets };
}

/** Length of the payload descriptor in front of a packet's VP8 data (RFC 7741, 4.2); NaN when it is cut off. */
export function vp8DescriptorLength(payload: Buffer): number {
  const first = payload[0];
  if (first === undefined) return NaN;
  if ((first & 0x80) === 0) return 1;
  const has = payload[1] ?? 0;
  let length = 2;
  if ((has & 0x80) !== 0) length += ((payload[2] ?? 0) & 0x80) !== 0 ? 2 : 1;
  if ((has & 0x40) !== 0) length += 1;
  if ((has & 0x30) !== 0) length += 1;
  return length <= payload.length ? length : NaN;
}
