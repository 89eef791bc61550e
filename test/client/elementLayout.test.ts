import { describe, expect, it } from '@jest/globals';
import {
  chooseVisible,
  layoutTiles,
  sameRect,
  type Rect,
  type Size,
} from '../../client/element/gridLayout.ts';

const AREAS: Size[] = [
  { width: 1280, height: 700 },
  { width: 360, height: 660 },
  { width: 740, height: 300 },
  { width: 900, height: 900 },
];
const gap = 8;

function overlap(a: Rect, b: Rect): boolean {
  const apart = 0.01;
  return (
    a.x + a.width - apart > b.x &&
    b.x + b.width - apart > a.x &&
    a.y + a.height - apart > b.y &&
    b.y + b.height - apart > a.y
  );
}

function expectInside(area: Size, rects: readonly Rect[]): void {
  for (const rect of rects) {
    expect(rect.x).toBeGreaterThanOrEqual(-0.01);
    expect(rect.y).toBeGreaterThanOrEqual(-0.01);
    expect(rect.x + rect.width).toBeLessThanOrEqual(area.width + 0.01);
    expect(rect.y + rect.height).toBeLessThanOrEqual(area.height + 0.01);
  }
}

function expectApart(rects: readonly Rect[]): void {
  rects.forEach((rect, index) => {
    for (const other of rects.slice(index + 1)) expect(overlap(rect, other)).toBe(false);
  });
}

describe('the grid', () => {
  it('keeps all tiles inside the area and apart, for any count and shape', () => {
    for (const area of AREAS) {
      for (let count = 1; count <= 60; count += 1) {
        const { tiles } = layoutTiles({ area, count, stage: false, gap });
        expectInside(area, tiles);
        expectApart(tiles);
      }
    }
  });

  it('shows everybody where there is room for everybody', () => {
    for (const count of [1, 2, 3, 5, 9, 16]) {
      expect(layoutTiles({ area: AREAS[0]!, count, stage: false, gap }).tiles).toHaveLength(count);
    }
  });

  it('shows fewer tiles rather than tiny ones', () => {
    const { tiles } = layoutTiles({ area: { width: 260, height: 200 }, count: 30, stage: false, gap });
    expect(tiles.length).toBeLessThan(30);
    expect(Math.min(...tiles.map((tile) => tile.width))).toBeGreaterThanOrEqual(100);
  });

  it('gives one person nearly all of a wide area, and nine a three by three', () => {
    const area = { width: 1600, height: 900 };
    expect(layoutTiles({ area, count: 1, stage: false, gap }).tiles[0]).toMatchObject(area);
    const { tiles } = layoutTiles({ area, count: 9, stage: false, gap });
    expect(new Set(tiles.map((tile) => Math.round(tile.y))).size).toBe(3);
  });

  it('puts two people on top of each other in portrait and beside each other in landscape', () => {
    const [a, b] = layoutTiles({ area: AREAS[1]!, count: 2, stage: false, gap }).tiles;
    expect(a!.x).toBe(b!.x);
    const [c, d] = layoutTiles({ area: AREAS[0]!, count: 2, stage: false, gap }).tiles;
    expect(c!.y).toBe(d!.y);
  });

  it('centres an incomplete last row', () => {
    const { tiles } = layoutTiles({ area: AREAS[0]!, count: 5, stage: false, gap });
    const lastRow = tiles.filter((tile) => tile.y === tiles.at(-1)!.y);
    const left = lastRow[0]!.x;
    const right = AREAS[0]!.width - (lastRow.at(-1)!.x + lastRow.at(-1)!.width);
    expect(left).toBeCloseTo(right);
  });

  it('fills most of the screen with any company up to nine', () => {
    for (const area of [AREAS[0]!, AREAS[1]!, { width: 816, height: 300 }, { width: 880, height: 716 }]) {
      for (let count = 1; count <= 9; count += 1) {
        const { tiles } = layoutTiles({ area, count, stage: false, gap });
        const filled = tiles.reduce((sum, tile) => sum + tile.width * tile.height, 0);
        expect(filled / (area.width * area.height)).toBeGreaterThan(0.62);
      }
    }
  });

  it('places nothing in an area without size', () => {
    expect(layoutTiles({ area: { width: 0, height: 500 }, count: 3, stage: true, gap })).toEqual({
      stage: null,
      tiles: [],
    });
  });
});

describe('the stage', () => {
  it('takes most of the area and leaves a strip, apart and inside', () => {
    for (const area of AREAS) {
      for (let count = 1; count <= 30; count += 1) {
        const { stage, tiles } = layoutTiles({ area, count, stage: true, gap });
        expect(tiles.length).toBeGreaterThan(0);
        expectInside(area, [stage!, ...tiles]);
        expectApart([stage!, ...tiles]);
        expect((stage!.width * stage!.height) / (area.width * area.height)).toBeGreaterThan(0.37);
      }
    }
  });

  it('takes everything where nobody is beside it', () => {
    const area = AREAS[0]!;
    expect(layoutTiles({ area, count: 0, stage: true, gap }).stage).toEqual({ x: 0, y: 0, ...area });
  });

  it('is as wide as a phone and high enough for a 4:3 screen, and the faces share what is left', () => {
    const area = AREAS[1]!;
    for (const count of [1, 2, 6]) {
      const { stage, tiles } = layoutTiles({ area, count, stage: true, gap });
      expect(stage!.width).toBe(area.width);
      expect(stage!.height).toBeGreaterThan(area.width * 0.65);
      expect(tiles).toHaveLength(count);
      expect(Math.min(...tiles.map((tile) => tile.y))).toBeGreaterThanOrEqual(stage!.height + gap);
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

describe('who is shown where not all fit', () => {
  it('is everybody when all fit', () => {
    expect(chooseVisible(['a', 'b'], 2, null)).toEqual(['a', 'b']);
  });

  it('is the first ones, and the speaker in the last place', () => {
    expect(chooseVisible(['a', 'b', 'c', 'd'], 2, null)).toEqual(['a', 'b']);
    expect(chooseVisible(['a', 'b', 'c', 'd'], 2, 'd')).toEqual(['a', 'd']);
    expect(chooseVisible(['a', 'b', 'c', 'd'], 2, 'a')).toEqual(['a', 'b']);
  });

  it('is nobody where nothing fits, and never somebody who is not there', () => {
    expect(chooseVisible(['a', 'b'], 0, 'b')).toEqual([]);
    expect(chooseVisible(['a', 'b', 'c'], 2, 'gone')).toEqual(['a', 'b']);
  });
});
