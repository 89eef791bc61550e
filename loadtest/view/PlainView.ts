import { formatValue } from '../results/format.ts';
import { formatClock, shownValue } from '../results/measured.ts';
import type { RunResult, SeriesPoint } from '../results/runResult.ts';
import { verdictText } from '../results/verdict.ts';
import { PHASE_WORDS } from './frame.ts';
import type { LiveSnapshot, RunPhase, View, ViewOutput } from './LiveView.ts';
import { plainText } from './terminalText.ts';

/** ms between two lines, unless the phase changes. */
const LINE_INTERVAL = 5000;

/** The live view for logs: one line every few seconds and at each change of the phase, without control characters. */
export class PlainView implements View {
  readonly #output: ViewOutput;
  readonly #now: () => number;
  #phase: RunPhase | undefined;
  #note: string | undefined;
  #writtenAt = -Infinity;
  #closed = false;

  /** `now` is a clock in ms. */
  constructor(output: ViewOutput, options: { now?: () => number } = {}) {
    this.#output = output;
    this.#now = options.now ?? (() => performance.now());
  }

  update(snapshot: LiveSnapshot): void {
    if (this.#closed) return;
    const news = snapshot.phase !== this.#phase || snapshot.note !== this.#note;
    if (!news && this.#now() - this.#writtenAt < LINE_INTERVAL) return;
    this.#phase = snapshot.phase;
    this.#note = snapshot.note;
    this.#writtenAt = this.#now();
    this.#output.write(`${plainLine(snapshot)}\n`);
  }

  end(result: RunResult): void {
    if (this.#closed) return;
    const { label, headline } = verdictText(result);
    this.#output.write(`${formatClock(result.took)} ended: ${label.toLowerCase()}. ${headline}\n`);
    this.close();
  }

  close(): void {
    this.#closed = true;
  }
}

function plainLine({ phase, elapsed, planned, latest, thresholds, errors, note }: LiveSnapshot): string {
  const parts = [
    `${formatClock(elapsed)} ${PHASE_WORDS[phase]}${note === undefined ? '' : ` (${plainText(note)})`}`,
  ];
  if (latest) parts.push(...pointParts(latest, planned));
  const broken = thresholds.filter(({ met, measured }) => !met && measured !== null).length;
  if (broken > 0) parts.push(`${broken} of ${thresholds.length} thresholds broken so far`);
  const failures = errors.reduce((sum, error) => sum + error.count, 0);
  if (failures > 0) parts.push(`${formatValue(failures, 'count')} errors`);
  return parts.join(' | ');
}

function pointParts(point: SeriesPoint, planned: number): string[] {
  const loss = (lost: number, expected: number): string =>
    expected > 0 ? formatValue(lost / expected, 'share') : '-';
  const joins = `${formatValue(point.joined, 'count')}/${formatValue(planned, 'count')} joined`;
  return [
    point.failed > 0 ? `${joins}, ${formatValue(point.failed, 'count')} failed` : joins,
    `received ${formatValue(point.receivedPackets, 'packets/s')} ${formatValue(point.receivedBitrate, 'bps')}`,
    `loss audio ${loss(point.audioLost, point.audioExpected)} video ${loss(point.videoLost, point.videoExpected)}`,
    ...(point.latency ? [`latency p95 ${formatValue(point.latency.p95, 'ms')}`] : []),
    ...(point.serverCpu === undefined ? [] : [`server ${shownValue(point.serverCpu, 'cores')}`]),
    `generator loop ${formatValue(point.generatorLoop, 'share')}`,
  ];
}
