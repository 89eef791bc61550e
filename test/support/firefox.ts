import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import type { Person, Rgb } from './clips.ts';
import { makeRecorderEars } from './ears.ts';
import { pageTools } from './pageTools.ts';
import type { TestNetwork } from './testNetwork.ts';
import { Visitor } from './visitor.ts';

const FIREFOX = process.env['FIREFOX_PATH'] ?? '/usr/bin/firefox-esr';

/** Firefox takes no clips: this is what its own fake camera and microphone give. */
export const FOX: Person = { name: 'Fox', colour: fakeColours(), tone: 1500 };

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.audio.fake_frequency': FOX.tone,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
};

/** A Firefox with fake devices on a host of a test network: it reaches no server on its own loopback interface. */
export class FirefoxVisitor extends Visitor {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    super(FOX);
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  /**
   * @param preferences Besides those that every test has, or in their place. @param display Of a screen; default: it has no
   * window. @param speaker Server of a loudspeaker; default: it has none.
   */
  static async launch(
    network: TestNetwork,
    host: string,
    {
      preferences = {},
      display,
      speaker = 'unix:/dev/null',
    }: { preferences?: Record<string, unknown>; display?: string; speaker?: string } = {},
  ): Promise<FirefoxVisitor> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: network.program(host, FIREFOX),
      // Firefox is driven through a port of its loopback interface, which is not ours.
      debuggingPort: await network.door(host),
      userDataDir: join(network.directory, `${host}-profile`),
      extraPrefsFirefox: { ...PREFERENCES, ...preferences },
      // Without a window there is no screen that could be shared.
      headless: display === undefined,
      env: { ...process.env, PULSE_SERVER: speaker, ...(display !== undefined && { DISPLAY: display }) },
      acceptInsecureCerts: true,
      defaultViewport: { width: 960, height: 640 },
    });
    try {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(pageTools(makeRecorderEars));
      return new FirefoxVisitor(browser, page);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
  }

  protected async wait<A>(condition: (argument: A) => unknown, argument: A, timeout: number): Promise<void> {
    await this.page.waitForFunction(
      condition as (argument: unknown) => unknown,
      { timeout, polling: 50 },
      argument,
    );
  }

  async run<A, R>(task: (argument: A) => R, argument: A): Promise<Awaited<R>> {
    return this.page.evaluate<[unknown], (argument: unknown) => R>(
      task as (argument: unknown) => R,
      argument,
    );
  }

  protected async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }
}

/**
 * The colours of Firefox's fake camera, one for each half second: medium luma, while the chroma goes around the edge of
 * its range by a unit with each of 30 frames a second. Source: Firefox `MediaEngineFake.cpp`; seen with Firefox 153.
 */
function fakeColours(): Rgb[] {
  const [low, side] = [16, 224];
  const luma = 1.164 * (128 - low);
  const colour = (u: number, v: number): Rgb => {
    const [cb, cr] = [u + low - 128, v + low - 128];
    const clip = (value: number): number => Math.round(Math.min(255, Math.max(0, value)));
    return [clip(luma + 1.596 * cr), clip(luma - 0.392 * cb - 0.813 * cr), clip(luma + 2.017 * cb)];
  };
  const steps = Array.from({ length: Math.floor(side / 15) }, (_, i) => i * 15);
  return [
    ...steps.map((along) => colour(along, 0)),
    ...steps.map((along) => colour(side, along)),
    ...steps.map((along) => colour(side - along, side)),
    ...steps.map((along) => colour(0, side - along)),
  ];
}
