import { cpus } from 'node:os';

/** Prints what was measured, against its target; a benchmark fails nobody. */
export function report(what: string, times: readonly number[], targetMs?: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (quantile: number): number =>
    sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? NaN;
  console.log(`${what}: ${times.length} times, ${cpus().length} cores, Node ${process.version}`);
  console.log(`  median ${at(0.5)} ms   p95 ${at(0.95)} ms   min ${at(0)} ms   max ${at(1)} ms`);
  if (targetMs === undefined) return;
  console.log(`  target: median at most ${targetMs} ms, ${at(0.5) <= targetMs ? 'met' : 'missed'}`);
}
