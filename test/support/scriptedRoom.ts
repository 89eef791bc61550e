import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { ViewOptions } from '../../client/lib/publicTypes.ts';
import { CHROMIUM } from './chromium.ts';
import { makeAnalyserEars } from './ears.ts';
import { pageTools } from './pageTools.ts';
import { makeScriptedRoom, type ScriptedState } from './scriptedSdk.ts';

const ORIGIN = 'https://parley.test';
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };

/** A page with the built element in it, in a room that does what a test says, behind the element's own seam. */
export class ScriptedRoomPage {
  readonly page: Page;
  readonly errors: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  static async open(): Promise<ScriptedRoomPage> {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
    });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.route(`${ORIGIN}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><body>' });
      const body = await readFile(resolve(`dist/client${pathname}`));
      return route.fulfill({ contentType: TYPES[extname(pathname)] ?? 'application/octet-stream', body });
    });
    await page.addInitScript({
      content: `${pageTools(makeAnalyserEars)}; window.scriptedRoom = (${makeScriptedRoom.toString()})()`,
    });
    return new ScriptedRoomPage(browser, page);
  }

  /** Opens a page anew, in which the element stands in a box that may be higher than the window. */
  async enter(state: ScriptedState, height = '100vh'): Promise<void> {
    await this.page.goto(ORIGIN);
    await this.page.addScriptTag({ url: '/embed.js', type: 'module' });
    await this.page.evaluate((wanted) => window.scriptedRoom.set(wanted), state);
    await this.page.evaluate((wanted) => window.scriptedRoom.embed(wanted), height);
    await this.until('the room', () => window.parleyTest.status() === 'connected', null);
  }

  async set(state: ScriptedState): Promise<void> {
    await this.page.evaluate((wanted) => window.scriptedRoom.set(wanted), state);
  }

  /** What the element said last about a producer. */
  async view(producerId: string): Promise<ViewOptions | undefined> {
    return this.page.evaluate((id) => window.scriptedRoom.views.get(id), producerId);
  }

  async until<A>(what: string, condition: (argument: A) => unknown, argument: A): Promise<void> {
    try {
      await this.page.waitForFunction(condition as (argument: unknown) => unknown, argument, {
        timeout: 20_000,
        polling: 50,
      });
    } catch (error) {
      const views = await this.page.evaluate(() => JSON.stringify([...window.scriptedRoom.views]));
      throw new Error(`waited for ${what}; the views are ${views}`, { cause: error });
    }
  }

  /** Waits until the element says this about a producer. */
  async untilView(producerId: string, wanted: ViewOptions): Promise<void> {
    await this.until(
      `${producerId} to be ${JSON.stringify(wanted)}`,
      ([id, view]) => {
        const said = window.scriptedRoom.views.get(id);
        return Object.entries(view).every(([key, value]) => said?.[key as keyof ViewOptions] === value);
      },
      [producerId, wanted] as const,
    );
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
