import { shownValue } from '../results/measured.ts';
import { verdictText } from '../results/verdict.ts';
import {
  metricLabel,
  ratioText,
  type ComparedMetric,
  type Comparison,
  type Judgement,
  type NamedRun,
} from './compare.ts';
import { linePlot, type LinePlot } from './linePlot.ts';
import { markup, type Markup } from './markup.ts';
import { formatMoment } from './overview.ts';
import { htmlPage, section, table } from './page.ts';
import { lastMoment, plotDefinitions, plotLine, type PlotDefinition, type PlotName } from './seriesPlots.ts';
import { setupSection } from './setup.ts';

const PLOTS: readonly PlotName[] = [
  'joins',
  'joinTime',
  'packets',
  'bitrate',
  'latency',
  'loss',
  'freezes',
  'nacks',
  'serverCpu',
  'serverMemory',
  'generatorCpu',
  'generatorLoop',
];

/** Two runs side by side as one HTML file that needs nothing besides itself. */
export function compareHtml(comparison: Comparison): string {
  const { a, b, warnings } = comparison;
  const sections = [
    { id: 'metrics', title: 'Metrics', content: metricTables(comparison) },
    {
      id: 'plots',
      title: 'Over time',
      content: markup`<div class="plots">${PLOTS.map((name) => linePlot(overlay(name, a, b)))}</div>`,
    },
    { id: 'setup-a', title: `Set-up of ${a.name}`, content: setupSection(a.result) },
    { id: 'setup-b', title: `Set-up of ${b.name}`, content: setupSection(b.result) },
  ];
  return htmlPage({
    title: `${a.name} and ${b.name} - Parley load test`,
    contents: sections.map(({ id, title }) => ({ id, label: title })),
    body: markup`<header><p class="kicker">Comparison of two load tests</p><h1>${b.name} against ${a.name}</h1></header>${
      warnings.length === 0
        ? null
        : markup`<div class="verdict invalid"><div><h2>Compare with care</h2><ul>${warnings.map(
            (warning) => markup`<li>${warning}</li>`,
          )}</ul></div></div>`
    }${tally(comparison)}<div class="plots runs">${runCard(a, 'c1')}${runCard(b, 'c2')}</div>${sections.map(
      ({ id, title, content }) => section(id, title, content),
    )}`,
    footer: `${b.result.tool.name} ${b.result.tool.version}`,
  });
}

function tally({ metrics, b }: Comparison): Markup {
  const count = (judgement: Judgement): number => metrics.filter((row) => row.judgement === judgement).length;
  const tile = (name: string, value: number, color: string): Markup =>
    markup`<div class="tile card short"><div class="name">${name}</div><div class="value ${color}">${value}</div></div>`;
  return markup`<div class="tiles">${tile(`${b.name} is better in`, count('better'), 'good')}${tile('worse in', count('worse'), 'bad')}${tile('the same in (within 5 %)', count('same'), '')}${tile('not judged', count('unknown'), 'quiet')}</div>`;
}

function runCard({ name, result }: NamedRun, color: string): Markup {
  const { label, headline } = verdictText(result);
  const tone = { met: 'good', broken: 'bad', invalid: 'warn' }[result.verdict];
  return markup`<div class="card heatcard"><h3><span class="key ${color}"></span> ${name} <span class="badge ${tone}">${label}</span></h3><p>${headline}</p><p class="note">${result.scenario.name}, ${formatMoment(result.startedAt)}</p></div>`;
}

const BADGES: Record<Judgement, Markup> = {
  better: markup`<span class="badge good">✓ better</span>`,
  worse: markup`<span class="badge bad">✗ worse</span>`,
  same: markup`<span class="badge quiet">same</span>`,
  unknown: markup``,
};

function metricTables(comparison: Comparison): Markup {
  const changed = comparison.metrics.filter(
    ({ judgement }) => judgement === 'better' || judgement === 'worse',
  );
  const rest = comparison.metrics.filter((row) => !changed.includes(row));
  return markup`${
    changed.length === 0
      ? markup`<p class="empty">Nothing differs by more than 5 %.</p>`
      : markup`<div class="card">${metricRows(comparison, changed, 'What differs by more than 5 %')}</div>`
  }${
    rest.length === 0
      ? null
      : markup`<details class="card"><summary>The other metrics (${rest.length})</summary>${metricRows(comparison, rest, 'The same, or not judged')}</details>`
  }`;
}

function metricRows({ a, b }: Comparison, metrics: readonly ComparedMetric[], caption: string): Markup {
  const columns = ['Metric', `${a.name} (a)`, `${b.name} (b)`, 'b/a', 'b is'];
  return table(
    caption,
    columns,
    metrics.map((row) => [
      markup`<code>${metricLabel(row)}</code>`,
      shownValue(row.a, row.unit),
      shownValue(row.b, row.unit),
      ratioText(row.ratio),
      BADGES[row.judgement],
    ]),
    columns.slice(1),
  );
}

/** The lines of both runs in one plot: a in the first colour, b in the second; what was dashed stays so. */
function overlay(name: PlotName, a: NamedRun, b: NamedRun): LinePlot {
  const definition: PlotDefinition = plotDefinitions[name];
  const single = definition.lines.length === 1;
  const linesOf = (
    run: NamedRun,
    colors: readonly ['c1' | 'c2', 'c5' | 'c4', 'c3' | 'c6'],
  ): LinePlot['lines'] =>
    definition.lines.map((line, index) => ({
      ...plotLine(run.result.series, line),
      name: single ? run.name : `${run.name}: ${line.name}`,
      color: colors[Math.min(index, 2)] ?? 'quiet',
      fill: false,
      dashed: index > 0,
    }));
  return {
    title: definition.title,
    ...(definition.note === undefined ? {} : { note: definition.note }),
    unit: definition.unit,
    lines: [...linesOf(a, ['c1', 'c5', 'c3']), ...linesOf(b, ['c2', 'c4', 'c6'])],
    to: Math.max(lastMoment(a.result), lastMoment(b.result)),
  };
}
