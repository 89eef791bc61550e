import { shownValue } from './measured.ts';
import type { RunResult, ThresholdResult } from './runResult.ts';

/** The outcome in words. */
export interface VerdictText {
  /** One word or two: `Passed`, `Failed`, `Invalid`. */
  label: string;
  /** A sentence. */
  headline: string;
  /** Why, a line each; empty when all is well. */
  reasons: string[];
}

/** `video.loss<1%: measured 1.7 %`. */
export function thresholdLine(threshold: ThresholdResult): string {
  return threshold.measured === null
    ? `${threshold.expression}: nothing was measured`
    : `${threshold.expression}: measured ${shownValue(threshold.measured, threshold.unit)}`;
}

/** Says how a run ended; the reports and the terminal say it alike. */
export function verdictText(result: Pick<RunResult, 'verdict' | 'invalid' | 'thresholds'>): VerdictText {
  const broken = result.thresholds.filter((threshold) => !threshold.met);
  const total = result.thresholds.length;
  switch (result.verdict) {
    case 'invalid':
      return {
        label: 'Invalid',
        headline: 'The load generator was the bottleneck: these numbers say nothing about the server.',
        reasons: result.invalid,
      };
    case 'broken':
      return {
        label: 'Failed',
        headline: `${broken.length} of ${total} ${total === 1 ? 'threshold is' : 'thresholds are'} broken.`,
        reasons: broken.map(thresholdLine),
      };
    case 'met':
      return {
        label: 'Passed',
        headline:
          total === 0
            ? 'The run is complete. No thresholds were set.'
            : total === 1
              ? 'The threshold is met.'
              : `All ${total} thresholds are met.`,
        reasons: [],
      };
  }
}
