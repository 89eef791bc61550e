import type { Browser } from 'playwright-core';
import { badRequest } from '../../src/support/errors.ts';
import type { CanaryResult } from '../results/runResult.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { tokenOf, type Access } from '../targets/accessToken.ts';
import { Canary, firstLine, type FirstMedia } from './Canary.ts';
import { findChromium, launchChromium } from './chromium.ts';

export interface CanariesOptions {
  count: number;
  scenario: Scenario;
  access: Access;
}

/** Tells when somebody is in a room; false: nobody is going to come. */
export type Occupied = (room: string) => Promise<boolean>;

/** Real browsers that are in the rooms: one Chromium, a tab for each, as strangers to each other. */
export class Canaries {
  readonly #options: CanariesOptions;
  readonly #program: string;
  readonly #canaries: Canary[] = [];
  #starting: Promise<void> | undefined;
  #browser: Browser | undefined;
  #stopped: Promise<CanaryResult[]> | undefined;

  /** @throws ParleyError `badRequest` for a server without a room page, `unavailable` without Chromium. */
  constructor(options: CanariesOptions) {
    if (options.scenario.target !== 'parley')
      throw badRequest(
        `--canary: only Parley has a page that a browser could open, not ${options.scenario.target}`,
      );
    this.#options = options;
    this.#program = findChromium();
  }

  /**
   * Lets them in, in one room after the other, each as soon as somebody is there; resolves when all are in or have
   * failed, and never rejects.
   *
   * @param url The server's base URL.
   */
  async join(url: string, rooms: readonly string[], occupied: Occupied): Promise<void> {
    const { count, scenario } = this.#options;
    const firstMedia = firstMediaOf(scenario);
    for (let index = 0; index < count; index++) {
      const room = rooms[index % rooms.length] ?? '';
      this.#canaries.push(new Canary({ name: `canary-${index + 1}`, room, firstMedia }));
    }
    this.#starting = this.#launch(url);
    await this.#starting;
    const browser = this.#browser;
    if (!browser) return;
    await Promise.all(
      this.#canaries.map(async (canary) => {
        if (await occupied(canary.room)) await canary.join(browser, () => this.#pageOf(canary, url));
        else canary.fail('nobody else came into its room');
      }),
    );
  }

  /** Closes all, whatever they do, and tells what they measured. Idempotent. */
  stop(): Promise<CanaryResult[]> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** What they measured so far. */
  get results(): CanaryResult[] {
    return this.#canaries.map(({ result }) => result);
  }

  async #stop(): Promise<CanaryResult[]> {
    const { results } = this;
    const closing = this.#canaries.map((canary) => canary.close());
    await this.#starting;
    await Promise.all(closing);
    await this.#browser?.close();
    return results;
  }

  async #launch(url: string): Promise<void> {
    try {
      const browser = await launchChromium(this.#program, url);
      this.#browser = browser;
      browser.once('disconnected', () => {
        for (const canary of this.#canaries) canary.fail('the browser ended');
      });
    } catch (error) {
      for (const canary of this.#canaries) canary.fail(`Chromium did not start: ${firstLine(error)}`);
    }
  }

  /** The room page's address, see client/app/pageParameters.ts. */
  async #pageOf({ room, name }: Canary, url: string): Promise<string> {
    const page = new URL(`/r/${encodeURIComponent(room)}`, url);
    const token = await tokenOf(this.#options.access, room, name);
    const query = { name, autojoin: '1', audio: '1', video: '1', ...(token === undefined ? {} : { token }) };
    page.search = new URLSearchParams(query).toString();
    return page.href;
  }
}

/** The media that somebody in each room sends, pictures before sound. */
function firstMediaOf({ groups }: Scenario): FirstMedia {
  if (groups.some(({ video, screen }) => video !== null || screen)) return 'video';
  return groups.some(({ audio }) => audio === 'always' || audio === 'turns') ? 'audio' : null;
}
