import type { ErrorResult, RunResult, SeriesPoint, ThresholdResult } from '../results/runResult.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** `starting`: the server and the generator's processes; `ending`: bots leave and results are gathered. */
export type RunPhase = 'starting' | 'joining' | 'running' | 'ending';

/** A run as it is at a moment. */
export interface LiveSnapshot {
  phase: RunPhase;
  scenario: Scenario;
  /** Base URL of the server, once it is known. */
  server?: string;
  /** ms since the start. */
  elapsed: number;
  /** ms since the last join, of `scenario.duration`; 0 before. */
  running: number;
  /** Bots that shall join. */
  planned: number;
  latest: SeriesPoint | null;
  /** All points so far, `latest` included. */
  history: readonly SeriesPoint[];
  /** As if the run ended now. */
  thresholds: readonly ThresholdResult[];
  errors: readonly ErrorResult[];
  /** What is being done, such as an incident: a few words. */
  note?: string;
}

/** Shows a run while it goes on. */
export interface View {
  /** As often as there is news; a view draws no more often than it can be read. */
  update(snapshot: LiveSnapshot): void;
  /** Shows the end and gives the terminal back. The summary is not its part (`summary.ts`). Idempotent. */
  end(result: RunResult): void;
  /** Gives the terminal back where there is no result, as after an error. Idempotent. */
  close(): void;
}

/** Where a view writes: a `tty.WriteStream`, or anything with its `write`. */
export interface ViewOutput {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}
