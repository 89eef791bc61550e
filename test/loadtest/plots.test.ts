import { describe, expect, it } from '@jest/globals';
import { axisScale, timeTicks, valueTicks } from '../../loadtest/report/axis.ts';
import { downsample } from '../../loadtest/report/downsample.ts';
import { heatMap } from '../../loadtest/report/heatMap.ts';
import { linePlot, type LinePlot } from '../../loadtest/report/linePlot.ts';
import { markup, jsonIsland } from '../../loadtest/report/markup.ts';

describe('ticks', () => {
  it('are round numbers from 0 to the highest value or above', () => {
    expect(valueTicks(302)).toEqual([0, 100, 200, 300, 400]);
    expect(valueTicks(0.7)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(valueTicks(100)).toEqual([0, 25, 50, 75, 100]);
  });

  it('are there when all values are 0 or none is a number', () => {
    expect(valueTicks(0)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(valueTicks(NaN)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it('are round moments', () => {
    expect(timeTicks(160_000).map(({ label }) => label)).toEqual([
      '0:00',
      '0:30',
      '1:00',
      '1:30',
      '2:00',
      '2:30',
    ]);
    expect(timeTicks(3 * 24 * 3_600_000).length).toBeLessThanOrEqual(7);
  });

  it('have a unit that suits the size', () => {
    expect(axisScale('bps', 302e6)).toEqual({ divisor: 1e6, label: 'Mbps' });
    expect(axisScale('share', 0.02)).toEqual({ divisor: 0.01, label: '%' });
    expect(axisScale('ms', 12_000)).toEqual({ divisor: 1000, label: 's' });
  });
});

describe('downsampling', () => {
  it('leaves short lines alone', () => {
    expect(downsample([1, 2, 3], [5, null, 6], 300)).toEqual({ x: [1, 2, 3], y: [5, null, 6] });
  });

  it('keeps every spike and every dip of a long line, in order', () => {
    const x = Array.from({ length: 10_000 }, (_, index) => index);
    const y = x.map((index) => (index === 4321 ? 900 : index === 7654 ? -5 : 10));
    const points = downsample(x, y, 300);
    expect(points.x.length).toBeLessThanOrEqual(601);
    expect(points.x.at(-1)).toBe(9999);
    expect(points.y[points.x.indexOf(4321)]).toBe(900);
    expect(points.y[points.x.indexOf(7654)]).toBe(-5);
    expect([...points.x].sort((a, b) => a - b)).toEqual(points.x);
  });

  it('keeps a long stretch without values as a gap', () => {
    const x = Array.from({ length: 3000 }, (_, index) => index);
    const points = downsample(
      x,
      x.map((index) => (index < 1500 ? 1 : null)),
      300,
    );
    expect(points.y.slice(-150).every((value) => value === null)).toBe(true);
  });
});

describe('a line plot', () => {
  const plot = (y: (number | null)[]): LinePlot => ({
    title: 'Latency',
    unit: 'ms',
    lines: [{ name: 'p50', color: 'c1', x: y.map((_, index) => index * 1000), y }],
    to: (y.length - 1) * 1000,
  });
  const paths = (text: string): string[] =>
    [...text.matchAll(/class="line[^"]*" d="([^"]*)"/g)].map(([, d]) => d!);

  it('draws the values over its whole width', () => {
    expect(paths(linePlot(plot([0, 50, 100])).markup)).toEqual(['M0 200L500 100L1000 0']);
  });

  it('breaks the line where nothing was measured, and shows a lone value', () => {
    expect(paths(linePlot(plot([100, 100, null, 100, NaN])).markup)).toEqual(['M0 0L250 0M750 0h0']);
  });

  it('says that nothing was measured', () => {
    const text = linePlot(plot([null, null])).markup;
    expect(text).toContain('<p class="empty">not measured</p>');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has a title and a description for those who do not see it', () => {
    const text = linePlot(plot([0, 50, 100])).markup;
    expect(text).toContain('<title id="plot-latency">Latency</title>');
    expect(text).toContain('p50: on average 50 ms, at most 100 ms.</desc>');
  });

  it('draws a single point', () => {
    expect(paths(linePlot({ ...plot([7]), to: 0 }).markup)).toEqual(['M0 25h0']);
  });
});

describe('a heat map', () => {
  it('joins neighbours of one colour, and tells missing media from none expected', () => {
    const text = heatMap([{ name: 'a', cells: [null, 1, 1, 0.4] }], 5000).markup;
    expect(
      [...text.matchAll(/<rect class="(\w+)" x="(\d+)" y="0.06" width="(\d+)"/g)].map((match) =>
        match.slice(1),
      ),
    ).toEqual([
      ['none', '0', '1'],
      ['h0', '1', '2'],
      ['h5', '3', '1'],
    ]);
  });

  it('shows the worst of many rooms, and the worst of many intervals', () => {
    const rows = Array.from({ length: 100 }, (_, row) => ({
      name: `room-${row}-`,
      cells: Array.from({ length: 1000 }, (_value, cell) => (row === 77 && cell === 500 ? 0.1 : 1)),
    }));
    const text = heatMap(rows, 1000).markup;
    expect(text).toContain('The 60 rooms with the worst intervals, of 100.');
    expect(text).toContain('room-77-');
    expect(text.match(/class="h5" x=/g)).toHaveLength(1);
  });

  it('says so when there is nothing to show', () => {
    expect(heatMap([], 5000).markup).toBe('<p class="empty">not measured</p>');
  });
});

describe('markup', () => {
  it('escapes whatever is put in', () => {
    expect(markup`<b title="${'"\'<'}">${'<script>&'}</b>`.markup).toBe(
      '<b title="&quot;&#39;&lt;">&lt;script&gt;&amp;</b>',
    );
  });

  it('takes out characters that XML does not have', () => {
    expect(markup`${'a\u0000b\u001bc\ud800d'}`.markup).toBe('a\ufffdb\ufffdc\ufffdd');
  });

  it('lets no text end a script', () => {
    expect(jsonIsland({ name: '</script><script>' }).markup.match(/<\/script>/g)).toHaveLength(1);
  });
});
