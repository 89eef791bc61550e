import type { ParleyError } from '../src/support/errors.ts';
import type { RunResult } from './results/runResult.ts';

/** What the process says at its end; 1 is left to Node for errors that nobody foresaw. */
export const exitStatus = {
  /** All thresholds were met, or there are none. */
  met: 0,
  usage: 2,
  /** Nothing is known of the server: the generator was too slow, or nobody could join. */
  invalid: 3,
  /** A threshold at least was broken. */
  broken: 99,
  /** SIGINT, after the report was written (128 + the signal's number). */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** The status that a finished run ends with. */
export function exitStatusOf(
  result: Pick<RunResult, 'verdict' | 'metrics'>,
  interrupted = false,
): ExitStatus {
  if (interrupted) return exitStatus.interrupted;
  return nobodyJoined(result) ? exitStatus.invalid : exitStatus[result.verdict];
}

/** The status after an error that kept a command from being carried out: whether another command line would help. */
export function exitStatusOfError({ code }: Pick<ParleyError, 'code'>): ExitStatus {
  return ['badRequest', 'unauthorized', 'forbidden'].includes(code) ? exitStatus.usage : exitStatus.invalid;
}

function nobodyJoined({ metrics }: Pick<RunResult, 'metrics'>): boolean {
  const failed = metrics['join.failed'];
  return failed?.kind === 'value' && failed.value === 1;
}
