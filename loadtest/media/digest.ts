import type { VideoCodec } from '../scenario/scenario.ts';
import { vp8DescriptorLength } from './packetizers/vp8.ts';
import { vp9DescriptorLength } from './packetizers/vp9.ts';

const LOOKED_AT = 32;

/**
 * A 32-bit hash (FNV-1a) of a payload's first 32 bytes and its length, by which a receiver recognises what a bot sent.
 *
 * @param payload as `stripDescriptor` leaves it: an SFU rewrites what is in front.
 */
export function digestOf(payload: Buffer): number {
  let hash = 0x811c9dc5 ^ payload.length;
  const end = Math.min(payload.length, LOOKED_AT);
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ (payload[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

/** The part of an RTP payload that no SFU changes; empty when its descriptor is cut off. It shares the memory. */
export function stripDescriptor(codec: VideoCodec | 'opus', payload: Buffer): Buffer {
  if (codec === 'vp8') return after(payload, vp8DescriptorLength(payload));
  if (codec === 'vp9') return after(payload, vp9DescriptorLength(payload));
  return payload;
}

function after(payload: Buffer, length: number): Buffer {
  return Number.isNaN(length) ? payload.subarray(payload.length) : payload.subarray(length);
}
