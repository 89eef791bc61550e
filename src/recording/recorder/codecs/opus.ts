import type { Frame } from './Frame.ts';

/** RFC 7587: a packet is a frame. */
export function assembleOpus(payloads: readonly Buffer[]): Frame | undefined {
  const data = payloads[0];
  return data && data.length > 0 ? { data, key: true } : undefined;
}

/** ms of a frame by its configuration, of SILK, hybrid and CELT (RFC 6716, section 3.1). */
const DURATIONS = [
  [10, 20, 40, 60],
  [10, 20],
  [2.5, 5, 10, 20],
] as const;

/** ms that a packet of Opus lasts (RFC 6716, section 3). */
export function opusDuration(packet: Buffer): number {
  const toc = packet[0] ?? 0;
  const configuration = toc >> 3;
  const duration =
    configuration < 12
      ? DURATIONS[0][configuration & 3]
      : configuration < 16
        ? DURATIONS[1][configuration & 1]
        : DURATIONS[2][configuration & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 1) & 0x3f;
  return (duration ?? 20) * Math.max(1, frames);
}

/** The identification header without pre-skip: what begins in mid-call has none (RFC 7845, section 5.1). */
export function opusHead(channels: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt32LE(48_000, 12);
  return head;
}
