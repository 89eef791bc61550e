import process from 'node:process';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { timeout, unavailable } from '../../src/support/errors.ts';
import type { CanaryResult } from '../results/runResult.ts';
import { InboundStats } from './InboundStats.ts';
import { installPageProbe, type PageReading } from './pageProbe.ts';

/** ms for opening the page, and for being in the room with media of another. */
const JOIN_DEADLINE = 30_000;
const READ_INTERVAL = 1000;

/** First media of another that ends the join; null: nobody sends any, being in the room is all. */
export type FirstMedia = 'audio' | 'video' | null;

export interface CanaryPlan {
  /** Display name too. */
  name: string;
  room: string;
  firstMedia: FirstMedia;
}

/** A real browser's tab in a room of the run, with a made-up camera and microphone. */
export class Canary {
  readonly #plan: CanaryPlan;
  readonly #stats = new InboundStats();
  #isClosing = false;
  #tellClosing: () => void = () => undefined;
  readonly #closing = new Promise<void>((resolve) => (this.#tellClosing = resolve));
  #context: BrowserContext | undefined;
  #join: number | null = null;
  #isIn = false;
  #error: string | undefined;
  #reading: NodeJS.Timeout | undefined;

  constructor(plan: CanaryPlan) {
    this.#plan = plan;
  }

  get name(): string {
    return this.#plan.name;
  }

  get room(): string {
    return this.#plan.room;
  }

  /** What was measured so far. */
  get result(): CanaryResult {
    const { name, room } = this.#plan;
    const error = this.#error ?? (this.#isIn ? undefined : 'the run ended before it was in');
    return {
      name,
      room,
      join: this.#join,
      ...this.#stats.result,
      ...(error === undefined ? {} : { error }),
    };
  }

  /**
   * Opens the room page; never rejects, but keeps what went wrong.
   *
   * @param url Makes its address, with everything in it that makes the page join by itself.
   */
  async join(browser: Browser, url: () => Promise<string>): Promise<void> {
    if (this.#isClosing) return;
    try {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 720 },
        // As the bots' sockets do.
        ignoreHTTPSErrors: process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0',
      });
      this.#context = context;
      if (this.#isOver()) {
        await context.close();
        return;
      }
      const page = await context.newPage();
      await page.addInitScript({ content: `(${installPageProbe.toString()})()` });
      page.once('crash', () => this.fail('the page crashed'));
      const entering = this.#enter(page, await url());
      entering.catch(() => undefined);
      await Promise.race([entering, this.#closing]);
      if (this.#isOver()) return;
      this.#isIn = true;
      this.#keepReading(page);
    } catch (error) {
      this.fail(firstLine(error));
    }
  }

  /** It cannot go on; of no effect on one that is closed. */
  fail(reason: string): void {
    if (this.#isClosing) return;
    this.#error = reason;
    void this.close();
  }

  /** Closes the tab. Idempotent. */
  async close(): Promise<void> {
    clearTimeout(this.#reading);
    this.#isClosing = true;
    this.#tellClosing();
    // Closed already when the browser is gone.
    await this.#context?.close().catch(() => undefined);
  }

  /** Asked again after every wait, in which it may have changed. */
  #isOver(): boolean {
    return this.#isClosing;
  }

  async #enter(page: Page, url: string): Promise<void> {
    const { firstMedia } = this.#plan;
    const opened = performance.now();
    const left = (): number => Math.max(1, JOIN_DEADLINE - (performance.now() - opened));
    const answer = await page.goto(url, { timeout: left() });
    if (answer && !answer.ok()) throw unavailable(`the room page was answered with ${answer.status()}`);
    let giveUp: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      giveUp = setTimeout(() => {
        const what = firstMedia ? `no ${firstMedia} of another` : 'not in the room';
        void statusOf(page).then((status) =>
          reject(timeout(`${what} within ${JOIN_DEADLINE / 1000} s; the page is ${status}`)),
        );
      }, left());
    });
    const entered = firstMedia
      ? page.evaluate((kind) => globalThis.parleyCanary.firstMedia(kind), firstMedia)
      : page.waitForSelector('parley-room[data-status="connected"]', { timeout: 0 });
    try {
      await Promise.race([entered, tooLate]);
      const { first } = await read(page);
      this.#join = firstMedia ? first[firstMedia] : null;
    } finally {
      clearTimeout(giveUp);
      // Whichever of the two comes too late is of no interest.
      entered.catch(() => undefined);
      tooLate.catch(() => undefined);
    }
  }

  #keepReading(page: Page): void {
    const again = async (): Promise<void> => {
      try {
        const reading = await read(page);
        if (this.#isClosing) return;
        this.#stats.add(reading);
        if (reading.status === 'closed') this.fail('it was thrown out of the room');
        else this.#reading = setTimeout(() => void again(), READ_INTERVAL);
      } catch (error) {
        this.fail(firstLine(error));
      }
    };
    void again();
  }
}

/** Without the log that Playwright adds. */
export function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}

function read(page: Page): Promise<PageReading> {
  return page.evaluate(() => globalThis.parleyCanary.read());
}

async function statusOf(page: Page): Promise<string> {
  try {
    return (await read(page)).status ?? 'empty';
  } catch {
    return 'gone';
  }
}
