import type { Missed } from './Crowd.ts';
import type { Finding, Struck } from './faults.ts';

/** ms: p50, p95 and the longest, of so many. */
export interface Spread {
  count: number;
  p50: number;
  p95: number;
  max: number;
}

/** What one fault did, in all rounds. */
export interface FaultResult {
  fault: string;
  /** Longest gap of those who had nothing to do with it: sound and pictures. */
  untouched: { audio: Spread; video: Spread };
  /** From the fault (of a cut: from its end) until those who were hit play the others again, and the others them. */
  back: { play: Spread; arePlayed: Spread };
  /** Longest gap of those who were not hit, but whose way led over what is dead: sound and pictures. */
  detour: { audio: Spread; video: Spread };
  findings: Finding[];
  /** What was not right at the end, or left when everybody had gone. */
  wrong: string[];
}

/** ms above the usual interval from which on a picture that stands still is a freeze (W3C webrtc-stats, freezeCount). */
const FREEZE = 150;
/** ms between packets of Opus and frames of the camera. */
const INTERVAL = { audio: 20, video: 1000 / 15 };
/** ms, p95. */
const COMEBACK = 5000;

/** Collects the rounds of one fault. */
export class Tally {
  readonly #fault: string;
  readonly #untouched = { audio: [] as number[], video: [] as number[] };
  readonly #detour = { audio: [] as number[], video: [] as number[] };
  readonly #back = { play: [] as number[], arePlayed: [] as number[] };
  readonly #findings: Finding[] = [];
  readonly #wrong: string[] = [];

  constructor(fault: string) {
    this.#fault = fault;
  }

  add(struck: Struck, missed: readonly Missed[], wrong: readonly string[]): void {
    const { at, hit, isApart, isDetour, findings } = struck;
    for (const gap of missed) {
      const kind = gap.source === 'microphone' ? 'audio' : 'video';
      if (!isApart(gap)) (isDetour?.(gap) ? this.#detour : this.#untouched)[kind].push(gap.length);
      else if (hit.has(gap.subscriber)) this.#back.play.push(again(gap, at));
      else if (hit.has(gap.publisher)) this.#back.arePlayed.push(again(gap, at));
    }
    this.#findings.push(...findings);
    this.#wrong.push(...wrong);
  }

  /** A round that could not be carried through. */
  fail(error: unknown): void {
    this.#wrong.push(error instanceof Error ? error.message : String(error));
  }

  result(): FaultResult {
    const both = ({ audio, video }: Record<'audio' | 'video', number[]>): FaultResult['untouched'] => ({
      audio: spread(audio),
      video: spread(video),
    });
    return {
      fault: this.#fault,
      untouched: both(this.#untouched),
      detour: both(this.#detour),
      back: { play: spread(this.#back.play), arePlayed: spread(this.#back.arePlayed) },
      findings: this.#findings,
      wrong: this.#wrong,
    };
  }
}

/** A goal, what was measured, and whether that is enough. */
export interface Goal {
  what: string;
  measured: string;
  goal: string;
  met: boolean;
}

/** Every goal of a fault; the same finding of several rounds is one, of which the worst counts. */
export function goals({ fault, untouched, detour, back, findings, wrong }: FaultResult): Goal[] {
  const list: Goal[] = [];
  const atMost = (what: string, value: number, goal: number, remark = ''): void => {
    list.push({
      what: `${fault}: ${what}`,
      measured: `${shown(value)}${remark}`,
      goal: `${goal.toFixed(0)} ms`,
      met: value <= goal,
    });
  };
  for (const kind of ['audio', 'video'] as const)
    if (untouched[kind].count > 0)
      atMost(
        `longest gap of ${kind} that has nothing to do with it`,
        untouched[kind].max,
        INTERVAL[kind] + FREEZE,
      );
  for (const kind of ['audio', 'video'] as const)
    if (detour[kind].count > 0)
      atMost(`gap of ${kind} that came over what is dead, p95`, detour[kind].p95, COMEBACK);
  if (back.play.count > 0) atMost('those who were hit play again, p95', back.play.p95, COMEBACK);
  if (back.arePlayed.count > 0) atMost('the others play them again, p95', back.arePlayed.p95, COMEBACK);
  for (const what of new Set(findings.map((finding) => finding.what))) {
    const same = findings.filter((finding) => finding.what === what);
    const worst = same.reduce((a, b) => (time(b) > time(a) ? b : a));
    atMost(what, time(worst), worst.goal, worst.remark === undefined ? '' : ` (${worst.remark})`);
  }
  list.push({
    what: `${fault}: all is as it should be in the end, and nothing is left`,
    measured: wrong.length === 0 ? 'yes' : `no: ${wrong.slice(0, 3).join('; ')} (${wrong.length})`,
    goal: 'yes',
    met: wrong.length === 0,
  });
  return list;
}

/** The cells of a fault's row. */
export function row({ fault, untouched, detour, back }: FaultResult): string[] {
  const cell = (of: Spread): string =>
    of.count === 0 ? '–' : `${[of.p50, of.p95, of.max].map((ms) => shown(ms, '')).join(' / ')} (${of.count})`;
  const { play, arePlayed } = back;
  return [
    fault,
    ...[untouched, detour].flatMap(({ audio, video }) => [cell(audio), cell(video)]),
    cell(play),
    cell(arePlayed),
  ];
}

export const HEAD = [
  'fault',
  'sound of those untouched',
  'pictures of those untouched',
  'sound that came over it',
  'pictures that came over it',
  'those hit play again',
  'others play them again',
] as const;

/** ms until nothing was missed any more. */
const again = ({ endedAt, smoothSince }: Missed, at: number): number =>
  endedAt === null ? Infinity : Math.max(0, endedAt - at, (smoothSince ?? 0) - at);

const time = ({ took }: Finding): number => took ?? Infinity;

export const shown = (ms: number, unit = ' ms'): string =>
  Number.isFinite(ms) ? `${ms.toFixed(0)}${unit}` : 'never';

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (quantile: number): number =>
    sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? NaN;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), max: at(1) };
}
