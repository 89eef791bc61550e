import { formatValue } from './format.ts';
import type { ProcessHealth } from './runResult.ts';

/*
 * When a run says something of the server, and when only of the tool. Beyond these, packets waited in the generator
 * long enough to change what is measured.
 */

/** p95 of the event loop's utilisation; above it, waiting times grow without bound. */
const MAX_LOOP = 0.85;
/** ms: a single delay that is longer would show as a freeze of every stream. */
const MAX_DELAY = 400;
/** Share of the received packets that the kernel dropped, because nobody took them in time. */
const MAX_DROPS = 0.0005;

/**
 * Why the generator was the bottleneck, a sentence each; empty: it was not.
 *
 * @param received Packets that all processes received in the time that is looked at.
 */
export function invalidBecause(
  processes: readonly Pick<ProcessHealth, 'name' | 'loop' | 'delay' | 'socketDrops'>[],
  received: number,
): string[] {
  const reasons = processes.flatMap(({ name, loop, delay }) => [
    ...(loop > MAX_LOOP
      ? [
          `${name} was busy ${formatValue(loop, 'share')} of the time (at most ${formatValue(MAX_LOOP, 'share')})`,
        ]
      : []),
    ...(delay > MAX_DELAY
      ? [`${name} stood still for ${formatValue(delay, 'ms')} (at most ${formatValue(MAX_DELAY, 'ms')})`]
      : []),
  ]);
  const drops = processes.reduce((sum, { socketDrops }) => sum + socketDrops, 0);
  if (drops > received * MAX_DROPS)
    reasons.push(
      `${drops} packets reached this machine and were dropped before the tool took them (at most ` +
        `${formatValue(MAX_DROPS, 'share')} of those received)`,
    );
  return reasons;
}
