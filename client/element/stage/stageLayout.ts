import { capacityOf, columnOf, gridOf, MOST_TILES, type Rect, type Size } from '../gridLayout.ts';

export interface LayoutRequest {
  area: Size;
  /** Tiles beside the stage, or in the grid where there is no stage; on all pages together. */
  count: number;
  /** How many have the stage: shared screens, the pinned, the speaker. */
  stage: number;
  gap: number;
  /** From 0; one that is not there is the last one. */
  page: number;
}

export interface Layout {
  stage: readonly Rect[];
  /** Those of the page. */
  tiles: readonly Rect[];
  page: number;
  /** 1 or more. */
  pages: number;
  /** Which of all tiles is the page's first. */
  first: number;
  /** How many there are on the first page of all. */
  onFirst: number;
  /** Where pages are turned; null where there is one only. */
  pager: Rect | null;
}

const WIDE = 16 / 9;
/** Beside a stage, in CSS pixels. */
const STRIP = { narrowest: 152, widest: 288 };
/** A finger finds the buttons in it. */
const PAGER_HEIGHT = 44;

const NOTHING: Layout = { stage: [], tiles: [], page: 0, pages: 1, first: 0, onFirst: 0, pager: null };

/** Places a page of tiles so that they use the area best: a grid, or a stage with a filmstrip. */
export function layoutTiles(request: LayoutRequest): Layout {
  const { area, count, stage, gap, page } = request;
  if (area.width <= 0 || area.height <= 0) return NOTHING;
  if (stage === 0) return { ...NOTHING, ...pageIn(area, count, gap, page, GRID) };
  if (count === 0) return { ...NOTHING, stage: gridOnStage(area, stage, gap) };
  return area.width >= area.height * 1.1 ? withStripBeside(request) : withFacesBelow(request);
}

/** How a page's tiles lie in an area, and how many it takes. */
interface Filling {
  capacity: (area: Size, gap: number) => number;
  place: (area: Size, count: number, gap: number) => Rect[];
  /** As many on each page, or one more, because fewer are larger; or else each but the last one full. */
  even: boolean;
}

const GRID: Filling = { capacity: capacityOf, place: gridOf, even: true };

function withStripBeside({ area, count, stage, gap, page }: LayoutRequest): Layout {
  // All of them in sight, as long as a face stays a face; on pages, larger again.
  const fitting = ((area.height - gap * (count - 1)) / count) * WIDE;
  const most = Math.min(area.width * (fitting < STRIP.narrowest ? 0.14 : 0.2), STRIP.widest);
  const least = Math.min(STRIP.narrowest, area.width * 0.25);
  const width = Math.max(fitting < STRIP.narrowest ? most : Math.min(most, fitting), least);
  const strip: Filling = {
    capacity: ({ height }) => clamp(Math.floor((height + gap) / (width / WIDE + gap)), 1, MOST_TILES),
    place: (within, shown) =>
      columnOf(within, shown, { width, height: Math.min(width / WIDE, within.height) }, gap),
    even: false,
  };
  const stageArea = { width: area.width - width - gap, height: area.height };
  const side = pageIn({ width, height: area.height }, count, gap, page, strip);
  return { ...side, ...moved(side, stageArea.width + gap, 0), stage: gridOnStage(stageArea, stage, gap) };
}

function withFacesBelow({ area, count, stage, gap, page }: LayoutRequest): Layout {
  // As high as a screen of that width needs, and the faces share the rest.
  const height = clamp(area.width * 0.7, area.height * 0.38, area.height * 0.75);
  const top = height + gap;
  const below = pageIn({ width: area.width, height: Math.max(area.height - top, 0) }, count, gap, page, GRID);
  const stageArea = { width: area.width, height };
  return { ...below, ...moved(below, 0, top), stage: gridOnStage(stageArea, stage, gap) };
}

/** One has all of it, whatever its shape. */
function gridOnStage(area: Size, count: number, gap: number): Rect[] {
  return count === 1 ? [{ x: 0, y: 0, ...area }] : gridOf(area, count, gap);
}

type Page = Omit<Layout, 'stage'>;

function pageIn(area: Size, count: number, gap: number, wanted: number, filling: Filling): Page {
  if (count <= filling.capacity(area, gap)) {
    const tiles = filling.place(area, count, gap);
    return { tiles, page: 0, pages: 1, first: 0, onFirst: count, pager: null };
  }
  const height = Math.max(area.height - PAGER_HEIGHT - gap, 0);
  const within = { width: area.width, height };
  const capacity = filling.capacity(within, gap);
  const pages = Math.ceil(count / capacity);
  const page = clamp(wanted, 0, pages - 1);
  // In a grid, a last page with one lost person on it would look like a mistake.
  const startOf = (index: number): number =>
    filling.even ? Math.floor((index * count) / pages) : Math.min(index * capacity, count);
  const first = startOf(page);
  const tiles = filling.place(within, startOf(page + 1) - first, gap);
  const pager = { x: 0, y: area.height - PAGER_HEIGHT, width: area.width, height: PAGER_HEIGHT };
  return { tiles, page, pages, first, onFirst: startOf(1), pager };
}

function moved({ tiles, pager }: Page, x: number, y: number): Pick<Page, 'tiles' | 'pager'> {
  const move = (rect: Rect): Rect => ({ ...rect, x: rect.x + x, y: rect.y + y });
  return { tiles: tiles.map(move), pager: pager && move(pager) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
