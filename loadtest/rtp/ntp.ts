/*
 * The one clock of the load test: Unix time in ms with a fraction, monotonic within a process. NTP timestamps
 * (RFC 5905, 6) and RTP timestamps are made from it.
 */

/** Seconds from 1900 (NTP) to 1970 (Unix). */
const NTP_EPOCH = 2_208_988_800;
const UINT32 = 0x1_0000_0000;

/** What `performance.now()` lacks to the monotonic clock that all processes of a host share, ms. */
const monotonicOffset = Number(process.hrtime.bigint()) / 1e6 - performance.now();
let base = performance.timeOrigin;

/** Unix time in ms, precise to about a microsecond; it never goes back, whatever happens to the system's clock. */
export function unixNow(): number {
  return base + performance.now();
}

/** A time of `performance.now()` on that clock. */
export function unixTime(time: number): number {
  return base + time;
}

/** Unix time in ms at the zero of the host's monotonic clock, as this process sees it; for `adoptClock`. */
export function clockOrigin(): number {
  return base - monotonicOffset;
}

/**
 * Takes over the clock of another process on the same host (`clockOrigin()` told there), so that times of both can be
 * subtracted even if the system's clock was set between their starts. To be called before anything is sent.
 */
export function adoptClock(origin: number): void {
  base = origin + monotonicOffset;
}

/** Unix ms as a 64-bit NTP timestamp (UQ32.32). */
export function toNtp(unixMs: number): bigint {
  return (BigInt(ntpSeconds(unixMs)) << 32n) | BigInt(ntpFraction(unixMs));
}

/** A 64-bit NTP timestamp as Unix ms. */
export function fromNtp(ntp: bigint): number {
  return ntpPartsToUnix(Number(ntp >> 32n), Number(ntp & 0xffff_ffffn));
}

/** The middle 32 bits, as in LSR and DLSR (RFC 3550, 6.4.1): units of 1/65536 s. */
export function compactNtp(unixMs: number): number {
  return ((ntpSeconds(unixMs) & 0xffff) * 0x10000 + (ntpFraction(unixMs) >>> 16)) >>> 0;
}

/** Writes Unix ms as an 8-byte NTP timestamp, without making a bigint. */
export function writeNtp(buffer: Buffer, offset: number, unixMs: number): void {
  buffer.writeUInt32BE(ntpSeconds(unixMs), offset);
  buffer.writeUInt32BE(ntpFraction(unixMs), offset + 4);
}

/** Reads an 8-byte NTP timestamp as Unix ms. */
export function readNtp(buffer: Buffer, offset: number): number {
  return ntpPartsToUnix(buffer.readUInt32BE(offset), buffer.readUInt32BE(offset + 4));
}

/** abs-send-time: 24 bits, seconds modulo 64 in units of 2^-18 s. */
export function absSendTime(unixMs: number): number {
  return Math.floor(((unixMs / 1000) % 64) * 0x40000) & 0xffffff;
}

/** The RTP timestamp of a moment: the wall clock in units of the clock rate (Hz), modulo 2^32. */
export function rtpTimestamp(unixMs: number, clockRate: number): number {
  return Math.floor((unixMs * clockRate) / 1000) % UINT32;
}

function ntpSeconds(unixMs: number): number {
  return (Math.floor(unixMs / 1000) + NTP_EPOCH) % UINT32;
}

function ntpFraction(unixMs: number): number {
  const ms = unixMs - Math.floor(unixMs / 1000) * 1000;
  return Math.floor((ms / 1000) * UINT32);
}

function ntpPartsToUnix(seconds: number, fraction: number): number {
  return (seconds - NTP_EPOCH) * 1000 + (fraction / UINT32) * 1000;
}
