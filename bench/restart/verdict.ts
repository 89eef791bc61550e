import { shown, spread, type Goal, type Spread } from '../faults/verdict.ts';
import type { Step } from './Rollout.ts';

/** ms, p95: goal of the issue. */
const SOUND_GAP = 500;

/** What one kind of step did, in all rounds. */
export interface StepResult {
  what: string;
  /** Bots that moved, in each round. */
  movers: number[];
  /** ms, in each round. */
  took: number[];
  /** Exit statuses, in each round; empty where no process ends. */
  statuses: (number | null)[];
  /** Longest gaps of those of whom at least one moved: sound and pictures. */
  audio: Spread;
  video: Spread;
  /** Of whom anybody was told that he left, or came again. */
  left: string[];
  cameAgain: string[];
  toldAgain: number;
  /** Moves that came to nothing, media that was built anew, places that were lost. */
  failed: number;
  /** Bots that were to move less those that did, summed up. */
  stayed: number;
  errors: string[];
  /** ms for which the bots stood still at most. */
  stall: number;
}

/** The rounds of each kind of step, in their order. */
export function resultsOf(steps: readonly Step[]): StepResult[] {
  return [...new Set(steps.map(({ what }) => what))].map((what) => {
    const same = steps.filter((step) => step.what === what);
    const gaps = (isSound: boolean): number[] =>
      same
        .flatMap(({ missed }) => missed)
        .filter(({ source }) => (source === 'microphone') === isSound)
        .map(({ length }) => length);
    return {
      what,
      movers: same.map(({ movers }) => movers),
      took: same.map(({ took }) => Math.round(took)),
      statuses: same.flatMap(({ status }) => (status === undefined ? [] : [status])),
      audio: spread(gaps(true)),
      video: spread(gaps(false)),
      left: same.flatMap(({ left }) => left),
      cameAgain: same.flatMap(({ cameAgain }) => cameAgain),
      toldAgain: same.reduce((sum, { toldAgain }) => sum + toldAgain, 0),
      failed: same.reduce((sum, { changes: c }) => sum + c.cancelled + c.rebuilt + c.lost, 0),
      stayed: same.reduce((sum, { movers, changes }) => sum + Math.abs(movers - changes.moved), 0),
      errors: same.flatMap(({ errors }) => errors),
      stall: Math.max(...same.map(({ stall }) => stall)),
    };
  });
}

/** @param wrong What was not right, or left when everybody had gone. @param deadline ms that a drain may take. */
export function goals(results: readonly StepResult[], wrong: readonly string[], deadline: number): Goal[] {
  const none = (what: string, list: readonly string[]): Goal => ({
    what,
    measured: list.length === 0 ? 'none' : `${list.length}: ${list.slice(0, 3).join('; ')}`,
    goal: 'none',
    met: list.length === 0,
  });
  const each = results.flatMap(({ what, took, statuses, audio, left, cameAgain, failed, stayed }) => [
    {
      what: `${what}: longest gap of sound, p95`,
      measured: shown(audio.p95),
      goal: `${SOUND_GAP} ms`,
      met: audio.p95 <= SOUND_GAP,
    },
    ...(statuses.length === 0
      ? []
      : [
          {
            what: `${what}: ends with status 0 before its deadline`,
            measured: `status ${statuses.join(', ')} after ${shown(Math.max(...took))} at most`,
            goal: `status 0 within ${shown(deadline)}`,
            met: statuses.every((status) => status === 0) && Math.max(...took) < deadline,
          },
        ]),
    none(`${what}: told to have left`, left),
    none(`${what}: told to have come as somebody else`, cameAgain),
    {
      what: `${what}: all move, and none builds its media anew or loses its place`,
      measured: failed + stayed === 0 ? 'yes' : `no: ${failed} failed, ${stayed} too many or too few`,
      goal: 'yes',
      met: failed + stayed === 0,
    },
  ]);
  return [...each, none('not right at the end, or left when everybody has gone', wrong)];
}

export const HEAD = [
  'step',
  'bots that move',
  'took, ms',
  'exit status',
  'sound, ms',
  'pictures, ms',
  'told to have left',
  'told to have come again',
] as const;

/** The cells of a step's row. */
export function row({ what, movers, took, statuses, audio, video, left, cameAgain }: StepResult): string[] {
  const cell = ({ count, p50, p95, max }: Spread): string =>
    count === 0 ? '–' : `${[p50, p95, max].map((ms) => shown(ms, '')).join(' / ')} (${count})`;
  return [
    what,
    movers.join(', '),
    took.join(', '),
    statuses.length === 0 ? '–' : statuses.join(', '),
    cell(audio),
    cell(video),
    String(left.length),
    String(cameAgain.length),
  ];
}
