import { createHash } from 'node:crypto';

/** Janus's rooms are numbers unless it is told otherwise: 48 bits of the name's hash. */
export function roomId(name: string): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, 6);
}
