import { formatClock } from '../results/measured.ts';
import type { Unit } from '../results/runResult.ts';

/** How an axis shows numbers: divided by `divisor`, with `label` as the unit of them all. */
export interface AxisScale {
  divisor: number;
  label: string;
}

const STEPPED: Partial<Record<Unit, readonly string[]>> = {
  bps: ['bps', 'kbps', 'Mbps', 'Gbps'],
  bytes: ['B', 'kB', 'MB', 'GB', 'TB'],
};
const LABELS: Partial<Record<Unit, string>> = { count: '', us: 'µs', 'per minute': 'a minute' };

/** The scale for values up to `max`. */
export function axisScale(unit: Unit, max: number): AxisScale {
  if (unit === 'share') return { divisor: 0.01, label: '%' };
  if (unit === 'ms') return max >= 10_000 ? { divisor: 1000, label: 's' } : { divisor: 1, label: 'ms' };
  const steps = STEPPED[unit];
  if (!steps) return { divisor: 1, label: LABELS[unit] ?? unit };
  const step = max >= 1000 ? Math.min(steps.length - 1, Math.floor(Math.log10(max) / 3)) : 0;
  return { divisor: 1000 ** step, label: steps[step] ?? '' };
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 4 });

/** A number beside an axis: `0.25`, `800`, `40K`. */
export function tickLabel(tick: number): string {
  return compact.format(tick);
}

/** Round ticks from 0 to at least `max`, about `count` steps of 1, 2, 2.5 or 5 times a power of ten. */
export function valueTicks(max: number, count = 4): number[] {
  const top = max > 0 && Number.isFinite(max) ? max : 1;
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const steps = Math.ceil(top / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TIME_STEPS = [1, 2, 5, 10, 15, 30].flatMap((factor) => [factor * SECOND, factor * MINUTE]);
TIME_STEPS.push(...[1, 2, 3, 6, 12, 24].map((factor) => factor * HOUR));
TIME_STEPS.sort((a, b) => a - b);

/** Round moments from 0 to `to` (ms), at most `count` + 1 of them. */
export function timeTicks(to: number, count = 6): { at: number; label: string }[] {
  const step = TIME_STEPS.find((candidate) => to / candidate <= count) ?? Math.ceil(to / count / HOUR) * HOUR;
  const ticks: { at: number; label: string }[] = [];
  for (let at = 0; at <= to; at += step) ticks.push({ at, label: formatClock(at) });
  return ticks;
}
