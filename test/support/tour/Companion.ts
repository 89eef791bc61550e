import type { Page } from 'playwright-core';
import type { Participant } from '../chromium.ts';
import type { Person } from '../clips.ts';
import { Crowd } from './Crowd.ts';
import { PATIENCE } from './Tourist.ts';

/** The other person in the call, on the server's own page, and the crowd that comes along. */
export class Companion {
  readonly participant: Participant;
  readonly crowd: Crowd;
  readonly #url: string;

  constructor(participant: Participant, url: string) {
    this.participant = participant;
    this.crowd = new Crowd(participant, url);
    this.#url = url;
    this.page.setDefaultTimeout(PATIENCE);
  }

  get page(): Page {
    return this.participant.page;
  }

  get name(): string {
    return this.participant.person.name;
  }

  /** @param token Default: none, as anybody. */
  async joins(room: string, token = ''): Promise<void> {
    await this.participant.join(this.#url, room, token === '' ? '' : `&token=${token}`);
    await this.stands('connected');
  }

  /** Leaves the room, which knows of it at once. */
  async leaves(): Promise<void> {
    await this.participant.run(
      () => (document.querySelector('parley-room') as unknown as { leave: () => Promise<void> }).leave(),
      null,
    );
  }

  async stands(status: string): Promise<void> {
    await this.until(status, (wanted: string) => window.parleyTest.status() === wanted, status);
  }

  async until<A>(what: string, condition: (argument: A) => unknown, argument: A): Promise<void> {
    await this.participant.until(what, condition, argument, PATIENCE);
  }

  async sees(selector: string, words = ''): Promise<void> {
    await this.until(
      `“${words}” in ${selector}`,
      ([selector, words]: [string, string]) =>
        window.parleyTest.all(selector).some((element) => element.textContent.includes(words)),
      [selector, words] as [string, string],
    );
  }

  async seesNo(selector: string): Promise<void> {
    await this.until(
      `no ${selector}`,
      (wanted: string) => window.parleyTest.all(wanted).length === 0,
      selector,
    );
  }

  async seesAndHears(person: Person): Promise<void> {
    await this.participant.run(() => window.parleyTest.clear(), null);
    await this.participant.seesAndHears(person, PATIENCE);
  }

  /** Waits until somebody's camera or screen plays, or does not. */
  async seesPicture(name: string, source: 'camera' | 'screen', plays: boolean): Promise<void> {
    await this.until(
      `the ${source} of ${name} to be ${plays ? 'on' : 'off'}`,
      ({ name, source, plays }) => window.parleyTest.hasVideo(name, source) === plays,
      { name, source, plays },
    );
  }

  /** Whether the microphone, camera or screen is on by now, as the button says. */
  async has(what: 'audio' | 'video' | 'screen', on: boolean): Promise<void> {
    await this.participant.until(
      `${what} to be ${on ? 'on' : 'off'}`,
      (selector) => window.parleyTest.all(selector).length > 0,
      `[data-action="toggle-${what}"][aria-pressed="${on}"]`,
      PATIENCE,
    );
  }

  async opens(panel: 'people' | 'chat' | 'host' | 'settings'): Promise<void> {
    const isOpen = (name: string): boolean => window.parleyTest.all(`parley-${name}`).length > 0;
    if (!(await this.participant.run(isOpen, panel))) await this.participant.click(`toggle-${panel}`);
    await this.sees(`parley-${panel}`);
  }

  /** Sets something of the room, as its host. */
  async sets(name: string, on: boolean): Promise<void> {
    await this.opens('host');
    await this.page.locator(`[data-setting="${name}"]`).setChecked(on);
  }

  /** Chooses from the menu about somebody, as a host. */
  async does(what: string, name: string): Promise<void> {
    await this.opens('people');
    const row = this.page.locator('parley-people [data-role="participant"]', { hasText: name });
    await row.locator('[data-action="person-menu"]').click();
    await this.page.locator(`parley-people parley-menu [data-action="${what}"]`).click();
  }

  async writes(text: string): Promise<void> {
    await this.opens('chat');
    await this.participant.write(text);
  }
}
