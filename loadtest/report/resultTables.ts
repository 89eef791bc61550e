import { formatValue } from '../results/format.ts';
import { formatClock, NOT_MEASURED, shownValue } from '../results/measured.ts';
import { metrics, type MetricDefinition } from '../results/metrics.ts';
import type {
  CanaryResult,
  ErrorResult,
  MetricResult,
  ProcessHealth,
  RoomResult,
  RunResult,
  Unit,
} from '../results/runResult.ts';
import { markup, type Markup } from './markup.ts';
import { table } from './page.ts';

const MAX_ROOMS = 500;
const MAX_ERRORS = 200;

const card = (content: Markup): Markup => markup`<div class="card">${content}</div>`;
const number = (value: number): string => shownValue(value, 'count');

/** All rooms, the worst first: failed joins, then video loss. */
export function roomTable(rooms: readonly RoomResult[]): Markup {
  const sorted = [...rooms].sort(
    (a, b) => b.failed - a.failed || (b.videoLoss ?? 0) - (a.videoLoss ?? 0) || b.freezes - a.freezes,
  );
  const columns = ['Room', 'Participants', 'Failed', 'Audio loss', 'Video loss', 'Latency p95', 'Freezes'];
  const cut = sorted.slice(0, MAX_ROOMS);
  return markup`<details class="card"><summary>All rooms (${rooms.length})</summary>${table(
    cut.length < rooms.length ? `The worst ${MAX_ROOMS} rooms of ${rooms.length}` : 'The worst first',
    columns,
    cut.map((room) => [
      room.room,
      number(room.participants),
      number(room.failed),
      shownValue(room.audioLoss, 'share'),
      shownValue(room.videoLoss, 'share'),
      shownValue(room.latency, 'ms'),
      number(room.freezes),
    ]),
    columns.slice(1),
  )}</details>`;
}

/** Errors in the order of their phases, the most frequent of a phase first. */
export function errorTable(errors: readonly ErrorResult[]): Markup {
  if (errors.length === 0) return markup`<p class="empty">Nothing went wrong.</p>`;
  const first = new Map<string, number>();
  for (const { phase, firstAt } of errors) first.set(phase, Math.min(first.get(phase) ?? Infinity, firstAt));
  const sorted = [...errors].sort(
    (a, b) =>
      (first.get(a.phase) ?? 0) - (first.get(b.phase) ?? 0) ||
      a.phase.localeCompare(b.phase) ||
      b.count - a.count,
  );
  const cut = sorted.slice(0, MAX_ERRORS);
  return card(
    table(
      cut.length < errors.length ? `By phase, the first ${MAX_ERRORS} kinds of ${errors.length}` : 'By phase',
      ['Phase', 'Code', 'Message', 'First at', 'Count'],
      cut.map((error) => [
        error.phase,
        markup`<code>${error.code}</code>`,
        markup`<span class="message">${error.message}</span>`,
        formatClock(error.firstAt),
        number(error.count),
      ]),
      ['First at', 'Count'],
    ),
  );
}

export function generatorTable(processes: readonly ProcessHealth[]): Markup {
  const columns = [
    'Process',
    'Host',
    'Bots',
    'CPU',
    'Per packet received',
    'Per packet sent',
    'Event loop p95',
    'Longest delay',
    'Dropped',
  ];
  return card(
    table(
      'Processes of the generator',
      columns,
      processes.map((process) => [
        markup`${process.name}<small>pid ${process.pid}</small>`,
        process.host,
        number(process.bots),
        shownValue(process.cpu, 'cores'),
        shownValue(process.cpuPerReceived, 'us'),
        shownValue(process.cpuPerSent, 'us'),
        shownValue(process.loop, 'share'),
        shownValue(process.delay, 'ms'),
        number(process.socketDrops),
      ]),
      columns.slice(2),
    ),
  );
}

export function canaryTable(canaries: readonly CanaryResult[]): Markup {
  const columns = [
    'Browser',
    'Room',
    'First frame',
    'Videos',
    'Audios',
    'Frames decoded',
    'Frames a second',
    'Freezes',
    'Frozen for',
    'Sound gaps',
    'Sound missing for',
  ];
  return card(
    table(
      'Real browsers among the bots',
      columns,
      canaries.map((canary) => [
        canary.error === undefined
          ? canary.name
          : markup`${canary.name}<small class="bad">${canary.error}</small>`,
        canary.room,
        canary.join === null ? 'never' : shownValue(canary.join, 'ms'),
        number(canary.videos),
        number(canary.audios),
        number(canary.framesDecoded),
        shownValue(canary.fps, 'count'),
        number(canary.freezes),
        shownValue(canary.freezeDuration, 'ms'),
        number(canary.audioGaps),
        shownValue(canary.audioGapDuration, 'ms'),
      ]),
      columns.slice(2),
    ),
  );
}

/** Every metric of the table in `metrics.ts`, measured or not, and whatever else the result holds. */
export function metricTable(result: RunResult): Markup {
  const known: [string, MetricDefinition][] = Object.entries(metrics);
  const others = Object.keys(result.metrics).filter((name) => !(name in metrics));
  const names = [...known.map(([name]) => name), ...others];
  const columns = ['Metric', 'Value or average', 'p50', 'p90', 'p95', 'p99', 'min', 'max', 'Count'];
  const rows = names.map((name) => {
    const description = known.find(([candidate]) => candidate === name)?.[1].description;
    const head = markup`<code>${name}</code>${description === undefined ? null : markup`<small>${description}</small>`}`;
    return [head, ...metricCells(result.metrics[name])];
  });
  return markup`<details class="card"><summary>All metrics (${names.length})</summary>${table('Every metric that thresholds can be set on', columns, rows, columns.slice(1))}</details>`;
}

function metricCells(metric: MetricResult | undefined): string[] {
  const rest = Array.from({ length: 7 }, () => '');
  if (metric === undefined) return [NOT_MEASURED, ...rest];
  if (metric.kind === 'value') return [shownValue(metric.value, metric.unit), ...rest];
  const { avg, p50, p90, p95, p99, min, max, count } = metric.values;
  if (count === 0) return [NOT_MEASURED, ...rest];
  const cell = (value: number, unit: Unit): string => shownValue(value, unit);
  return [
    ...[avg, p50, p90, p95, p99, min, max].map((value) => cell(value, metric.unit)),
    formatValue(count, 'count'),
  ];
}
