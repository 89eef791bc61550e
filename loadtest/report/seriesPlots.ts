import { plannedParticipants } from '../results/measured.ts';
import type { RunResult, SeriesPoint, Unit } from '../results/runResult.ts';
import type { LinePlot, PlotColor, PlotLine } from './linePlot.ts';

/** One value of a second; null or undefined: not measured. */
type Reading = (point: SeriesPoint) => number | null | undefined;

interface LineDefinition {
  name: string;
  color: PlotColor;
  pick: Reading;
  dashed?: boolean;
  fill?: boolean;
}

export interface PlotDefinition {
  id: string;
  title: string;
  note?: string;
  unit: Unit;
  lines: readonly LineDefinition[];
}

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
const line = (
  name: string,
  color: PlotColor,
  pick: Reading,
  more: Partial<LineDefinition> = {},
): LineDefinition => ({ name, color, pick, ...more });

/** Every plot over time that all runs have, by its place in the report. */
export const plotDefinitions = {
  joins: {
    id: 'joins',
    title: 'Participants',
    note: 'Bots in their rooms, on their way in, and those that never got in.',
    unit: 'count',
    lines: [
      line('joined', 'c1', (point) => point.joined, { fill: true }),
      line('joining', 'c3', (point) => point.joining),
      line('failed', 'bad', (point) => point.failed, { dashed: true }),
    ],
  },
  joinTime: {
    id: 'joinTime',
    title: 'Time to join',
    note: 'Of the joins that ended in each second.',
    unit: 'ms',
    lines: [
      line('p50', 'c1', (point) => point.join?.p50),
      line('p95', 'c2', (point) => point.join?.p95, { dashed: true }),
    ],
  },
  packets: {
    id: 'packets',
    title: 'Packet rate',
    unit: 'packets/s',
    lines: [
      line('received', 'c1', (point) => point.receivedPackets, { fill: true }),
      line('sent', 'c3', (point) => point.sentPackets),
    ],
  },
  bitrate: {
    id: 'bitrate',
    title: 'Bitrate',
    unit: 'bps',
    lines: [
      line('received', 'c1', (point) => point.receivedBitrate, { fill: true }),
      line('sent', 'c3', (point) => point.sentBitrate),
    ],
  },
  loss: {
    id: 'loss',
    title: 'Packet loss',
    note: 'Missing after retransmission, of the expected.',
    unit: 'share',
    lines: [
      line('audio', 'c3', (point) => share(point.audioLost, point.audioExpected)),
      line('video', 'c2', (point) => share(point.videoLost, point.videoExpected), { fill: true }),
    ],
  },
  latency: {
    id: 'latency',
    title: 'Latency',
    note: 'One way, from bot to bot through the server.',
    unit: 'ms',
    lines: [
      line('p50', 'c1', (point) => point.latency?.p50, { fill: true }),
      line('p95', 'c2', (point) => point.latency?.p95, { dashed: true }),
    ],
  },
  freezes: {
    id: 'freezes',
    title: 'Freezes and picture loss',
    note: 'In each second, all videos together.',
    unit: 'count',
    lines: [
      line('freezes', 'bad', (point) => point.freezes, { fill: true }),
      line('PLIs', 'c5', (point) => point.plis),
    ],
  },
  nacks: {
    id: 'nacks',
    title: 'Retransmissions asked for',
    note: 'NACKed packets in each second.',
    unit: 'count',
    lines: [line('packets', 'c4', (point) => point.nacks, { fill: true })],
  },
  serverCpu: {
    id: 'serverCpu',
    title: 'Server CPU',
    unit: 'cores',
    lines: [line('all processes', 'c1', (point) => point.serverCpu, { fill: true })],
  },
  serverMemory: {
    id: 'serverMemory',
    title: 'Server memory',
    note: 'Resident.',
    unit: 'bytes',
    lines: [line('all processes', 'c1', (point) => point.serverMemory, { fill: true })],
  },
  generatorCpu: {
    id: 'generatorCpu',
    title: 'Generator CPU',
    unit: 'cores',
    lines: [line('all processes', 'c5', (point) => point.generatorCpu, { fill: true })],
  },
  generatorLoop: {
    id: 'generatorLoop',
    title: 'Busiest event loop',
    note: 'Share of each second in which the worst process had no time.',
    unit: 'share',
    lines: [line('utilisation', 'c5', (point) => point.generatorLoop, { fill: true })],
  },
  generatorDelay: {
    id: 'generatorDelay',
    title: 'Event loop delay',
    note: 'The longest of each second.',
    unit: 'ms',
    lines: [line('delay', 'c5', (point) => point.generatorDelay)],
  },
  socketDrops: {
    id: 'socketDrops',
    title: 'Datagrams dropped at the bots',
    note: 'Losses of the generator, not of the server.',
    unit: 'count',
    lines: [line('dropped', 'bad', (point) => point.socketDrops, { fill: true })],
  },
} as const satisfies Record<string, PlotDefinition>;

