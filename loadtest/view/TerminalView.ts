import type { RunResult } from '../results/runResult.ts';
import { verdictText } from '../results/verdict.ts';
import { frameLines } from './frame.ts';
import type { LiveSnapshot, View, ViewOutput } from './LiveView.ts';
import { paintOf, textWidth, type Paint } from './terminalText.ts';

/** ms between two frames at least. */
const FRAME_INTERVAL = 250;

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';

/** The live view on a terminal, redrawn in place (ECMA-48 sequences); the last frame stays on the screen. */
export class TerminalView implements View {
  readonly #output: ViewOutput;
  readonly #paint: Paint;
  readonly #now: () => number;
  readonly #resized = (): void => {
    if (this.#snapshot) this.#draw(this.#snapshot);
  };
  readonly #restore = (): void => void this.#output.write(SHOW_CURSOR);
  #snapshot: LiveSnapshot | undefined;
  /** Widths of the lines that are on the screen. */
  #drawn: number[] = [];
  #drawnAt = -Infinity;
  #state: 'fresh' | 'open' | 'closed' = 'fresh';

  /** `now` is a clock in ms. */
  constructor(output: ViewOutput, options: { color?: boolean; now?: () => number } = {}) {
    this.#output = output;
    this.#paint = paintOf(options.color ?? true);
    this.#now = options.now ?? (() => performance.now());
  }

  update(snapshot: LiveSnapshot): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'fresh') this.#open();
    const phaseChanged = this.#snapshot?.phase !== snapshot.phase;
    this.#snapshot = snapshot;
    if (!phaseChanged && this.#now() - this.#drawnAt < FRAME_INTERVAL) return;
    this.#draw(snapshot);
  }

  end(result: RunResult): void {
    if (this.#state === 'closed') return;
    if (this.#snapshot) {
      const { label } = verdictText(result);
      this.#draw({
        ...this.#snapshot,
        phase: 'ending',
        elapsed: result.took,
        thresholds: result.thresholds,
        errors: result.errors,
        note: label.toLowerCase(),
      });
    }
    this.close();
  }

  close(): void {
    if (this.#state === 'open') {
      this.#output.off?.('resize', this.#resized);
      process.off('exit', this.#restore);
      this.#restore();
    }
    this.#state = 'closed';
  }

  #open(): void {
    this.#state = 'open';
    this.#output.on?.('resize', this.#resized);
    // A process that is ended from elsewhere gives the cursor back too.
    process.once('exit', this.#restore);
    this.#output.write(HIDE_CURSOR);
  }

  #draw(snapshot: LiveSnapshot): void {
    this.#drawnAt = this.#now();
    const width = Math.max(1, (this.#output.columns ?? 80) - 1);
    // The last line of the screen stays free for the cursor, so that nothing scrolls.
    const rows = Math.max(1, (this.#output.rows ?? 24) - 1);
    const lines = frameLines(snapshot, { columns: width, rows }, this.#paint);
    const up = this.#rowsUp(width + 1, rows);
    const text = lines.map((line) => `${line}${ERASE_LINE}\n`).join('');
    this.#output.write(`${up > 0 ? `\x1b[${up}A` : ''}\r${text}${ERASE_BELOW}`);
    this.#drawn = lines.map(textWidth);
  }

  /** Rows from the cursor to the frame's top; a terminal that became narrower has wrapped the lines. */
  #rowsUp(columns: number, rows: number): number {
    const wrapped = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return Math.min(wrapped, rows);
  }
}
