import { BitReader } from '../BitReader.ts';
import type { Frame } from './Frame.ts';

const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;

const typeOf = (obu: Buffer): number => ((obu[0] ?? 0) >> 3) & 0x0f;

/** AV1 specification, section 4.10.5; with the bytes that it takes. */
function readLeb128(bytes: Buffer, at: number): { value: number; length: number } {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) return { value, length: i + 1 };
  }
  return { value, length: 8 };
}

function leb128(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** OBUs of the payloads (RTP Payload Format For AV1, section 4); undefined where one is cut. */
function openBitstreamUnits(payloads: readonly Buffer[]): Buffer[] | undefined {
  const units: Buffer[] = [];
  let open: Buffer[] | undefined;
  for (const payload of payloads) {
    const header = payload[0] ?? 0;
    const continues = (header & 0x80) !== 0;
    const isCut = (header & 0x40) !== 0;
    const count = (header >> 4) & 3;
    if (continues !== (open !== undefined)) return undefined;
    let index = 0;
    for (let at = 1; at < payload.length;) {
      index += 1;
      const size = count === index ? { value: payload.length - at, length: 0 } : readLeb128(payload, at);
      at += size.length;
      const end = at + size.value;
      if (end > payload.length) return undefined;
      (open ??= []).push(payload.subarray(at, end));
      at = end;
      if (at >= payload.length && isCut) continue;
      units.push(Buffer.concat(open));
      open = undefined;
    }
  }
  return open ? undefined : units.filter(({ length }) => length > 0);
}

/** RTP Payload Format For AV1; each OBU with its size, without temporal delimiters, as Matroska has them. */
export function assembleAv1(payloads: readonly Buffer[]): Frame | undefined {
  const units = openBitstreamUnits(payloads)?.filter((unit) => typeOf(unit) !== TEMPORAL_DELIMITER);
  if (!units || units.length === 0) return undefined;
  const sized = units.map(withSize);
  const at = units.findIndex((unit) => typeOf(unit) === SEQUENCE_HEADER);
  const data = Buffer.concat(sized);
  const header = sized[at];
  if (!header) return { data, key: false };
  return { data, key: true, ...describe(header) };
}

function withSize(unit: Buffer): Buffer {
  const first = unit[0] ?? 0;
  if (first & 0x02) return unit;
  const length = first & 0x04 ? 2 : 1;
  const head = Buffer.from(unit.subarray(0, length));
  head[0] = first | 0x02;
  return Buffer.concat([head, leb128(unit.length - length), unit.subarray(length)]);
}

/** What a decoder is told (AV1 Codec ISO Media File Format Binding, section 2.3), and the size. */
function describe(header: Buffer): Pick<Frame, 'configuration' | 'width' | 'height'> {
  const start = (header[0] ?? 0) & 0x04 ? 2 : 1;
  const reader = new BitReader(header.subarray(start + readLeb128(header, start).length));
  const profile = reader.bits(3);
  reader.bits(1);
  const isReduced = reader.flag();
  let level = 0;
  let tier = 0;
  if (isReduced) level = reader.bits(5);
  else {
    // Encoders of WebRTC send no timing.
    if (reader.flag()) return {};
    const hasDelay = reader.flag();
    const points = reader.bits(5) + 1;
    for (let point = 0; point < points; point++) {
      reader.bits(12);
      const pointLevel = reader.bits(5);
      const pointTier = pointLevel > 7 ? reader.bits(1) : 0;
      if (hasDelay && reader.flag()) reader.bits(4);
      if (point === 0) [level, tier] = [pointLevel, pointTier];
    }
  }
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  // 4:2:0 of eight bits, which is what profile 0 of WebRTC is.
  const head = Buffer.from([0x81, (profile << 5) | level, (tier << 7) | 0x0c, 0]);
  return { configuration: Buffer.concat([head, header]), width, height };
}