export type PlotName = keyof typeof plotDefinitions;

/** A plot of one run, with the lines of single server processes where there are some. */
export function seriesPlot(result: RunResult, name: PlotName): LinePlot {
  const definition: PlotDefinition = plotDefinitions[name];
  const lines = definition.lines.map((definitionLine) => plotLine(result.series, definitionLine));
  if (name === 'serverCpu' || name === 'serverMemory') {
    lines.push(...processLines(result.series, name === 'serverCpu' ? 'cpu' : 'memory'));
  }
  return {
    title: definition.title,
    ...(definition.note === undefined ? {} : { note: definition.note }),
    unit: definition.unit,
    lines,
    marks: marksOf(result),
    to: lastMoment(result),
  };
}

/** End of the time axis, ms. */
export function lastMoment(result: Pick<RunResult, 'series' | 'took'>): number {
  return Math.max(result.series.at(-1)?.at ?? 0, 1000);
}

export function plotLine(series: readonly SeriesPoint[], definition: LineDefinition): PlotLine {
  return {
    name: definition.name,
    color: definition.color,
    x: series.map((point) => point.at),
    y: series.map((point) => definition.pick(point) ?? null),
    ...(definition.dashed === undefined ? {} : { dashed: definition.dashed }),
    ...(definition.fill === undefined ? {} : { fill: definition.fill }),
  };
}

/** When all bots were in or had failed, and what was done to the server. */
function marksOf(result: RunResult): { at: number; label: string }[] {
  const planned = plannedParticipants(result.scenario);
  const complete = result.series.find(
    (point) => point.joining === 0 && point.joined + point.failed >= planned,
  );
  if (!complete) return [];
  const incidents = result.scenario.incidents.map(({ at, do: what }) => ({
    at: complete.at + at,
    label: INCIDENTS[what],
  }));
  return [{ at: complete.at, label: 'all in' }, ...incidents];
}

const INCIDENTS: Record<RunResult['scenario']['incidents'][number]['do'], string> = {
  killWorker: 'worker killed',
  dropAllSockets: 'sockets dropped',
  dropAllNetworks: 'networks dropped',
  keyFrameStorm: 'keyframe storm',
};

const PROCESS_COLORS = ['c3', 'c2', 'c4', 'c5', 'c6', 'c7'] as const;

/** The busiest processes, a line each in the same colour in both plots; more than there are colours are summed up. */
function processLines(series: readonly SeriesPoint[], what: 'cpu' | 'memory'): PlotLine[] {
  const peaks = new Map<string, number>();
  for (const { serverProcesses } of series) {
    for (const process of serverProcesses ?? []) {
      peaks.set(process.name, Math.max(peaks.get(process.name) ?? 0, process.cpu));
    }
  }
  const names = [...peaks.keys()].sort((a, b) => (peaks.get(b) ?? 0) - (peaks.get(a) ?? 0));
  const own = names.length <= PROCESS_COLORS.length ? names : names.slice(0, PROCESS_COLORS.length - 1);
  const sum = (point: SeriesPoint, wanted: (name: string) => boolean): number | null => {
    const some = (point.serverProcesses ?? []).filter((process) => wanted(process.name));
    return some.length === 0 ? null : some.reduce((total, process) => total + process[what], 0);
  };
  const lines = own.map((name, index) =>
    plotLine(series, {
      name,
      color: PROCESS_COLORS[index] ?? 'quiet',
      pick: (point) => sum(point, (candidate) => candidate === name),
    }),
  );
  if (own.length < names.length) {
    const pick: Reading = (point) => sum(point, (candidate) => !own.includes(candidate));
    lines.push(plotLine(series, { name: `${names.length - own.length} others`, color: 'c7', pick }));
  }
  return lines;
}
