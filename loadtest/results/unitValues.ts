import { badRequest } from '../../src/support/errors.ts';
import type { Unit } from './runResult.ts';

const TIMES = { us: 0.001, µs: 0.001, ms: 1, s: 1000 };
const scaledBy = (factors: Record<string, number>, by: number): Record<string, number> =>
  Object.fromEntries(Object.entries(factors).map(([unit, factor]) => [unit, factor * by]));

interface Spelling {
  /** What a person may write, and its size in the metric's unit; `` is a bare number. */
  factors: Record<string, number>;
  /** Shown in errors. */
  example: string;
}

/** Where more than one size is usual (times, bits, bytes) a bare number is refused, because it would be a guess. */
export const spellings: Record<Unit, Spelling> = {
  ms: { factors: TIMES, example: '800ms or 1.5s' },
  us: { factors: scaledBy(TIMES, 1000), example: '15us or 0.2ms' },
  share: { factors: { '': 1, '%': 0.01 }, example: '0.5% or 0.005' },
  count: { factors: { '': 1 }, example: '10' },
  bps: { factors: { bps: 1, kbps: 1e3, mbps: 1e6, gbps: 1e9 }, example: '500kbps or 10Mbps' },
  'packets/s': { factors: { '': 1, '/s': 1, 'packets/s': 1 }, example: '1000/s' },
  cores: { factors: { '': 1, cores: 1, core: 1 }, example: '1.5' },
  bytes: {
    factors: { b: 1, bytes: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 },
    example: '300kB, 500MB or 2GB',
  },
  'per minute': { factors: { '': 1, '/min': 1 }, example: '0.5/min' },
};

/**
 * A number as written, in the metric's unit.
 *
 * @throws ParleyError `badRequest` when it is no number, or its unit is another metric's.
 */
export function readUnitValue(text: string, unit: Unit): number {
  const { factors, example } = spellings[unit];
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(\D*)$/.exec(text.trim());
  if (!match) throw badRequest(`"${text}" is no number such as ${example}`);
  const [, number = '', written = ''] = match;
  const factor = factors[written.trim().toLowerCase()];
  if (factor === undefined) {
    throw badRequest(
      written === '' ? `"${text}" needs a unit: ${example}` : `"${text}" has another unit: write ${example}`,
    );
  }
  const value = times(Number(number), factor);
  if (unit === 'share' && value > 1) {
    throw badRequest(`"${text}" is more than everything: write ${example}`);
  }
  return value;
}

/** Division, where the factor is a fraction, keeps 0.5% at 0.005 exactly. */
function times(number: number, factor: number): number {
  return factor < 1 ? number / Math.round(1 / factor) : number * factor;
}
