/*
 * The framing of data messages inside SCTP: a length-prefixed JSON header, then the payload as it is.
 *
 *   byte 0      version (1)
 *   bytes 1..2  length of the header, big endian
 *   header      JSON, UTF-8
 *   payload     the rest
 *
 * Upstream the header is a DataUpHeader; the server puts the sender in and drops the addressees
 * (DataDownHeader), so nobody can speak in another's name or read what is not for them.
 */

/** What the payload was before it became bytes. */
export type DataFormat = 'bytes' | 'text' | 'json';

export interface DataUpHeader {
  format: DataFormat;
  topic?: string;
  /** Peer ids; absent means everybody else. */
  to?: string[];
}

export interface DataDownHeader {
  format: DataFormat;
  topic?: string;
  from: string;
}

/** Largest payload, in bytes; what is left of a frame is for its header, with a few hundred addressees. */
export const MAX_DATA_PAYLOAD = 49_152;
/** Largest whole frame, in bytes: what every browser takes as one SCTP message (RFC 8831 section 6.6). */
export const MAX_DATA_FRAME = 65_536;
/** Longest topic, in characters. */
export const MAX_TOPIC_LENGTH = 128;

const VERSION = 1;
const PREFIX = 3;
const FORMATS: readonly unknown[] = ['bytes', 'text', 'json'];

/** @throws RangeError when the payload exceeds MAX_DATA_PAYLOAD or the frame MAX_DATA_FRAME bytes. */
export function encodeDataFrame(
  header: DataUpHeader | DataDownHeader,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const size = PREFIX + headerBytes.length + payload.length;
  if (payload.length > MAX_DATA_PAYLOAD) {
    throw new RangeError(`a data message of ${payload.length} bytes exceeds ${MAX_DATA_PAYLOAD}`);
  }
  if (size > MAX_DATA_FRAME) throw new RangeError('a data message with too many addressees');
  const frame = new Uint8Array(size);
  frame[0] = VERSION;
  frame[1] = headerBytes.length >> 8;
  frame[2] = headerBytes.length & 0xff;
  frame.set(headerBytes, PREFIX);
  frame.set(payload, PREFIX + headerBytes.length);
  return frame;
}

/** The frame's header as sent by a client, and its payload; undefined when it is malformed. */
export function decodeUpFrame(frame: Uint8Array): { header: DataUpHeader; payload: Uint8Array } | undefined {
  const parts = split(frame);
  if (!parts) return undefined;
  const { format, topic, to } = parts.header;
  if (!isFormat(format) || !isTopic(topic)) return undefined;
  if (to !== undefined && !(Array.isArray(to) && to.every((id) => typeof id === 'string'))) return undefined;
  return {
    header: {
      format,
      ...(topic === undefined ? {} : { topic }),
      ...(to === undefined ? {} : { to: to }),
    },
    payload: parts.payload,
  };
}

/** The frame's header as sent by the server, and its payload; undefined when it is malformed. */
export function decodeDownFrame(
  frame: Uint8Array,
): { header: DataDownHeader; payload: Uint8Array } | undefined {
  const parts = split(frame);
  if (!parts) return undefined;
  const { format, topic, from } = parts.header;
  if (!isFormat(format) || !isTopic(topic) || typeof from !== 'string') return undefined;
  return { header: { format, from, ...(topic === undefined ? {} : { topic }) }, payload: parts.payload };
}

function split(frame: Uint8Array): { header: Record<string, unknown>; payload: Uint8Array } | undefined {
  if (frame.length < PREFIX || frame.length > MAX_DATA_FRAME || frame[0] !== VERSION) return undefined;
  const end = PREFIX + (((frame[1] ?? 0) << 8) | (frame[2] ?? 0));
  if (end > frame.length || frame.length - end > MAX_DATA_PAYLOAD) return undefined;
  try {
    const header: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(PREFIX, end)),
    );
    if (typeof header !== 'object' || header === null) return undefined;
    return { header: header as Record<string, unknown>, payload: frame.subarray(end) };
  } catch {
    return undefined;
  }
}

function isFormat(value: unknown): value is DataFormat {
  return FORMATS.includes(value);
}

function isTopic(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value.length <= MAX_TOPIC_LENGTH);
}
