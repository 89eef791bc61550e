import { describe, expect, it } from '@jest/globals';
import { draw, inWords, PLOT } from '../../client/element/statistics/plot.ts';
import { KEPT_FOR, lossRate, StatsHistory } from '../../client/element/statistics/StatsHistory.ts';
import type { ConnectionStats, TrackStats } from '../../client/lib/statsTypes.ts';

const way = (bitrate: number, packets = 0, packetsLost = 0): ConnectionStats => ({
  roundTripTime: 20,
  availableBitrate: null,
  bitrate,
  packets,
  packetsLost,
});

const track = (producerId: string, bitrate: number): TrackStats => ({
  producerId,
  peerId: 'ann',
  source: 'camera',
  kind: 'video',
  direction: 'receive',
  bitrate,
  packets: 0,
  packetsLost: 0,
  jitter: null,
  roundTripTime: null,
  frameWidth: null,
  frameHeight: null,
  framesPerSecond: null,
  framesDropped: null,
  freezeCount: null,
  codec: null,
  layers: [],
});

function historyOf(count: number, every = 1000): StatsHistory {
  const history = new StatsHistory();
  for (let index = 0; index < count; index += 1) {
    const tracks = index % 2 === 0 ? [track('camera', index)] : [];
    history.add({ connection: { send: way(index), receive: null }, tracks }, 1000 + index * every);
  }
  return history;
}

describe('the history', () => {
  it('keeps two minutes, however long it is fed', () => {
    const { samples } = historyOf(1000);
    expect(samples).toHaveLength(KEPT_FOR / 1000);
    expect(samples.at(-1)!.at - samples[0]!.at).toBeLessThan(KEPT_FOR);
  });

  it('forgets what a clock that was set back calls the future', () => {
    const history = historyOf(3);
    history.add({ connection: { send: null, receive: null }, tracks: [] }, 1500);
    expect(history.samples.map(({ at }) => at)).toEqual([1000, 1500]);
  });

  it('has gaps where a track or a direction was not there', () => {
    const history = historyOf(4);
    expect(history.ofTrack('camera', ({ bitrate }) => bitrate).map(({ value }) => value)).toEqual([
      0,
      null,
      2,
      null,
    ]);
    const received = history.ofConnection('receive', ({ bitrate }) => bitrate);
    expect(received.every(({ value }) => value === null)).toBe(true);
  });

  it('is saved with everything that was read, and without the browser’s own reports', () => {
    const saved = JSON.parse(JSON.stringify(historyOf(3))) as ReturnType<StatsHistory['toJSON']>;
    expect(saved.samples).toHaveLength(3);
    expect(saved.samples[2]!.connection.send).toEqual(way(2));
    expect(JSON.stringify(saved)).not.toContain('raw');
  });
});

describe('the loss between two readings', () => {
  it('is a share of what was sent, as either side counts it', () => {
    expect(lossRate('receive', way(0, 190, 10), way(0, 100, 0))).toBeCloseTo(0.1);
    expect(lossRate('send', way(0, 200, 10), way(0, 100, 0))).toBeCloseTo(0.1);
  });

  it('is never negative, and none without packets or a reading before', () => {
    expect(lossRate('receive', way(0, 200, 4), way(0, 100, 9))).toBe(0);
    expect(lossRate('receive', way(0, 100, 5), way(0, 100, 5))).toBeNull();
    expect(lossRate('receive', way(0, 100, 5), null)).toBeNull();
    expect(lossRate('send', way(0, 10, 100), way(0, 5, 0))).toBe(1);
  });
});

describe('a plot', () => {
  const at = (values: (number | null)[]): { at: number; value: number | null }[] =>
    values.map((value, index) => ({ at: index * 1000, value }));

  it('ends at the right edge, and is as wide as the time that it covers', () => {
    const { line } = draw(
      [
        { at: 0, value: 1 },
        { at: KEPT_FOR / 2, value: 1 },
      ],
      'ms',
    );
    const xs = [...line.matchAll(/[ML]([\d.]+) /g)].map(([, x]) => Number(x));
    expect(xs).toEqual([PLOT.width / 2, PLOT.width]);
  });

  it('stays inside, with a top that is a round number', () => {
    for (const most of [1, 37, 90_000, 1_234_567, 3e9]) {
      const { line, top } = draw(at([0, most, most / 3]), 'bps');
      const ys = [...line.matchAll(/[ML][\d.]+ (-?[\d.]+)/g)].map(([, y]) => Number(y));
      expect(Math.min(...ys)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...ys)).toBeLessThanOrEqual(PLOT.height);
      expect(top).toBeGreaterThanOrEqual(most);
      expect(Number(top.toPrecision(2))).toBe(top);
    }
  });

  it('has gaps, and a dot for a figure between two of them', () => {
    const { line, now, most } = draw(at([5, null, 7, null]), 'ms');
    expect(line.match(/M/g)).toHaveLength(2);
    expect(line.match(/h0\.1/g)).toHaveLength(2);
    expect([now, most]).toEqual([null, 7]);
  });

  it('is empty without figures', () => {
    expect(draw([], 'bps')).toMatchObject({ line: '', area: '', now: null, most: null });
  });

  it('says its figures in units that people read', () => {
    expect([inWords(1_540_000, 'bps'), inWords(64_400, 'bps'), inWords(2.34, 'ms')]).toEqual([
      '1.5 Mbps',
      '64 kbps',
      '2.3 ms',
    ]);
    expect([inWords(0.014, 'share'), inWords(0, 'share'), inWords(29.97, 'frames')]).toEqual([
      '1.4 %',
      '0 %',
      '30 fps',
    ]);
    expect([inWords(360, 'lines'), inWords(null, 'ms')]).toEqual(['360p', '–']);
  });
});
