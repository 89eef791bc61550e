/*
 * As much of Matroska (RFC 9559) as a stream of one track needs, in EBML (RFC 8794). Segment and clusters have no size,
 * so that a file is one at any time, whatever is written next.
 */

const UNKNOWN_SIZE = Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

export interface MatroskaTrack {
  codecId: string;
  kind: 'audio' | 'video';
  configuration: Buffer | undefined;
  width: number;
  height: number;
  channels: number;
}

/** All that comes before the first cluster. @param createdAt ms since the epoch, of time zero. */
export function matroskaHeader(track: MatroskaTrack, createdAt: number): Buffer {
  const ebml = element(
    0x1a45dfa3,
    uint(0x4286, 1),
    uint(0x42f7, 1),
    uint(0x42f2, 4),
    uint(0x42f3, 8),
    text(0x4282, 'matroska'),
    uint(0x4287, 4),
    uint(0x4285, 2),
  );
  const info = element(
    0x1549a966,
    uint(0x2ad7b1, 1_000_000),
    date(0x4461, createdAt),
    text(0x4d80, 'parley'),
    text(0x5741, 'parley'),
  );
  const media =
    track.kind === 'video'
      ? element(0xe0, uint(0xb0, track.width), uint(0xba, track.height))
      : element(0xe1, float(0xb5, 48_000), uint(0x9f, track.channels));
  const entry = element(
    0xae,
    uint(0xd7, 1),
    uint(0x73c5, 1),
    uint(0x9c, 0),
    uint(0x83, track.kind === 'video' ? 1 : 2),
    text(0x86, track.codecId),
    ...(track.configuration ? [element(0x63a2, track.configuration)] : []),
    media,
  );
  const segment = Buffer.concat([id(0x18538067), UNKNOWN_SIZE]);
  return Buffer.concat([ebml, segment, info, element(0x1654ae6b, entry)]);
}

/** The begin of a cluster. @param time ms. */
export function clusterHeader(time: number): Buffer {
  return Buffer.concat([id(0x1f43b675), UNKNOWN_SIZE, uint(0xe7, time)]);
}

/** A frame. @param offset ms since the cluster's time, 16 bits with sign. */
export function simpleBlock(data: Buffer, offset: number, key: boolean): Buffer {
  const head = Buffer.from([0x81, 0, 0, key ? 0x80 : 0]);
  head.writeInt16BE(offset, 1);
  return element(0xa3, head, data);
}

function element(elementId: number, ...content: Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([id(elementId), size(length), ...content]);
}

function id(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}

/** RFC 8794, section 4; in eight bytes where one is not enough. */
function size(value: number): Buffer {
  if (value < 0x7f) return Buffer.from([0x80 | value]);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE((1n << 56n) | BigInt(value));
  return bytes;
}

function uint(elementId: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  const first = bytes.findIndex((byte) => byte !== 0);
  return element(elementId, bytes.subarray(first < 0 ? 7 : first));
}

function float(elementId: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(elementId, bytes);
}

const text = (elementId: number, value: string): Buffer => element(elementId, Buffer.from(value, 'utf8'));

/** ns since 2001. */
function date(elementId: number, ms: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(Math.round(ms) - Date.UTC(2001, 0, 1)) * 1_000_000n);
  return element(elementId, bytes);
}
