import { describe, expect, it } from '@jest/globals';
import type { LiveSnapshot, RunPhase, ViewOutput } from '../../loadtest/view/LiveView.ts';
import { createView, wantsColor } from '../../loadtest/view/createView.ts';
import { frameLines } from '../../loadtest/view/frame.ts';
import { PlainView } from '../../loadtest/view/PlainView.ts';
import { summaryText } from '../../loadtest/view/summary.ts';
import { TerminalView } from '../../loadtest/view/TerminalView.ts';
import {
  columns,
  fit,
  paintOf,
  plainText,
  progressBar,
  textWidth,
} from '../../loadtest/view/terminalText.ts';
import { sampleRun, sampleScenario } from './support/sampleRun.ts';

const run = sampleRun();

function snapshot(
  second: number,
  phase: RunPhase = 'running',
  changes: Partial<LiveSnapshot> = {},
): LiveSnapshot {
  return {
    phase,
    scenario: sampleScenario,
    elapsed: second * 1000,
    running: Math.max(0, second - 41) * 1000,
    planned: 80,
    latest: run.series[second - 1] ?? null,
    history: run.series.slice(0, second),
    thresholds: run.thresholds,
    errors: run.errors,
    ...changes,
  };
}

/** A made-up terminal that keeps what is written. */
class FakeTerminal implements ViewOutput {
  readonly isTTY = true;
  columns = 80;
  rows = 24;
  text = '';
  readonly #listeners = new Set<() => void>();

  write(text: string): void {
    this.text += text;
  }

  on(_event: 'resize', listener: () => void): void {
    this.#listeners.add(listener);
  }

