import { describe, expect, it } from '@jest/globals';
import { MOST_TILES, sameRect, type Rect, type Size } from '../../client/element/gridLayout.ts';
import { withSpeaker } from '../../client/element/placement.ts';
import { layoutTiles, type Layout, type LayoutRequest } from '../../client/element/stage/stageLayout.ts';

const AREAS: Size[] = [
  { width: 304, height: 470 },
  { width: 374, height: 730 },
  { width: 828, height: 310 },
  { width: 740, height: 300 },
  { width: 768, height: 900 },
  { width: 900, height: 900 },
  { width: 1252, height: 630 },
  { width: 1892, height: 990 },
  { width: 2532, height: 1350 },
];
const COUNTS = [...Array.from({ length: 20 }, (_, index) => index + 1), 24, 25, 31, 49, 50, 64, 99, 100];
const gap = 8;

function layout(area: Size, count: number, more: Partial<LayoutRequest> = {}): Layout {
  return layoutTiles({ area, count, stage: 0, gap, page: 0, ...more });
}

/** One after the other, as somebody sees them who turns them all. */
function pagesOf(area: Size, count: number, stage = 0): Layout[] {
  const first = layout(area, count, { stage });
  return Array.from({ length: first.pages }, (_, page) => layout(area, count, { stage, page }));
}

function overlap(a: Rect, b: Rect): boolean {
  const apart = 0.01;
  return (
    a.x + a.width - apart > b.x &&
    b.x + b.width - apart > a.x &&
    a.y + a.height - apart > b.y &&
    b.y + b.height - apart > a.y
  );
}

function insideAndApart(area: Size, rects: readonly Rect[]): boolean {
  const inside = rects.every(
    ({ x, y, width, height }) =>
      width > 0 &&
      height > 0 &&
      x >= -0.01 &&
      y >= -0.01 &&
      x + width <= area.width + 0.01 &&
      y + height <= area.height + 0.01,
  );
  return (
    inside && rects.every((rect, index) => !rects.slice(index + 1).some((other) => overlap(rect, other)))
  );
}

const everything = ({ stage, tiles, pager }: Layout): Rect[] => [
  ...stage,
  ...tiles,
  ...(pager ? [pager] : []),
];
const surface = (rects: readonly Rect[]): number =>
  rects.reduce((sum, { width, height }) => sum + width * height, 0);
const aspects = (rects: readonly Rect[]): number[] => rects.map(({ width, height }) => width / height);

