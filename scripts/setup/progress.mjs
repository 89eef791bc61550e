// @ts-check

/** How often a step that goes on says so where lines cannot be rewritten (a log, a CI), in ms. */
const REPEAT_EVERY = 15_000;
/** How often the elapsed time is redrawn on a terminal, in ms. */
const REDRAW_EVERY = 200;

/**
 * Tells a person what the set-up does: one line a step, with what it is at and how long it took. A step which has
 * nothing to do is not mentioned, so an ordinary start prints nothing.
 */
export class Progress {
  #output;
  #title;
  #titlePrinted = false;

  /**
   * @param {string} title Printed once, before the first line.
   * @param {NodeJS.WriteStream} [output]
   */
  constructor(title, output = process.stdout) {
    this.#title = title;
    this.#output = output;
  }

  /**
   * Runs a step. It counts as having work to do from its first `report`.
   *
   * @template T
   * @param {string} name
   * @param {(report: (text: string) => void) => Promise<T>} action `report` says in a few words what it is at.
   * @returns {Promise<T>}
   */
  async step(name, action) {
    const started = performance.now();
    const elapsed = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    let text = '';
    let printedAt = 0;
    let printedText = '';

    const draw = () => {
      if (this.#output.isTTY) {
        const line = `  ${name}  ${elapsed()}  ${text}`;
        this.#output.write(`\r\x1b[K${line.slice(0, (this.#output.columns || 80) - 1)}`);
        return;
      }
      // A counter alone makes no new line until some time has passed.
      const phase = text.replace(/\d+/g, '');
      if (phase === printedText && performance.now() - printedAt < REPEAT_EVERY) return;
      printedAt = performance.now();
      printedText = phase;
      this.#output.write(`  ${name}: ${text} (${elapsed()})\n`);
    };

    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    /** @param {string} what */
    const report = (what) => {
      if (!this.#titlePrinted) this.#output.write(`${this.#title}\n`);
      this.#titlePrinted = true;
      text = what;
      draw();
      timer ??= setInterval(draw, this.#output.isTTY ? REDRAW_EVERY : REPEAT_EVERY);
    };

    let passed = false;
    try {
      const result = await action(report);
      passed = true;
      return result;
    } finally {
      clearInterval(timer);
      if (timer) {
        const start = this.#output.isTTY ? '\r\x1b[K' : '';
        this.#output.write(`${start}${passed ? '✓' : '✗'} ${name}  ${elapsed()}\n`);
      }
    }
  }
}
