import { formatValue } from '../results/format.ts';
import { formatClock, NOT_MEASURED, shownValue } from '../results/measured.ts';
import type { SeriesPoint } from '../results/runResult.ts';
import type { LiveSnapshot, RunPhase } from './LiveView.ts';
import {
  columns,
  fit,
  pad,
  plainText,
  progressBar,
  sparkText,
  textWidth,
  type Paint,
} from './terminalText.ts';

export interface FrameSize {
  columns: number;
  rows: number;
}

export const PHASE_WORDS: Record<RunPhase, string> = {
  starting: 'starting',
  joining: 'joining',
  running: 'running',
  ending: 'ending',
};

/** Lines of the live view: none wider than `columns`, no more than `rows`; what matters least is left out first. */
export function frameLines(snapshot: LiveSnapshot, size: FrameSize, paint: Paint): string[] {
  const width = Math.max(1, size.columns);
  const head = [header(snapshot, width, paint), ...progress(snapshot, width, paint)];
  const media = mediaBlock(snapshot.latest, paint);
  const machines = machineBlock(snapshot.latest, paint);
  const body =
    width >= 78 ? beside(media, machines, Math.min(46, Math.floor(width / 2))) : [...media, ...machines];
  const lines = [...head, '', ...body];
  const room = size.rows - lines.length;
  const thresholds = thresholdBlock(snapshot, paint);
  const errors = errorBlock(snapshot, paint);
  const wantedErrors = Math.min(errors.length, Math.max(3, Math.floor(room / 3)));
  lines.push(...limited(thresholds, room - (errors.length > 0 ? wantedErrors + 1 : 0), paint));
  lines.push(...limited(errors, size.rows - lines.length, paint));
  return lines.slice(0, Math.max(1, size.rows)).map((line) => fit(line, width));
}

function header(
  { phase, scenario, elapsed, server, note }: LiveSnapshot,
  width: number,
  paint: Paint,
): string {
  const right = `${phase === 'running' ? paint.green('●') : paint.yellow('●')} ${
    note === undefined ? PHASE_WORDS[phase] : plainText(note)
  }  ${formatClock(elapsed)}`;
  const where = plainText(server ?? scenario.url ?? scenario.target);
  const left = `${paint.bold(plainText(scenario.name))} ${paint.dim(`on ${where}`)}`;
  const space = width - textWidth(right) - 2;
  return space < 12 ? right : `${pad(left, space)}  ${right}`;
}

function progress(
  { phase, planned, latest, running, scenario, history }: LiveSnapshot,
  width: number,
  paint: Paint,
): string[] {
  const joined = latest?.joined ?? 0;
  const failed = latest?.failed ?? 0;
  const parts = [`${formatValue(joined, 'count')} of ${formatValue(planned, 'count')}`];
  if (latest && latest.joining > 0) parts.push(`${formatValue(latest.joining, 'count')} joining`);
  if (failed > 0) parts.push(paint.red(`${formatValue(failed, 'count')} failed`));
  const barWidth = Math.max(6, Math.min(40, width - 42));
  const bar = (share: number): string => {
    const { done, rest } = progressBar(share, barWidth);
    return `${paint.cyan(done)}${paint.dim(rest)}`;
  };
  const joining = phase === 'starting' || phase === 'joining';
  const values = joining ? joinRates(history) : history.map((point) => point.receivedPackets);
  const spark = sparkText(values, barWidth);
  const lastJoin = history.findLast((point) => point.join !== undefined)?.join;
  return [
    `${label('Joined', paint)}${bar(planned > 0 ? joined / planned : 0)}  ${parts.join(', ')}`,
    `${label('Time', paint)}${bar(scenario.duration > 0 ? running / scenario.duration : 0)}  ${formatClock(running)} of ${formatClock(scenario.duration)}`,
    `${label(joining ? 'Joins/s' : 'Packets', paint)}${pad(paint.cyan(spark), barWidth)}  ${
      lastJoin ? `join p50 ${formatValue(lastJoin.p50, 'ms')}, p95 ${formatValue(lastJoin.p95, 'ms')}` : ''
    }`.trimEnd(),
  ];
}

/** Bots that came in during each second. */
function joinRates(history: readonly SeriesPoint[]): number[] {
  return history.map((point, index) => Math.max(0, point.joined - (history[index - 1]?.joined ?? 0)));
}

const label = (text: string, paint: Paint): string => paint.dim(pad(text, 9));

