import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { GivenFile, Hands } from './Hands.ts';

/** Hands on a Chromium, by Playwright. */
export class ChromiumHands implements Hands {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(url: string, said: string): Promise<void> {
    const heard = this.#page.waitForEvent('console', {
      predicate: (message) => message.text() === said,
      timeout: 60_000,
    });
    await Promise.all([heard, this.#page.goto(url)]);
  }

  async clickAt(x: number, y: number, times: 1 | 2 = 1): Promise<void> {
    await this.#page.mouse.click(x, y, { clickCount: times });
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
  }

  async hold(key: string): Promise<void> {
    await this.#page.keyboard.down(key);
  }

  async letGo(key: string): Promise<void> {
    await this.#page.keyboard.up(key);
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }

  async resize(size: { width: number; height: number }): Promise<void> {
    await this.#page.setViewportSize(size);
  }

  async saved(name: string, act: () => Promise<void>): Promise<string> {
    const [download] = await Promise.all([this.#page.waitForEvent('download', { timeout: 60_000 }), act()]);
    if (download.suggestedFilename() !== name)
      throw new Error(`saved ${download.suggestedFilename()} and not ${name}`);
    return readFile(await download.path(), 'utf8');
  }

  async give({ name, content }: GivenFile, act: () => Promise<void>): Promise<void> {
    const [chooser] = await Promise.all([this.#page.waitForEvent('filechooser', { timeout: 60_000 }), act()]);
    await chooser.setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
  }
}
