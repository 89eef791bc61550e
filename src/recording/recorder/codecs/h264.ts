import { BitReader } from '../BitReader.ts';
import type { Frame } from './Frame.ts';

const IDR = 5;
const SPS = 7;
const PPS = 8;
const STAP_A = 24;
const FU_A = 28;

/** NAL units of the payloads (RFC 6184, sections 5.6 to 5.8); undefined where one is cut. */
function nalUnits(payloads: readonly Buffer[]): Buffer[] | undefined {
  const units: Buffer[] = [];
  let fragments: Buffer[] | undefined;
  for (const payload of payloads) {
    const header = payload[0] ?? 0;
    const type = header & 0x1f;
    if (type === FU_A) {
      const fu = payload[1] ?? 0;
      if (fu & 0x80) fragments = [Buffer.from([(header & 0xe0) | (fu & 0x1f)])];
      if (!fragments) return undefined;
      fragments.push(payload.subarray(2));
      if (fu & 0x40) {
        units.push(Buffer.concat(fragments));
        fragments = undefined;
      }
    } else if (type === STAP_A) {
      for (let at = 1; at + 2 < payload.length;) {
        const end = at + 2 + payload.readUInt16BE(at);
        if (end > payload.length) return undefined;
        units.push(payload.subarray(at + 2, end));
        at = end;
      }
    } else if (type > 0 && type < STAP_A) {
      units.push(payload);
    }
  }
  return fragments ? undefined : units.filter(({ length }) => length > 0);
}

const typeOf = (unit: Buffer): number => (unit[0] ?? 0) & 0x1f;

/** RFC 6184; units with their lengths in front, as Matroska and MP4 have them. */
export function assembleH264(payloads: readonly Buffer[]): Frame | undefined {
  const units = nalUnits(payloads);
  if (!units || units.length === 0) return undefined;
  const data = Buffer.concat(units.flatMap((unit) => [length32(unit.length), unit]));
  const key = units.some((unit) => typeOf(unit) === IDR);
  const sps = units.find((unit) => typeOf(unit) === SPS);
  const pps = units.find((unit) => typeOf(unit) === PPS);
  if (!key || !sps || !pps || sps.length < 4) return { data, key };
  return { data, key, configuration: decoderConfiguration(sps, pps), ...spsSize(sps) };
}

function length32(value: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value);
  return length;
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section 5.3.3.1). */
function decoderConfiguration(sps: Buffer, pps: Buffer): Buffer {
  const sized = (unit: Buffer): Buffer[] => [Buffer.from([unit.length >> 8, unit.length & 0xff]), unit];
  const head = Buffer.from([1, sps[1] ?? 0, sps[2] ?? 0, sps[3] ?? 0, 0xff, 0xe1]);
  return Buffer.concat([head, ...sized(sps), Buffer.from([1]), ...sized(pps)]);
}

const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128];

/** ITU-T H.264, section 7.3.2.1.1. */
function spsSize(sps: Buffer): { width: number; height: number } {
  const reader = new BitReader(withoutEmulation(sps.subarray(1)));
  const profile = reader.bits(8);
  reader.bits(16);
  reader.ue();
  let chroma = 1;
  if (HIGH_PROFILES.includes(profile)) {
    chroma = reader.ue();
    if (chroma === 3) reader.bits(1);
    reader.ue();
    reader.ue();
    reader.bits(1);
    if (reader.flag()) {
      for (let list = 0; list < (chroma === 3 ? 12 : 8); list++) {
        if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
      }
    }
  }
  reader.ue();
  const order = reader.ue();
  if (order === 0) reader.ue();
  else if (order === 1) {
    reader.bits(1);
    reader.se();
    reader.se();
    for (let cycle = Math.min(255, reader.ue()); cycle > 0; cycle--) reader.se();
  }
  reader.ue();
  reader.bits(1);
  const across = reader.ue() + 1;
  const down = reader.ue() + 1;
  const isProgressive = reader.flag();
  if (!isProgressive) reader.bits(1);
  reader.bits(1);
  const crop = reader.flag() ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (isProgressive ? 1 : 2);
  return {
    width: across * 16 - (left + right) * unitX,
    height: down * 16 * (isProgressive ? 1 : 2) - (top + bottom) * unitY,
  };
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + reader.se() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

/** ITU-T H.264, section 7.4.1: 3 between two zeros and what would look like a start code. */
function withoutEmulation(bytes: Buffer): Buffer {
  return Buffer.from(bytes.filter((byte, i) => !(byte === 3 && i >= 2 && !bytes[i - 1] && !bytes[i - 2])));
}