function lossText(lost: number, expected: number, paint: Paint): string {
  if (expected <= 0) return paint.dim('-');
  const text = formatValue(lost / expected, 'share');
  return lost / expected >= 0.01 ? paint.red(text) : text;
}

function mediaBlock(point: SeriesPoint | null, paint: Paint): string[] {
  if (!point) return [`${label('Media', paint)}${paint.dim('nothing yet')}`];
  const { latency } = point;
  const rates = columns(
    [
      [
        paint.dim('Received'),
        formatValue(point.receivedPackets, 'packets/s'),
        formatValue(point.receivedBitrate, 'bps'),
      ],
      [paint.dim('Sent'), formatValue(point.sentPackets, 'packets/s'), formatValue(point.sentBitrate, 'bps')],
    ],
    ['right', 'left', 'left'],
  ).map((line) => line.replace('  ', ' '));
  return [
    ...rates,
    `${label('Loss', paint)}audio ${lossText(point.audioLost, point.audioExpected, paint)}  video ${lossText(point.videoLost, point.videoExpected, paint)}`,
    `${label('Latency', paint)}${latency ? `p50 ${formatValue(latency.p50, 'ms')}  p95 ${formatValue(latency.p95, 'ms')}` : paint.dim('-')}`,
    `${label('Video', paint)}${point.freezes > 0 ? paint.red(`${point.freezes} freezes`) : '0 freezes'}  ${point.nacks} NACK  ${point.plis} PLI`,
  ];
}

function machineBlock(point: SeriesPoint | null, paint: Paint): string[] {
  if (!point) return [];
  const usage = (name: string, cpu: number | undefined, memory: number | undefined): string[] => [
    pad(name, 9),
    shownValue(cpu, 'cores'),
    memory === undefined ? '' : formatValue(memory, 'bytes'),
  ];
  const rows =
    point.serverCpu === undefined
      ? [[paint.dim(pad('Server', 9)), paint.dim(NOT_MEASURED)]]
      : [usage(paint.dim('Server'), point.serverCpu, point.serverMemory)];
  const processes = [...(point.serverProcesses ?? [])].sort((a, b) => b.cpu - a.cpu).slice(0, 2);
  rows.push(
    ...processes.map(({ name, cpu, memory }) => usage(paint.dim(` ${plainText(name)}`), cpu, memory)),
  );
  rows.push(usage(paint.dim('Generator'), point.generatorCpu, undefined));
  const loop = formatValue(point.generatorLoop, 'share');
  const drops = point.socketDrops > 0 ? paint.red(`, ${point.socketDrops} dropped`) : '';
  return [
    ...columns(rows, ['right', 'left', 'left']),
    `${paint.dim(pad(' loop', 9))}  ${point.generatorLoop > 0.6 ? paint.red(loop) : loop}, late by ${formatValue(point.generatorDelay, 'ms')}${drops}`,
  ];
}

function beside(left: readonly string[], right: readonly string[], at: number): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
    `${pad(left[index] ?? '', at - 2)}  ${right[index] ?? ''}`.trimEnd(),
  );
}

function thresholdBlock({ thresholds }: LiveSnapshot, paint: Paint): string[] {
  if (thresholds.length === 0) return [];
  const rows = thresholds.map(({ expression, met, measured, unit }) => {
    const sign = measured === null ? paint.dim('·') : met ? paint.green('✓') : paint.red('✗');
    return [
      `${sign} ${plainText(expression)}`,
      measured === null ? paint.dim(NOT_MEASURED) : formatValue(measured, unit),
    ];
  });
  return [paint.bold('Thresholds so far'), ...columns(rows, ['right', 'left'])];
}

function errorBlock({ errors }: LiveSnapshot, paint: Paint): string[] {
  if (errors.length === 0) return [];
  const sorted = [...errors].sort((a, b) => b.count - a.count);
  const rows = sorted.map(({ phase, code, message, count }) => [
    paint.red(`${formatValue(count, 'count')}×`),
    `${plainText(phase)} ${plainText(code)}`,
    paint.dim(plainText(message)),
  ]);
  return [paint.bold('Errors'), ...columns(rows, ['left'])];
}

/** A block with an empty line before it, shortened to so many lines. */
function limited(block: readonly string[], rows: number, paint: Paint): string[] {
  if (block.length === 0 || rows < 4) return [];
  if (block.length + 1 <= rows) return ['', ...block];
  return ['', ...block.slice(0, rows - 2), paint.dim(`  and ${block.length - rows + 2} more`)];
}
