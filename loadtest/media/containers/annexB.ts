/** NAL unit types (ITU-T H.264, table 7-1). */
export const NAL = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const;

/** The type of a NAL unit. */
export function nalType(unit: Buffer): number {
  return (unit[0] ?? 0) & 0x1f;
}

/** The NAL units of a byte stream (ITU-T H.264, annex B), without start codes; they share its memory. */
export function parseNalUnits(stream: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let begin = -1;
  let at = stream.indexOf(START_CODE);
  while (at !== -1) {
    if (begin !== -1) units.push(trimmed(stream.subarray(begin, at)));
    begin = at + START_CODE.length;
    at = stream.indexOf(START_CODE, begin);
  }
  if (begin !== -1) units.push(trimmed(stream.subarray(begin)));
  return units.filter(({ length }) => length > 0);
}

/** Access units of a stream: NAL units that belong to one picture (7.4.1.2.3; without redundant or auxiliary ones). */
export function parseAnnexB(stream: Buffer): Buffer[][] {
  const pictures: Buffer[][] = [];
  let current: Buffer[] = [];
  let hasSlice = false;
  for (const unit of parseNalUnits(stream)) {
    const isSlice = nalType(unit) === NAL.slice || nalType(unit) === NAL.idr;
    // first_mb_in_slice is an Exp-Golomb number: 0 is a single set bit.
    const begins = isSlice ? ((unit[1] ?? 0) & 0x80) !== 0 : true;
    if (hasSlice && begins) {
      pictures.push(current);
      current = [];
      hasSlice = false;
    }
    current.push(unit);
    hasSlice ||= isSlice;
  }
  if (hasSlice) pictures.push(current);
  return pictures;
}

const START_CODE = Buffer.from([0, 0, 1]);

/** Without trailing zeros, which belong to the next start code or are stuffing. */
function trimmed(unit: Buffer): Buffer {
  let end = unit.length;
  while (end > 0 && unit[end - 1] === 0) end--;
  return unit.subarray(0, end);
}