  off(_event: 'resize', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  resize(columnCount: number, rows: number): void {
    this.columns = columnCount;
    this.rows = rows;
    for (const listener of this.#listeners) listener();
  }

  get listening(): number {
    return this.#listeners.size;
  }

  /** What was written since the last call. */
  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

/** What a terminal of that size shows after these bytes, for the sequences that the view uses. */
function screenOf(text: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  // eslint-disable-next-line no-control-regex -- ESC is what a terminal is told with
  for (const [piece, , count, command] of text.matchAll(/(\x1b\[\??(\d*)([A-Za-z]))|\r|\n|[^\x1b\r\n]+/g)) {
    if (piece === '\n') lines[++row] ??= '';
    else if (piece === '\r') continue;
    else if (command === 'A') row -= Number(count);
    else if (command === 'J') lines.length = row + 1;
    else if (command === undefined) lines[row] = piece;
  }
  return lines;
}

describe('a frame', () => {
  const hostile = {
    scenario: { ...sampleScenario, name: '会議\u001b[2J'.repeat(30), url: 'x'.repeat(300) },
    note: 'killing\nworker 1'.repeat(9),
    errors: [
      {
        phase: 'p\u001b]0;x\u0007',
        code: '会'.repeat(60),
        message: 'm\r\n'.repeat(90),
        count: 123_456,
        firstAt: 0,
      },
    ],
  };

  it.each([1, 7, 20, 30, 50, 77, 78, 79, 119, 300])(
    'is never wider than %i columns nor higher than its rows',
    (width) => {
      for (const rows of [1, 5, 12, 23, 60]) {
        for (const color of [true, false]) {
          for (const state of [
            snapshot(0, 'starting'),
            snapshot(25, 'joining'),
            snapshot(124),
            snapshot(124, 'ending', hostile),
          ]) {
            const lines = frameLines(state, { columns: width, rows }, paintOf(color));
            expect(lines.length).toBeLessThanOrEqual(rows);
            for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
          }
        }
      }
    },
  );

  it('shows joins, rates, loss, latency, machines, thresholds and errors', () => {
    const text = frameLines(snapshot(124), { columns: 79, rows: 23 }, paintOf(false)).join('\n');
    for (const part of [
      '79 of 80, 1 failed',
      '1:23 of 2:00',
      'video 15%',
      'worker 1',
      'Generator',
      '✓ join.p95<800ms',
      '✗ video.loss<1%',
      '3×  firstVideo timeout',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('lets no text from outside reach the terminal as a command', () => {
    const lines = frameLines(snapshot(124, 'running', hostile), { columns: 119, rows: 39 }, paintOf(false));
    expect(lines.join('\n')).not.toMatch(/[\p{Cc}](?<!\n)/u);
  });
});

describe('the view on a terminal', () => {
  const open = (options: { color?: boolean } = {}) => {
    const terminal = new FakeTerminal();
    const clock = { now: 0 };
    const view = new TerminalView(terminal, { color: false, ...options, now: () => clock.now });
    return { terminal, clock, view };
  };

  it('redraws in place: the screen holds the last frame only', () => {
    const { terminal, clock, view } = open();
    for (const second of [1, 25, 60, 124]) {
      clock.now += 1000;
      view.update(snapshot(second));
    }
    const frame = frameLines(snapshot(124), { columns: 79, rows: 23 }, paintOf(false));
    expect(screenOf(terminal.text)).toEqual([...frame, '']);
    view.close();
  });

  it('draws four times a second at most, but each new phase at once', () => {
    const { terminal, clock, view } = open();
    view.update(snapshot(25, 'joining'));
    terminal.take();
    clock.now += 200;
    view.update(snapshot(26, 'joining'));
    expect(terminal.take()).toBe('');
    view.update(snapshot(26, 'running'));
    expect(terminal.take()).not.toBe('');
    clock.now += 250;
    view.update(snapshot(27, 'running'));
    expect(terminal.take()).not.toBe('');
    view.close();
  });

  it('draws anew for a terminal of another size, from the top of the wrapped frame', () => {
    const { terminal, view } = open();
    view.update(snapshot(124));
    terminal.take();
    terminal.resize(40, 60);
    const text = terminal.take();
    const before = frameLines(snapshot(124), { columns: 79, rows: 23 }, paintOf(false));
    const wrapped = before.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / 40)), 0);
    expect(text.startsWith(`\x1b[${wrapped}A\r`)).toBe(true);
    for (const line of screenOf(text.replace(/^.*?\r/s, ''))) expect(textWidth(line)).toBeLessThan(40);
    view.close();
  });

  it('hides the cursor, shows it again at the end, and leaves the last frame', () => {
    const { terminal, view } = open();
    const exits = process.listenerCount('exit');
    view.update(snapshot(124));
    expect(terminal.text.startsWith('\x1b[?25l')).toBe(true);
    view.end(run);
    view.end(run);
    view.close();
    expect(terminal.text.split('\x1b[?25h')).toHaveLength(2);
    expect(screenOf(terminal.text)[0]).toMatch(/failed {2}2:43$/);
    expect([terminal.listening, process.listenerCount('exit')]).toEqual([0, exits]);
    terminal.take();
    view.update(snapshot(125));
    expect(terminal.text).toBe('');
  });

  it('touches nothing when it never showed anything', () => {
    const { terminal, view } = open();
    view.close();
    expect(terminal.text).toBe('');
  });
});

describe('the view without a terminal', () => {
  it('writes a line every five seconds and at each phase, without control characters', () => {
    let text = '';
    let now = 0;
    const view = new PlainView({ write: (piece: string) => (text += piece) }, { now: () => now });
    view.update(snapshot(0, 'starting'));
    view.update(snapshot(1, 'starting'));
    view.update(snapshot(25, 'joining'));
    now = 5000;
    view.update(snapshot(30, 'joining', { note: 'a\u001b[31m\nb' }));
    view.end(run);
    view.update(snapshot(31));
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^0:25 joining \| 48\/80 joined, 1 failed \| received /);
    expect(lines[3]).toBe('2:43 ended: failed. 2 of 5 thresholds are broken.');
    expect(text).not.toMatch(/[\p{Cc}](?<!\n)/u);
  });
});

describe('the choice of a view', () => {
  it('goes by the terminal and NO_COLOR', () => {
    const terminal = new FakeTerminal();
    expect(createView(terminal, {})).toBeInstanceOf(TerminalView);
    expect(createView(terminal, { TERM: 'dumb' })).toBeInstanceOf(PlainView);
    expect(createView({ write: () => true }, {})).toBeInstanceOf(PlainView);
    expect([
      wantsColor(terminal, {}),
      wantsColor(terminal, { NO_COLOR: '1' }),
      wantsColor(terminal, { NO_COLOR: '' }),
    ]).toEqual([true, false, true]);
    const plain = createView(terminal, { NO_COLOR: '1' });
    plain.update(snapshot(124));
    plain.close();
    expect(terminal.text).not.toContain(paintOf(true).bold('x').slice(0, 4));
    expect(terminal.text).not.toContain('\x1b[3');
  });
});

describe('the summary', () => {
  it('has verdict, thresholds, times, values, errors and the place of the report', () => {
    const text = summaryText(run, { report: 'out/report.html' });
    for (const part of [
      'FAILED  2 of 5 thresholds are broken.',
      '✗ video.loss<1%',
      'Times',
      'first video',
      'server CPU',
      '3×  firstVideo timeout',
      'Report: out/report.html',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('\x1b');
  });

  it('says which values were not measured, and keeps to a width', () => {
    const text = summaryText(sampleRun({ metrics: {}, errors: [], thresholds: [] }), {
      width: 50,
      color: true,
    });
    expect(text).toContain('not measured');
    expect(text).not.toMatch(/NaN|undefined/);
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(50);
  });
});

describe('terminal text', () => {
  it('is measured in columns', () => {
    expect([
      textWidth('abc'),
      textWidth('会議'),
      textWidth('\x1b[31mred\x1b[39m'),
      textWidth('e\u0301'),
    ]).toEqual([3, 4, 3, 1]);
  });

  it('is cut with a sign, and colours end there', () => {
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fit('\x1b[31mabcdef\x1b[39m', 4)).toBe('\x1b[31mabc…\x1b[0m');
    expect(fit('会議室', 4)).toBe('会…');
  });

  it('is freed from control characters', () => {
    expect(plainText('a\u001b[2Jb\r\nc\u202ed\u009be')).toBe('a[2Jb cde');
  });

  it('is aligned in columns', () => {
    expect(
      columns(
        [
          ['a', '1', 'x'],
          ['bcd', '20', ''],
        ],
        ['right', 'left'],
      ),
    ).toEqual(['a     1  x', 'bcd  20']);
  });

  it('fills bars by eighths, also where the share is not one', () => {
    expect(progressBar(0.5, 4)).toEqual({ done: '██', rest: '░░' });
    expect(progressBar(NaN, 2)).toEqual({ done: '', rest: '░░' });
    expect(progressBar(7, 2)).toEqual({ done: '██', rest: '' });
  });
});
