import { formatClock, NOT_MEASURED } from '../results/measured.ts';
import { jsonIsland, markup, type Markup } from './markup.ts';
import { timeTicks } from './axis.ts';

export interface HeatRow {
  name: string;
  /** Shares from 0 to 1, one per interval; null: nothing was expected. */
  cells: readonly (number | null)[];
}

/** Colour classes, best first, each from its share on. */
export const HEAT_LEVELS = [
  { from: 0.995, name: 'h0', label: '≥ 99.5 %' },
  { from: 0.98, name: 'h1', label: '≥ 98 %' },
  { from: 0.95, name: 'h2', label: '≥ 95 %' },
  { from: 0.8, name: 'h3', label: '≥ 80 %' },
  { from: 0.5, name: 'h4', label: '≥ 50 %' },
  { from: 0, name: 'h5', label: 'less' },
] as const;

const MAX_ROWS = 60;
const MAX_COLUMNS = 240;

/**
 * One row per room and one cell per interval (ms), in the colour of its share. Of more than 60 rooms the worst are
 * shown; more than 240 intervals are joined, each cell showing its worst.
 */
export function heatMap(rows: readonly HeatRow[], interval: number): Markup {
  const shown = worstRows(rows);
  const length = Math.max(0, ...shown.map((row) => row.cells.length));
  if (length === 0) return markup`<p class="empty">${NOT_MEASURED}</p>`;
  const joined = Math.ceil(length / MAX_COLUMNS);
  const columns = Math.ceil(length / joined);
  const cellsOf = shown.map((row) => joinCells(row.cells, joined, columns));
  const height = shown.length <= 12 ? 22 : shown.length <= 30 ? 16 : 14;
  const to = columns * joined * interval;
  const worst = Math.min(...cellsOf.flat().filter((cell) => cell !== null), 1);
  const data = {
    interval: interval * joined,
    rows: shown.map((row, index) => ({
      name: row.name,
      cells: cellsOf[index]?.map((cell) => (cell === null ? null : Math.round(cell * 1000) / 10)),
    })),
  };
  return markup`${
    shown.length < rows.length
      ? markup`<p class="note">The ${shown.length} rooms with the worst intervals, of ${rows.length}.</p>`
      : null
  }<div class="heat" data-heat><div class="heatnames" aria-hidden="true">${shown.map(
    (row) =>
      markup`<span style="height:${height}px;font-size:${Math.min(12, height - 3)}px;line-height:${height}px">${row.name}</span>`,
  )}</div><div class="area" style="height:${shown.length * height}px"><svg viewBox="0 0 ${columns} ${shown.length}" preserveAspectRatio="none" shape-rendering="crispEdges" role="img" aria-labelledby="heat heat-text"><title id="heat">Media per room over time</title><desc id="heat-text">${shown.length} rooms, ${columns} intervals of ${(interval * joined) / 1000} s. The worst cell has ${Math.round(worst * 1000) / 10} % of its media.</desc>${cellsOf.map(
    (cells, row) => heatRow(cells, row),
  )}</svg><div class="tip" hidden></div></div><div class="xlabels" aria-hidden="true">${timeTicks(to).map(
    ({ at, label }) => markup`<span style="left:${Number(((at / to) * 100).toFixed(2))}%">${label}</span>`,
  )}</div>${jsonIsland(data)}</div><ul class="legend">${HEAT_LEVELS.map(
    (level) => markup`<li><span class="swatch ${level.name}"></span>${level.label}</li>`,
  )}<li><span class="swatch none"></span>nothing expected</li></ul><p class="sr">Each cell covers ${formatClock(interval * joined)} minutes and seconds.</p>`;
}

/** Neighbours of one colour become one rectangle. */
function heatRow(cells: readonly (number | null)[], row: number): Markup {
  const rectangles: Markup[] = [];
  for (let from = 0; from < cells.length;) {
    const level = levelOf(cells[from]);
    let to = from + 1;
    while (to < cells.length && levelOf(cells[to]) === level) to += 1;
    rectangles.push(
      markup`<rect class="${level}" x="${from}" y="${row + 0.06}" width="${to - from}" height="0.88"/>`,
    );
    from = to;
  }
  return markup`${rectangles}`;
}

function levelOf(cell: number | null | undefined): string {
  if (cell === null || cell === undefined) return 'none';
  return HEAT_LEVELS.find((level) => cell >= level.from)?.name ?? 'h5';
}

function worstRows(rows: readonly HeatRow[]): readonly HeatRow[] {
  if (rows.length <= MAX_ROWS) return rows;
  const missing = (row: HeatRow): number => row.cells.reduce<number>((sum, cell) => sum + 1 - (cell ?? 1), 0);
  return [...rows].sort((a, b) => missing(b) - missing(a)).slice(0, MAX_ROWS);
}

function joinCells(cells: readonly (number | null)[], joined: number, columns: number): (number | null)[] {
  return Array.from({ length: columns }, (_, column) =>
    cells
      .slice(column * joined, (column + 1) * joined)
      .reduce<number | null>((worst, cell) => (cell === null ? worst : Math.min(worst ?? 1, cell)), null),
  );
}
