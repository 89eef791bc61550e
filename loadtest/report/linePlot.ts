import { finite, NOT_MEASURED, shownValue } from '../results/measured.ts';
import type { Unit } from '../results/runResult.ts';
import { axisScale, tickLabel, timeTicks, valueTicks } from './axis.ts';
import { downsample, type Points } from './downsample.ts';
import { jsonIsland, markup, trusted, type Markup } from './markup.ts';

/** Colours of lines, by meaning; see `pageStyle.ts`. */
export type PlotColor = 'c1' | 'c2' | 'c3' | 'c4' | 'c5' | 'c6' | 'c7' | 'good' | 'bad' | 'quiet';

export interface PlotLine {
  name: string;
  color: PlotColor;
  /** ms since the start, ascending. */
  x: readonly number[];
  /** In the unit of the plot; null: not measured then. */
  y: readonly (number | null)[];
  dashed?: boolean;
  /** Tints what is below the line. */
  fill?: boolean;
}

export interface LinePlot {
  title: string;
  /** What is to be seen, a short sentence. */
  note?: string;
  unit: Unit;
  lines: readonly PlotLine[];
  /** Moments to point out, ms. */
  marks?: readonly { at: number; label: string }[];
  /** End of the time axis, ms. */
  to: number;
}

const WIDTH = 1000;
const HEIGHT = 200;
const BUCKETS = 300;

/**
 * Values over time as a figure: SVG without text, stretched to the place there is, with the labels as text around it,
 * so that they stay readable at any width. The page's script adds the crosshair from the data inside.
 */
export function linePlot(plot: LinePlot): Markup {
  const id = `plot-${plot.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const lines = plot.lines.map((line) => ({
    ...line,
    points: downsample(line.x, line.y.map(finite), BUCKETS),
  }));
  const values = lines.flatMap((line) => line.points.y).filter((value) => value !== null);
  const max = values.reduce((highest, value) => Math.max(highest, value), 0);
  const scale = axisScale(plot.unit, max);
  const ticks = valueTicks(max / scale.divisor);
  const top = (ticks.at(-1) ?? 1) * scale.divisor;
  const to = Math.max(plot.to, 1);
  const project = { x: (at: number) => (at / to) * WIDTH, y: (value: number) => HEIGHT * (1 - value / top) };
  const measuredLines = lines.filter((line) => line.points.y.some((value) => value !== null));
  const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;

  const head = markup`<figcaption><h3>${plot.title}</h3>${
    scale.label === '' ? null : markup`<span class="unit">${scale.label}</span>`
  }${plot.note === undefined ? null : markup`<p class="note">${plot.note}</p>`}<ul class="legend">${lines.map(
    (line) =>
      markup`<li><span class="key ${line.color}${line.dashed === true ? ' dashed' : ''}"></span>${line.name}${
        measuredLines.includes(line) ? null : ` (${NOT_MEASURED})`
      }</li>`,
  )}</ul></figcaption>`;
  if (measuredLines.length === 0) {
    return markup`<figure class="plot card">${head}<p class="empty">${NOT_MEASURED}</p></figure>`;
  }

  const grid = ticks.map((tick) => `M0 ${round(project.y(tick * scale.divisor))}H${WIDTH}`).join('');
  const svg = markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="${id} ${id}-text"><title id="${id}">${plot.title}</title><desc id="${id}-text">${describe(plot, measuredLines)}</desc><path class="grid" d="${grid}"/>${measuredLines
    .filter((line) => line.fill === true)
    .map(
      (line) => markup`<path class="fill ${line.color}" d="${areaPath(line.points, project)}"/>`,
    )}${measuredLines.map(
    (line) =>
      markup`<path class="line ${line.color}${line.dashed === true ? ' dashed' : ''}" d="${linePath(line.points, project)}"/>`,
  )}</svg>`;
  const data = {
    to,
    lines: measuredLines.map((line) => ({
      name: line.name,
      color: line.color,
      x: line.points.x.map((at) => Math.round(at)),
      y: line.points.y.map((value) =>
        value === null ? null : Number((value / scale.divisor).toPrecision(5)),
      ),
    })),
    unit: scale.label,
  };
  return markup`<figure class="plot card" data-plot>${head}<div class="frame"><div class="ylabels" aria-hidden="true">${ticks.map(
    (tick) => markup`<span style="bottom:${percent((tick * scale.divisor) / top)}">${tickLabel(tick)}</span>`,
  )}</div><div class="area" tabindex="0" role="group" aria-label="${plot.title}: left and right arrows read the values">${svg}${(
    plot.marks ?? []
  )
    .filter((mark) => mark.at >= 0 && mark.at <= to)
    .map(
      (mark) =>
        markup`<span class="mark${mark.at / to > 0.7 ? ' left' : ''}" style="left:${percent(mark.at / to)}"><span>${mark.label}</span></span>`,
    )}<div class="cross" hidden></div><div class="tip" role="status" hidden></div></div><div class="xlabels" aria-hidden="true">${timeTicks(
    to,
  ).map(
    (tick) => markup`<span style="left:${percent(tick.at / to)}">${tick.label}</span>`,
  )}</div></div>${jsonIsland(data)}</figure>`;
}

/** A small line without axes, for a tile; nothing when there are no two values. */
export function sparkline(y: readonly (number | null)[], color: PlotColor): Markup {
  const points = downsample(
    y.map((_, index) => index),
    y.map(finite),
    40,
  );
  const values = points.y.filter((value) => value !== null);
  if (values.length < 2) return trusted('');
  const max = Math.max(...values, 0) || 1;
  const last = Math.max(y.length - 1, 1);
  const project = { x: (at: number) => (at / last) * 100, y: (value: number) => 27 - (value / max) * 25 };
  return markup`<svg class="spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true"><path class="fill ${color}" d="${areaPath(points, project, 28)}"/><path class="line ${color}" d="${linePath(points, project)}"/></svg>`;
}

interface Projection {
  x: (at: number) => number;
  y: (value: number) => number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Stretches without gaps. */
function stretches(points: Points): { x: number; y: number }[][] {
  const result: { x: number; y: number }[][] = [[]];
  points.y.forEach((y, index) => {
    if (y === null) result.push([]);
    else result.at(-1)?.push({ x: points.x[index] ?? 0, y });
  });
  return result.filter((stretch) => stretch.length > 0);
}

/** A lone point becomes a line of no length, which round caps make visible. */
function linePath(points: Points, project: Projection): string {
  return stretches(points)
    .map((stretch) => {
      const path = stretch.map(({ x, y }) => `${round(project.x(x))} ${round(project.y(y))}`);
      return `M${path.join('L')}${path.length === 1 ? 'h0' : ''}`;
    })
    .join('');
}

function areaPath(points: Points, project: Projection, base = HEIGHT): string {
  return stretches(points)
    .map((stretch) => {
      const path = stretch.map(({ x, y }) => `${round(project.x(x))} ${round(project.y(y))}`).join('L');
      return `M${round(project.x(stretch[0]?.x ?? 0))} ${base}L${path}V${base}Z`;
    })
    .join('');
}

function describe(plot: LinePlot, lines: readonly PlotLine[]): string {
  const parts = lines.map((line) => {
    const values = line.y.map(finite).filter((value) => value !== null);
    const highest = values.reduce((a, b) => Math.max(a, b), -Infinity);
    const average = values.reduce((a, b) => a + b, 0) / values.length;
    return `${line.name}: on average ${shownValue(average, plot.unit)}, at most ${shownValue(highest, plot.unit)}`;
  });
  return `${parts.join('; ')}.`;
}
