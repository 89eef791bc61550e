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

/** Width to height: wider than this, a camera would lose heads; narrower, half of a face. */
const WIDEST = 2;
const NARROWEST = 3 / 4;
/** One person alone on an upright phone. */
const NARROWEST_ALONE = 1 / 2;
/** Smaller, and nobody is recognised: whoever has no place comes on another page. */
const SMALLEST: Size = { width: 144, height: 108 };
/** More at once are a crowd, and as many pictures to decode. */
export const MOST_TILES = 49;

/** Whether two places are the same, or both none. */
export function sameRect(a: Rect | null | undefined, b: Rect | null | undefined): boolean {
  if (!a || !b) return !a && !b;
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** How many tiles an area takes; one at least. */
export function capacityOf(area: Size, gap: number): number {
  const columns = Math.floor((area.width + gap) / (SMALLEST.width + gap));
  const rows = Math.floor((area.height + gap) / (SMALLEST.height + gap));
  return Math.min(Math.max(columns, 1) * Math.max(rows, 1), MOST_TILES);
}

/**
 * Rows of tiles that fill the area: all of a height, as many in each row as in any other or one fewer, and those in a
 * row of fewer wider, as far as pictures have a use for it.
 */
export function gridOf(area: Size, count: number, gap: number): Rect[] {
  if (area.width <= 0 || area.height <= 0) return [];
  let best: { rects: Rect[]; worth: number } | null = null;
  for (let rows = 1; rows <= count; rows += 1) {
    const rects = inRows(area, count, rows, gap);
    const worth = worthOf(rects);
    if (worth > (best?.worth ?? 0)) best = { rects, worth };
  }
  return best?.rects ?? [];
}

/** Tiles below each other, in the middle of a strip. */
export function columnOf(area: Size, count: number, tile: Size, gap: number): Rect[] {
  const top = (area.height - count * tile.height - (count - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => ({
    x: (area.width - tile.width) / 2,
    y: top + index * (tile.height + gap),
    ...tile,
  }));
}

function inRows(area: Size, count: number, rows: number, gap: number): Rect[] {
  const most = Math.ceil(count / rows);
  const widthOf = (columns: number): number => (area.width - gap * (columns - 1)) / columns;
  const narrowest = count === 1 && area.width < area.height ? NARROWEST_ALONE : NARROWEST;
  const height = Math.min((area.height - gap * (rows - 1)) / rows, widthOf(most) / narrowest);
  const top = (area.height - rows * height - (rows - 1) * gap) / 2;
  const rects: Rect[] = [];
  for (let row = 0; row < rows; row += 1) {
    const columns = Math.floor((count - row - 1) / rows) + 1;
    const width = Math.min(widthOf(columns), height * WIDEST);
    const left = (area.width - columns * width - (columns - 1) * gap) / 2;
    const y = top + row * (height + gap);
    for (let column = 0; column < columns; column += 1) {
      rects.push({ x: left + column * (width + gap), y, width, height });
    }
  }
  return rects;
}

/** What is seen in all of them together; a tile that is narrower than square shows a face, but not much around it. */
function worthOf(rects: readonly Rect[]): number {
  let worth = 0;
  for (const { width, height } of rects) {
    if (width <= 0 || height <= 0) return 0;
    worth += width * height * Math.min(1, 0.4 + (0.6 * width) / height);
  }
  return worth;
}
