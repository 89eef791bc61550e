import { KEPT_FOR, type Point } from './StatsHistory.ts';

/** What a number means, for the scale and for its words. */
export type Unit = 'bps' | 'ms' | 'share' | 'frames' | 'lines';

/** In units of the drawing. */
export const PLOT = { width: 240, height: 56 } as const;

/** A curve as it is drawn. */
export interface Drawing {
  /** SVG path of the line; empty where there is none. */
  line: string;
  /** The same, closed at the bottom. */
  area: string;
  /** What the top means. */
  top: number;
  /** The newest figure; null where there is none. */
  now: number | null;
  most: number | null;
}

/** At least so much is the top, or noise would look like an event. */
const LEAST_TOP: Record<Unit, number> = { bps: 64_000, ms: 40, share: 0.02, frames: 30, lines: 180 };

/** Draws a curve of the last two minutes, the newest at the right edge; gaps stay gaps. */
export function draw(points: readonly Point[], unit: Unit): Drawing {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const most = known.length === 0 ? null : Math.max(...known);
  const top = roundTop(Math.max(most ?? 0, LEAST_TOP[unit]));
  const end = points.at(-1)?.at ?? 0;
  const x = (at: number): number => PLOT.width * (1 - (end - at) / KEPT_FOR);
  const y = (value: number): number => PLOT.height * (1 - value / top);
  let line = '';
  let area = '';
  let run: { at: number; value: number }[] = [];
  const finish = (): void => {
    const [first] = run;
    const last = run.at(-1);
    if (!first || !last) return;
    const through = run.map(({ at, value }) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('L');
    // One figure alone is a dot.
    line += `M${through}${run.length === 1 ? 'h0.1' : ''}`;
    area += `M${x(first.at).toFixed(1)} ${PLOT.height}L${through}L${x(last.at).toFixed(1)} ${PLOT.height}Z`;
    run = [];
  };
  for (const { at, value } of points) {
    if (value === null) finish();
    else run.push({ at, value });
  }
  finish();
  return { line, area, top, now: points.at(-1)?.value ?? null, most };
}

/** A figure in words, such as `1.2 Mbps`. */
export function inWords(value: number | null, unit: Unit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'bps':
      return value >= 1e6 ? `${(value / 1e6).toFixed(1)} Mbps` : `${Math.round(value / 1000)} kbps`;
    case 'ms':
      return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
    case 'share':
      return `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
    case 'frames':
      return `${Math.round(value)} fps`;
    case 'lines':
      return `${Math.round(value)}p`;
  }
}

/** Up to a number with one or two digits that mean something. */
function roundTop(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const digits = value / magnitude;
  return ([1, 1.5, 2, 3, 4, 5, 7.5].find((step) => step >= digits - 1e-9) ?? 10) * magnitude;
}