describe('every layout', () => {
  it.each([0, 1, 2, 4, 9])('keeps all inside the area and apart, with %i on the stage', (stage) => {
    for (const area of AREAS) {
      for (const count of COUNTS) {
        for (const page of pagesOf(area, count, stage)) {
          if (!insideAndApart(area, everything(page))) throw new Error(JSON.stringify({ area, count, page }));
        }
      }
    }
  });

  it('gives everybody one place on one of its pages', () => {
    for (const area of AREAS) {
      for (const count of COUNTS) {
        for (const stage of [0, 1]) {
          const pages = pagesOf(area, count, stage);
          const placed = pages.flatMap(({ first, tiles }) => tiles.map((_, index) => first + index));
          expect(placed).toEqual(Array.from({ length: count }, (_, index) => index));
          expect(pages.every(({ pager }) => (pager === null) === (pages.length === 1))).toBe(true);
        }
      }
    }
  });

  it('has about as many on each page, and never more than can be decoded', () => {
    for (const area of AREAS) {
      for (const count of COUNTS) {
        const sizes = pagesOf(area, count).map(({ tiles }) => tiles.length);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST_TILES);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('shows the last page where one is asked for that is not there', () => {
    const last = layout(AREAS[1]!, 40, { page: 99 });
    expect(last.page).toBe(last.pages - 1);
    expect(last.first + last.tiles.length).toBe(40);
    expect(layout(AREAS[1]!, 40, { page: -3 }).page).toBe(0);
  });

  it('places nothing in an area without size', () => {
    for (const stage of [0, 1]) {
      expect(everything(layout({ width: 0, height: 500 }, 3, { stage }))).toEqual([]);
    }
  });
});

describe('the grid', () => {
  it('leaves little of any screen empty, with any company', () => {
    for (const area of AREAS) {
      for (const count of COUNTS) {
        for (const { tiles, pager } of pagesOf(area, count)) {
          const usable = area.width * (area.height - (pager ? pager.height + gap : 0));
          const filled = surface(tiles) / usable;
          if (filled < 0.72) throw new Error(JSON.stringify({ area, count, filled }));
        }
      }
    }
  });

  it('has faces of a shape that cameras have, and tiles that are all of a height', () => {
    for (const area of AREAS) {
      for (const count of COUNTS.slice(1)) {
        for (const { tiles } of pagesOf(area, count)) {
          expect(Math.min(...aspects(tiles))).toBeGreaterThanOrEqual(0.749);
          expect(Math.max(...aspects(tiles))).toBeLessThanOrEqual(2.001);
          expect(new Set(tiles.map(({ height }) => height.toFixed(3))).size).toBe(1);
        }
      }
    }
  });

  it('has tiles in which a face can be recognised', () => {
    for (const area of AREAS) {
      for (const count of COUNTS) {
        for (const { tiles } of pagesOf(area, count)) {
          expect(Math.min(...tiles.map(({ width }) => width))).toBeGreaterThan(100);
          expect(Math.min(...tiles.map(({ height }) => height))).toBeGreaterThan(75);
        }
      }
    }
  });

  it('gives one person nearly all of a wide area, and nine a three by three', () => {
    const area = { width: 1600, height: 900 };
    expect(layout(area, 1).tiles[0]).toMatchObject(area);
    expect(new Set(layout(area, 9).tiles.map((tile) => Math.round(tile.y))).size).toBe(3);
  });

  it('puts two people on top of each other in portrait and beside each other in landscape', () => {
    const [a, b] = layout(AREAS[1]!, 2).tiles;
    expect(a!.x).toBe(b!.x);
    const [c, d] = layout(AREAS[6]!, 2).tiles;
    expect(c!.y).toBe(d!.y);
  });

  it('stretches a row of fewer over the width, and has it in the middle where that is too wide', () => {
    const wide = layout({ width: 1600, height: 900 }, 5).tiles;
    expect(wide.slice(3).reduce((sum, { width }) => sum + width, gap)).toBeCloseTo(1600);
    const lastRow = layout({ width: 1000, height: 900 }, 7).tiles.slice(5);
    expect(lastRow[0]!.x).toBeCloseTo(1000 - (lastRow.at(-1)!.x + lastRow.at(-1)!.width));
  });
});

describe('the stage', () => {
  it('takes most of the area', () => {
    for (const area of AREAS) {
      for (const count of COUNTS) {
        const { stage } = layout(area, count, { stage: 1 });
        expect(surface(stage) / surface([{ x: 0, y: 0, ...area }])).toBeGreaterThan(0.37);
      }
    }
  });

  it('takes everything where nobody is beside it', () => {
    const area = AREAS[0]!;
    expect(layout(area, 0, { stage: 1 }).stage).toEqual([{ x: 0, y: 0, ...area }]);
  });

  it('is shared by several in the spotlight', () => {
    for (const area of AREAS) {
      for (const stage of [2, 3, 9]) expect(layout(area, 4, { stage }).stage).toHaveLength(stage);
    }
  });

  it('is as wide as a phone and high enough for a 4:3 screen, and the faces share what is left', () => {
    const area = AREAS[1]!;
    for (const count of [1, 2, 4]) {
      const { stage, tiles } = layout(area, count, { stage: 1 });
      expect(stage[0]!.width).toBe(area.width);
      expect(stage[0]!.height).toBeGreaterThan(area.width * 0.65);
      expect(tiles).toHaveLength(count);
      expect(Math.min(...tiles.map((tile) => tile.y))).toBeGreaterThanOrEqual(stage[0]!.height + gap);
    }
  });
});

describe('a place', () => {
  const place = { x: 1, y: 2, width: 3, height: 4 };

  it('is the same where every number is', () => {
    expect(sameRect(place, { ...place })).toBe(true);
    expect(sameRect(place, { ...place, y: 0 })).toBe(false);
    expect(sameRect(place, null)).toBe(false);
    expect(sameRect(undefined, null)).toBe(true);
  });
});

describe('the speaker', () => {
  it('comes to the first page in the place of its last one, who goes where the speaker was', () => {
    expect(withSpeaker(['a', 'b', 'c', 'd'], 2, 'd')).toEqual(['a', 'd', 'c', 'b']);
  });

  it('moves nobody while on the first page, or nowhere', () => {
    expect(withSpeaker(['a', 'b', 'c'], 2, 'a')).toEqual(['a', 'b', 'c']);
    expect(withSpeaker(['a', 'b', 'c'], 2, 'gone')).toEqual(['a', 'b', 'c']);
    expect(withSpeaker(['a', 'b', 'c'], 2, null)).toEqual(['a', 'b', 'c']);
    expect(withSpeaker([], 0, 'a')).toEqual([]);
  });
});
