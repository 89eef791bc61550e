/** In CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

/** In CSS pixels, from the area's top left corner. */
export interface Rect extends Size {
  x: number;
  y: number;
}

export interface LayoutRequest {
  area: Size;
  /** Tiles beside the stage, or in the grid where there is no stage. */
  count: number;
  /** Something takes the stage: a shared screen. */
  stage: boolean;
  gap: number;
}

export interface Layout {
  stage: Rect | null;
  /** Fewer than asked for where more would be too small to recognise anybody. */
  tiles: readonly Rect[];
}

const WIDEST = 16 / 9;
/** Beside a stage, in CSS pixels. */
const NARROWEST_STRIP = 152;
const SMALLEST: Size = { width: 120, height: 84 };

/** Places all tiles so that they use the area best: a grid, or a stage with a filmstrip. */
export function layoutTiles({ area, count, stage, gap }: LayoutRequest): Layout {
  if (area.width <= 0 || area.height <= 0) return { stage: null, tiles: [] };
  return stage ? withStage(area, count, gap) : { stage: null, tiles: grid(area, count, gap) };
}

/** Whether two places are the same, or both none. */
export function sameRect(a: Rect | null | undefined, b: Rect | null | undefined): boolean {
  if (!a || !b) return !a && !b;
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Which of the keys are shown where only `capacity` fit: the first ones, and always the speaker. */
export function chooseVisible(
  keys: readonly string[],
  capacity: number,
  speaker: string | null,
): readonly string[] {
  if (keys.length <= capacity) return keys;
  const visible = keys.slice(0, Math.max(capacity, 0));
  if (speaker !== null && capacity > 0 && keys.includes(speaker) && !visible.includes(speaker)) {
    visible[capacity - 1] = speaker;
  }
  return visible;
}

function grid(area: Size, count: number, gap: number): Rect[] {
  const shown = Math.min(count, capacityOf(area, gap));
  const portrait = shown === 1 ? 1 / 2 : 3 / 4;
  const narrowest = area.width < area.height ? portrait : 1;
  let best: { tile: Size; columns: number; score: number } | null = null;
  for (let columns = 1; columns <= shown; columns += 1) {
    const rows = Math.ceil(shown / columns);
    const tile = fit(
      {
        width: (area.width - gap * (columns - 1)) / columns,
        height: (area.height - gap * (rows - 1)) / rows,
      },
      narrowest,
      WIDEST,
    );
    // An incomplete last row looks unfinished, so a slightly smaller full grid is worth more.
    const score = tile.width * tile.height * (1 - 0.04 * (columns * rows - shown));
    if (tile.width > 0 && tile.height > 0 && (!best || score > best.score)) best = { tile, columns, score };
  }
  return best ? centred(area, shown, best.columns, best.tile, gap) : [];
}

function withStage(area: Size, count: number, gap: number): Layout {
  if (count === 0) return { stage: { x: 0, y: 0, ...area }, tiles: [] };
  const beside = area.width >= area.height * 1.1;
  if (beside) {
    // All of them in sight, as long as a face stays a face.
    const fitting = ((area.height - gap * (count - 1)) / count) * WIDEST;
    const width = clamp(
      Math.min(area.width * 0.2, fitting),
      Math.min(NARROWEST_STRIP, area.width * 0.25),
      288,
    );
    const height = width / WIDEST;
    const shown = clamp(Math.floor((area.height + gap) / (height + gap)), 1, count);
    const strip = { width, height: area.height };
    const stage = { x: 0, y: 0, width: area.width - width - gap, height: area.height };
    const tiles = centred(strip, shown, 1, { width, height: Math.min(height, area.height) }, gap);
    return { stage, tiles: tiles.map((tile) => ({ ...tile, x: tile.x + stage.width + gap })) };
  }
  // Above the faces: as high as a screen of that width needs, and the faces share the rest.
  const height = clamp(area.width * 0.7, area.height * 0.38, area.height * 0.75);
  const top = height + gap;
  const tiles = grid({ width: area.width, height: Math.max(area.height - top, 0) }, count, gap);
  return {
    stage: { x: 0, y: 0, width: area.width, height },
    tiles: tiles.map((tile) => ({ ...tile, y: tile.y + top })),
  };
}

/** Rows of equal tiles, the block and each row in the middle. */
function centred(area: Size, count: number, columns: number, tile: Size, gap: number): Rect[] {
  const rows = Math.ceil(count / columns);
  const top = (area.height - rows * tile.height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = (area.width - inRow * tile.width - (inRow - 1) * gap) / 2;
    return {
      x: left + (index - row * columns) * (tile.width + gap),
      y: top + row * (tile.height + gap),
      ...tile,
    };
  });
}

function capacityOf(area: Size, gap: number): number {
  const columns = Math.floor((area.width + gap) / (SMALLEST.width + gap));
  const rows = Math.floor((area.height + gap) / (SMALLEST.height + gap));
  return Math.max(columns, 1) * Math.max(rows, 1);
}

function fit(cell: Size, narrowest: number, widest: number): Size {
  const aspect = cell.width / cell.height;
  if (aspect > widest) return { width: cell.height * widest, height: cell.height };
  if (aspect < narrowest) return { width: cell.width, height: cell.width / narrowest };
  return cell;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
