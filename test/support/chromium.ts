import { chromium, type Browser, type Page } from 'playwright-core';
import { makeClip, type ClipPerson } from './clips.ts';
import { makeAnalyserEars } from './ears.ts';
import { pageTools } from './pageTools.ts';
import { Visitor } from './visitor.ts';

export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--auto-select-desktop-capture-source=Entire screen',
];

interface LaunchOptions {
  program?: string;
  flags?: readonly string[];
  /** A film (Y4M) for the camera instead of the person's own. */
  camera?: string;
  /** A sound (WAV) for the microphone instead of the person's own. */
  microphone?: string;
  /** Its `HOME`, where it has certificates that it believes besides the usual ones. */
  home?: string;
}

/** A Chromium whose camera and microphone are a person's clip. */
export class Participant extends Visitor {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(person: ClipPerson, browser: Browser, page: Page) {
    super(person);
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  static async launch(
    person: ClipPerson,
    { program = CHROMIUM, flags = [], camera, microphone, home }: LaunchOptions = {},
  ): Promise<Participant> {
    const { video, audio } = await makeClip(person);
    const browser = await chromium.launch({
      executablePath: program,
      ...(home === undefined ? {} : { env: { ...process.env, HOME: home } }),
      args: [
        ...FLAGS,
        ...flags,
        `--use-file-for-fake-video-capture=${camera ?? video}`,
        `--use-file-for-fake-audio-capture=${microphone ?? audio}`,
      ],
    });
    const page = await browser.newPage({ viewport: { width: 960, height: 640 } });
    await page.addInitScript({ content: pageTools(makeAnalyserEars) });
    return new Participant(person, browser, page);
  }

  /** The browser's own version. */
  get version(): string {
    return this.#browser.version();
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
  }

  protected async wait<A>(condition: (argument: A) => unknown, argument: A, timeout: number): Promise<void> {
    await this.page.waitForFunction(condition as (argument: unknown) => unknown, argument, {
      timeout,
      polling: 50,
    });
  }

  async run<A, R>(task: (argument: A) => R, argument: A): Promise<Awaited<R>> {
    return this.page.evaluate<Awaited<R>, unknown>(task as (argument: unknown) => Awaited<R>, argument);
  }

  protected async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }
}
