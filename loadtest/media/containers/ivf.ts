import { internal } from '../../../src/support/errors.ts';

/** The frames of an IVF file; they share its memory. @throws ParleyError `internal` when it is none. */
export function parseIvf(file: Buffer): Buffer[] {
  if (file.length < 32 || file.toString('latin1', 0, 4) !== 'DKIF') throw internal('not an IVF file');
  const frames: Buffer[] = [];
  let at = file.readUInt16LE(6);
  while (at + 12 <= file.length) {
    const end = at + 12 + file.readUInt32LE(at);
    if (end > file.length) throw internal('an IVF file ends within a frame');
    frames.push(file.subarray(at + 12, end));
    at = end;
  }
  return frames;
}
