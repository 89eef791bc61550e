import { NOT_MEASURED } from '../results/measured.ts';
import type { MetricName } from '../results/metrics.ts';
import type { Distribution, RunResult } from '../results/runResult.ts';
import { verdictText } from '../results/verdict.ts';
import { barPlot } from './barPlot.ts';
import { heatMap } from './heatMap.ts';
import { linePlot } from './linePlot.ts';
import { markup, type Markup } from './markup.ts';
import { formatMoment, headlineTiles, reportHeader, thresholdTable, verdictBanner } from './overview.ts';
import { htmlPage, section } from './page.ts';
import { canaryTable, errorTable, generatorTable, metricTable, roomTable } from './resultTables.ts';
import { seriesPlot, type PlotName } from './seriesPlots.ts';
import { setupSection } from './setup.ts';

/** A run as one HTML file that needs nothing besides itself. */
export function reportHtml(result: RunResult): string {
  const sections: { id: string; title: string; content: Markup; lead?: string }[] = [
    { id: 'thresholds', title: 'Thresholds', content: thresholdTable(result) },
    {
      id: 'joining',
      title: 'Joining',
      content: markup`<div class="plots">${plots(result, ['joins', 'joinTime'])}<div class="card wide">${joinPhases(result)}</div></div>`,
    },
    {
      id: 'media',
      title: 'Media',
      content: markup`<div class="plots">${plots(result, ['packets', 'bitrate', 'latency', 'loss', 'freezes', 'nacks'])}</div>`,
    },
    {
      id: 'server',
      title: 'Server',
      content: markup`<div class="plots">${plots(result, ['serverCpu', 'serverMemory'])}</div>`,
    },
    {
      id: 'rooms',
      title: 'Rooms',
      lead: 'Share of the seconds in which media came, of all subscriptions of a room.',
      content: markup`<div class="card heatcard">${heatMap(
        result.rooms.map(({ room, heat }) => ({ name: room, cells: heat })),
        result.heatInterval,
      )}</div>${roomTable(result.rooms)}`,
    },
    { id: 'errors', title: 'Errors', content: errorTable(result.errors) },
    {
      id: 'browsers',
      title: 'Browsers',
      content:
        result.canaries.length === 0
          ? markup`<p class="empty">No browser took part.</p>`
          : canaryTable(result.canaries),
    },
    {
      id: 'generator',
      title: 'Generator',
      lead: 'Whether the test itself kept up. Where it did not, the numbers above are its own and not the server’s.',
      content: markup`<div class="plots">${plots(result, ['generatorCpu', 'generatorLoop', 'generatorDelay', 'socketDrops'])}</div><div class="stack">${
        result.generator.length === 0
          ? markup`<p class="empty">${NOT_MEASURED}</p>`
          : generatorTable(result.generator)
      }</div>`,
    },
    { id: 'metrics', title: 'Metrics', content: metricTable(result) },
    { id: 'setup', title: 'Set-up', content: setupSection(result) },
  ];
  return htmlPage({
    title: `${verdictText(result).label}: ${result.scenario.name} - Parley load test`,
    contents: sections.map(({ id, title }) => ({ id, label: title })),
    body: markup`${reportHeader(result)}${verdictBanner(result)}${headlineTiles(result)}${sections.map(
      ({ id, title, content, lead }) => section(id, title, content, lead),
    )}`,
    footer: `${result.tool.name} ${result.tool.version}, started ${formatMoment(result.startedAt)}`,
  });
}

function plots(result: RunResult, names: readonly PlotName[]): Markup[] {
  return names.map((name) => linePlot(seriesPlot(result, name)));
}

const PHASES: readonly [MetricName, string, string][] = [
  ['join.signaling', 'Signaling', 'socket, admission and answer to the join'],
  ['join.ice', 'ICE', 'first STUN request to its answer'],
  ['join.dtls', 'DTLS', 'handshake'],
  ['join.audio', 'First audio', 'since the socket was opened'],
  ['join.video', 'First video', 'since the socket was opened'],
  ['join', 'Complete', 'media flows both ways'],
];

function joinPhases(result: RunResult): Markup {
  const rows = PHASES.map(([name, label, note]) => ({ label, note, values: distribution(result, name) }));
  return barPlot('What joining consists of', rows, 'ms');
}

function distribution(result: RunResult, name: MetricName): Distribution | null {
  const metric = result.metrics[name];
  return metric?.kind === 'distribution' ? metric.values : null;
}
