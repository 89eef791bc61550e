import type { Unit } from './runResult.ts';

/** What stands for a value that was not measured. */
export const NOT_MEASURED = '–';

/** A value with its unit, as short as a person needs it: `812 ms`, `0.5%`, `1.2 Mbps`. */
export function formatValue(value: number | null, unit: Unit): string {
  if (value === null || Number.isNaN(value)) return NOT_MEASURED;
  switch (unit) {
    case 'ms':
      return Math.abs(value) < 1000 ? `${digits(value)} ms` : `${digits(value / 1000)} s`;
    case 'us':
      return Math.abs(value) < 1000 ? `${digits(value)} us` : formatValue(value / 1000, 'ms');
    case 'share':
      return `${digits(value * 100)}%`;
    case 'count':
      return digits(value);
    case 'bps':
      return scaled(value, ['bps', 'kbps', 'Mbps', 'Gbps']);
    case 'bytes':
      return scaled(value, ['bytes', 'kB', 'MB', 'GB', 'TB']);
    case 'packets/s':
      return `${digits(value)} packets/s`;
    case 'cores':
      return `${digits(value)} ${value === 1 ? 'core' : 'cores'}`;
    case 'per minute':
      return `${digits(value)}/min`;
  }
}

/** ms as a person says a time span: `500ms`, `45s`, `2m`, `1h30m`; scenario files take it back. */
export function formatDuration(ms: number): string {
  if (ms < 1000 || ms % 1000 !== 0) return `${Math.round(ms)}ms`;
  const seconds = ms / 1000;
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('');
}

function scaled(value: number, units: readonly string[]): string {
  let index = 0;
  let rest = value;
  // Rounding must not show 1,000 of a unit.
  while (Math.abs(rest) >= 999.5 && index < units.length - 1) {
    rest /= 1000;
    index += 1;
  }
  return `${digits(rest)} ${units[index] ?? ''}`;
}

/** Three significant digits, and whole numbers in full with thousands set apart. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
