import { formatValue } from '../results/format.ts';
import {
  formatClock,
  measured,
  NOT_MEASURED,
  plannedParticipants,
  shown,
  shownValue,
} from '../results/measured.ts';
import type { MetricName } from '../results/metrics.ts';
import type { RunResult } from '../results/runResult.ts';
import { verdictText } from '../results/verdict.ts';
import { columns, fit, paintOf, plainText, type Paint } from './terminalText.ts';

export interface SummaryOptions {
  /** Off unless told. */
  color?: boolean;
  /** Columns; absent: as wide as it is. */
  width?: number;
  /** Where the report is. */
  report?: string;
}

const DISTRIBUTIONS: readonly [MetricName, string][] = [
  ['join', 'join'],
  ['join.audio', 'first audio'],
  ['join.video', 'first video'],
  ['latency', 'latency'],
  ['video.jitter', 'video jitter'],
  ['audio.onset', 'onset of speech'],
  ['rtt', 'round trip'],
  ['recovery', 'recovery'],
  ['request.time', 'requests'],
  ['canary.join', 'browser join'],
];
const VALUES: readonly [MetricName, string][] = [
  ['received', 'received'],
  ['received.bitrate', ''],
  ['sent', 'sent'],
  ['sent.bitrate', ''],
  ['audio.loss', 'audio loss'],
  ['video.loss', 'video loss'],
  ['video.freezes', 'freezes a video'],
  ['server.cpu', 'server CPU'],
  ['server.cpuPerPacket', '  a packet'],
  ['server.memory', 'server memory'],
  ['generator.loop', 'generator loop'],
  ['generator.drops', 'generator drops'],
];

/** The end of a run in text: verdict, thresholds, key metrics, errors, and where the report is. */
export function summaryText(result: RunResult, options: SummaryOptions = {}): string {
  const paint = paintOf(options.color ?? false);
  const blocks = [
    verdictLines(result, paint),
    thresholdLines(result, paint),
    distributionLines(result, paint),
    valueLines(result, paint),
    canaryLines(result, paint),
    errorLines(result, paint),
    options.report === undefined ? [] : [`Report: ${options.report}`],
  ].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
  // A path is of no use when it is cut.
  const width = options.width;
  const fitted =
    width === undefined
      ? lines
      : lines.map((line) => (line.startsWith('Report: ') ? line : fit(line, width)));
  return `${fitted.join('\n')}\n`;
}

function verdictLines(result: RunResult, paint: Paint): string[] {
  const { label, headline } = verdictText(result);
  const color = { met: paint.green, broken: paint.red, invalid: paint.yellow }[result.verdict];
  const planned = plannedParticipants(result.scenario);
  return [
    `${color(paint.bold(label.toUpperCase()))}  ${headline}`,
    paint.dim(
      `${plainText(result.scenario.name)}: ${result.scenario.rooms} rooms, ${formatValue(planned, 'count')} participants, ${formatClock(result.took)}`,
    ),
    ...result.invalid.map((reason) => `  ${plainText(reason)}`),
  ];
}

function thresholdLines(result: RunResult, paint: Paint): string[] {
  if (result.thresholds.length === 0) return [];
  const rows = result.thresholds.map(({ expression, met, measured: value, unit }) => [
    `  ${result.verdict === 'invalid' ? paint.yellow('?') : met ? paint.green('✓') : paint.red('✗')} ${plainText(expression)}`,
    shownValue(value, unit),
  ]);
  return [paint.bold('Thresholds'), ...columns(rows, ['right', 'left'])];
}

function distributionLines(result: RunResult, paint: Paint): string[] {
  const rows = DISTRIBUTIONS.filter(([name]) => measured(result, name) !== null).map(([name, label]) => [
    `  ${label}`,
    ...(['p50', 'p95', 'p99', 'max'] as const).map((statistic) => shown(result, name, statistic)),
  ]);
  if (rows.length === 0) return [];
  const head = [paint.bold('Times'), ...['p50', 'p95', 'p99', 'max'].map((title) => paint.dim(title))];
  return columns([head, ...rows], ['right', 'left', 'left', 'left', 'left']);
}

/** Two pairs a line. */
function valueLines(result: RunResult, paint: Paint): string[] {
  const cells = VALUES.map(([name, label]): [string, string] => {
    const text = shown(result, name);
    return [paint.dim(label), text === NOT_MEASURED ? paint.dim(text) : text];
  });
  const half = Math.ceil(cells.length / 2);
  const rows = cells.slice(0, half).map((cell, index) => {
    const second = cells[half + index] ?? ['', ''];
    return [`  ${cell[0]}`, cell[1], `   ${second[0]}`, second[1]];
  });
  return [
    paint.bold('Values, with all participants in'),
    ...columns(rows, ['right', 'left', 'right', 'left']),
  ];
}

/** A line for each real browser. */
function canaryLines({ canaries }: RunResult, paint: Paint): string[] {
  if (canaries.length === 0) return [];
  const titles = ['room', 'videos', 'voices', 'fps', 'freezes', 'sound gaps'];
  const head = [paint.bold('Browsers'), ...titles.map((title) => paint.dim(title))];
  const rows = canaries.map((canary) => [
    `  ${plainText(canary.name)}`,
    plainText(canary.room),
    ...[canary.videos, canary.audios, canary.fps, canary.freezes, canary.audioGaps].map((value) =>
      shownValue(value, 'count'),
    ),
    canary.error === undefined ? '' : paint.red(plainText(canary.error)),
  ]);
  return columns([head, ...rows], ['right', 'right', 'left', 'left', 'left', 'left', 'left']);
}

const MAX_ERRORS = 10;

function errorLines(result: RunResult, paint: Paint): string[] {
  if (result.errors.length === 0) return [];
  const sorted = [...result.errors].sort((a, b) => b.count - a.count);
  const rows = sorted
    .slice(0, MAX_ERRORS)
    .map(({ phase, code, message, count, firstAt }) => [
      `  ${paint.red(`${formatValue(count, 'count')}×`)}`,
      `${plainText(phase)} ${plainText(code)}`,
      paint.dim(`since ${formatClock(firstAt)}`),
      plainText(message),
    ]);
  const more = sorted.length > MAX_ERRORS ? [`  and ${sorted.length - MAX_ERRORS} other kinds`] : [];
  return [paint.bold('Errors'), ...columns(rows, ['left']), ...more];
}
