import type { Unit } from './runResult.ts';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** Three significant digits, and from 1,000 on whole numbers with separators. */
function plain(value: number): string {
  return Math.abs(value) >= 999.5 ? grouped.format(value) : precise.format(value);
}

function stepped(value: number, steps: readonly string[]): string {
  let step = 0;
  let rest = value;
  while (Math.abs(rest) >= 999.5 && step < steps.length - 1) {
    rest /= 1000;
    step += 1;
  }
  return `${plain(rest)} ${steps[step] ?? ''}`;
}

/**
 * A number with its unit for a person, in English: `182 ms`, `12.4 s`, `0.42 %`, `9.1 Mbps`, `312 MB` (powers of 1,000).
 * What is not finite becomes `-`.
 */
export function formatValue(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '-';
  switch (unit) {
    case 'ms':
      return Math.abs(value) >= 10_000 ? `${plain(value / 1000)} s` : `${plain(value)} ms`;
    case 'us':
      return `${plain(value)} µs`;
    case 'share':
      return `${plain(value * 100)} %`;
    case 'count':
      return plain(value);
    case 'bps':
      return stepped(value, ['bps', 'kbps', 'Mbps', 'Gbps']);
    case 'bytes':
      return stepped(value, ['B', 'kB', 'MB', 'GB', 'TB']);
    case 'packets/s':
      return `${plain(value)}/s`;
    case 'per minute':
      return `${plain(value)}/min`;
    case 'cores':
      return `${plain(value)} ${value === 1 ? 'core' : 'cores'}`;
  }
}
