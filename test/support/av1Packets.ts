/*
 * AV1 as a browser sends it (RTP Payload Format For AV1, section 4), written without the code under test.
 */

const TEMPORAL_DELIMITER = 2;
/** Bytes of a payload at most. */
const MTU = 1200;

/** The payloads of a temporal unit of an IVF file. @param counted Whether elements are counted, or all have their lengths. */
export function packetizeAv1(unit: Buffer, isFirst: boolean, counted: boolean): Buffer[] {
  const payloads: Buffer[] = [];
  let elements: Buffer[] = [];
  let room = MTU;
  let continues = false;
  const end = (isCut: boolean): void => {
    const count = counted && elements.length <= 3 ? elements.length : 0;
    const begins = isFirst && payloads.length === 0;
    const head = (continues ? 0x80 : 0) | (isCut ? 0x40 : 0) | (count << 4) | (begins ? 0x08 : 0);
    const parts = elements.map((element, i) =>
      count > 0 && i === elements.length - 1 ? element : Buffer.concat([leb128(element.length), element]),
    );
    payloads.push(Buffer.concat([Buffer.from([head]), ...parts]));
    elements = [];
    room = MTU;
    continues = isCut;
  };
  for (const obu of withoutSizes(unit)) {
    for (let at = 0; at < obu.length;) {
      const piece = obu.subarray(at, at + room);
      elements.push(piece);
      at += piece.length;
      room -= piece.length + 2;
      if (at < obu.length) end(true);
      else if (room < 16) end(false);
    }
  }
  if (elements.length > 0) end(false);
  return payloads;
}

/** The OBUs, without temporal delimiters and without their size fields (AV1 specification, section 5.3). */
function withoutSizes(unit: Buffer): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 0; at < unit.length;) {
    const first = unit[at]!;
    if ((first & 0x02) === 0) throw new Error('an OBU of an IVF file without its size');
    const head = Buffer.from([first & ~0x02, ...(first & 0x04 ? [unit[at + 1]!] : [])]);
    at += head.length;
    let size = 0;
    for (let i = 0, more = true; more; i++, at++) {
      size += (unit[at]! & 0x7f) * 2 ** (7 * i);
      more = (unit[at]! & 0x80) !== 0;
    }
    if (((first >> 3) & 0x0f) !== TEMPORAL_DELIMITER)
      units.push(Buffer.concat([head, unit.subarray(at, at + size)]));
    at += size;
  }
  return units;
}

const leb128 = (value: number): Buffer =>
  Buffer.from(value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7]);
