import { mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyInput, Page } from 'puppeteer-core';
import { until } from '../processes.ts';
import type { GivenFile, Hands } from './Hands.ts';
import { PATIENCE } from './Tourist.ts';

/** Hands on a Firefox, by Puppeteer over WebDriver BiDi. */
export class FirefoxHands implements Hands {
  readonly #page: Page;
  readonly #downloads: string;

  /** @param downloads Where the browser saves files, by `savesTo`. */
  constructor(page: Page, downloads: string) {
    this.#page = page;
    this.#downloads = downloads;
  }

  /** Preferences with which Firefox saves files in a folder without asking; makes the folder. */
  static savesTo(folder: string): Record<string, unknown> {
    mkdirSync(folder, { recursive: true });
    return {
      'browser.download.folderList': 2,
      'browser.download.dir': folder,
      'browser.download.useDownloadDir': true,
      'browser.download.always_ask_before_handling_new_types': false,
      'browser.download.alwaysOpenPanel': false,
    };
  }

  async open(url: string, said: string): Promise<void> {
    let heard = false;
    this.#page.on('console', (message) => (heard ||= message.text() === said));
    await this.#page.goto(url);
    await until(`the page to say ${said}`, () => heard, PATIENCE);
  }

  async clickAt(x: number, y: number, times: 1 | 2 = 1): Promise<void> {
    await this.#page.mouse.click(x, y, { count: times });
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(named(key));
  }

  async hold(key: string): Promise<void> {
    await this.#page.keyboard.down(named(key));
  }

  async letGo(key: string): Promise<void> {
    await this.#page.keyboard.up(named(key));
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }

  async resize(size: { width: number; height: number }): Promise<void> {
    await this.#page.setViewport(size);
  }

  async saved(name: string, act: () => Promise<void>): Promise<string> {
    await act();
    const path = join(this.#downloads, name);
    await until(
      `${name} to be saved`,
      async () => {
        const names = await readdir(this.#downloads);
        // While it is being written there is another beside it.
        return (
          names.includes(name) &&
          !names.some((one) => one.endsWith('.part')) &&
          (await readFile(path)).length > 0
        );
      },
      PATIENCE,
    );
    return readFile(path, 'utf8');
  }

  /** The chooser itself is out of reach of WebDriver BiDi here: what asks for it is heard, and gets the file in its place. */
  async give({ name, content }: GivenFile, act: () => Promise<void>): Promise<void> {
    const asked = this.#page.evaluate(
      (name, content) =>
        new Promise<void>((done) => {
          document.addEventListener(
            'click',
            (event) => {
              const [input] = event.composedPath();
              if (!(input instanceof HTMLInputElement) || input.type !== 'file') return;
              event.preventDefault();
              const chosen = new DataTransfer();
              chosen.items.add(new File([content], name, { type: 'text/plain' }));
              input.files = chosen.files;
              input.dispatchEvent(new Event('change', { bubbles: true }));
              done();
            },
            { capture: true },
          );
        }),
      name,
      content,
    );
    await act();
    await asked;
  }
}

/** As Puppeteer calls it. */
function named(key: string): KeyInput {
  return (key === 'Space' ? ' ' : key) as KeyInput;
}
