import { NAL, nalType } from '../containers/annexB.ts';
import { cut, MAX_PAYLOAD, type MediaFrame, type MediaPacket } from './mediaFrame.ts';

const STAP_A = 24;
const FU_A = 28;

/** Whether a picture can be decoded without others. */
export function isH264Key(units: readonly Buffer[]): boolean {
  return units.some((unit) => nalType(unit) === NAL.idr);
}

/**
 * RFC 6184 packets of a picture in packetization mode 1: parameter sets together in a STAP-A, slices alone or cut into
 * FU-As. Delimiters and SEI stay behind, as browsers do not send them either.
 */
export function packetizeH264(units: readonly Buffer[]): MediaFrame {
  const parameters = units.filter((unit) => nalType(unit) === NAL.sps || nalType(unit) === NAL.pps);
  const slices = units.filter((unit) => nalType(unit) === NAL.slice || nalType(unit) === NAL.idr);
  const payloads = [...(parameters.length > 0 ? aggregate(parameters) : []), ...slices.flatMap(fragment)];
  const packets = payloads.map((payload): MediaPacket => ({ descriptor: null, payload }));
  return { isKey: isH264Key(units), temporalLayer: 0, packets };
}

/** RFC 6184, 5.7.1. */
function aggregate(units: readonly Buffer[]): Buffer[] {
  const importance = Math.max(...units.map((unit) => (unit[0] ?? 0) & 0x60));
  const parts = units.flatMap((unit) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(unit.length);
    return [length, unit];
  });
  const payload = Buffer.concat([Buffer.from([importance | STAP_A]), ...parts]);
  return payload.length <= MAX_PAYLOAD ? [payload] : [...units];
}

/** RFC 6184, 5.8. */
function fragment(unit: Buffer): Buffer[] {
  if (unit.length <= MAX_PAYLOAD) return [unit];
  const head = unit[0] ?? 0;
  const pieces = cut(unit.subarray(1), MAX_PAYLOAD - 2);
  return pieces.map((piece, i) => {
    const start = i === 0 ? 0x80 : 0;
    const end = i === pieces.length - 1 ? 0x40 : 0;
    return Buffer.concat([Buffer.from([(head & 0xe0) | FU_A, start | end | (head & 0x1f)]), piece]);
  });
}
