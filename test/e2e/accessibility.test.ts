import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';

/*
 * What every screen looks like to axe (WCAG 2.0 to 2.2, A and AA, and its best practices), in light and dark, from left to right
 * and from right to left; and that nothing jumps while somebody joins.
 */

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe says of a page, as far as it is needed here. */
interface Axe {
  run: (options: object) => Promise<{
    violations: { id: string; help: string; nodes: { target: unknown; failureSummary?: string }[] }[];
  }>;
}

declare global {
  interface Window {
    axe: Axe;
    /** The sum of the layout shifts so far (W3C Layout Instability). */
    parleyShift: { sum: number; what: string[] };
  }
}

let server: ServerProcess;
let people: Participant[];
const [ann, bob, cyd] = PEOPLE as [ClipPerson, ClipPerson, ClipPerson];
const participant = (person: ClipPerson): Participant => people[PEOPLE.indexOf(person)]!;

beforeAll(async () => {
  server = await ServerProcess.start();
  people = await Promise.all(PEOPLE.map((person) => Participant.launch(person)));
  await participant(ann).page.addInitScript({ content: axe });
  await participant(ann).page.addInitScript(watchShifts);
}, 60_000);

afterAll(async () => {
  await Promise.all(people.map((one) => one.close()));
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

/** Runs in the page before anything else. */
function watchShifts(): void {
  window.parleyShift = { sum: 0, what: [] };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node?: Element | null; previousRect: DOMRect; currentRect: DOMRect }[];
    })[]) {
      if (entry.hadRecentInput) continue;
      window.parleyShift.sum += entry.value;
      for (const { node, previousRect: from, currentRect: to } of entry.sources) {
        const name = `${node?.nodeName ?? '?'}.${node?.className ?? ''}`;
        const places = [from, to].map(({ x, y, width, height }) => [x, y, width, height].join(' '));
        window.parleyShift.what.push(`${entry.value.toFixed(4)} ${name}: ${places.join(' -> ')}`);
      }
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

type Scheme = 'light' | 'dark';

/** What axe has to complain of. */
async function complaints(what: string, schemes: readonly Scheme[]): Promise<string[]> {
  const { page } = participant(ann);
  const found: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // What fades would be measured half way, and begins to with the next frame.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    await page.waitForFunction(() => {
      // A document does not tell of those in shadow trees.
      const fade = (root: Document | ShadowRoot): boolean =>
        root.getAnimations().some((one) => one instanceof CSSTransition && one.playState === 'running') ||
        [...root.querySelectorAll('*')].some(({ shadowRoot }) => shadowRoot !== null && fade(shadowRoot));
      return !fade(document);
    });
    const { violations } = await page.evaluate(
      (rules) => window.axe.run({ runOnly: rules, resultTypes: ['violations'] }),
      RULES,
    );
    for (const { id, help, nodes } of violations) {
      for (const { target, failureSummary } of nodes) {
        found.push(
          `${what}, ${colorScheme}: ${id} (${help}) at ${JSON.stringify(target)}: ${failureSummary}`,
        );
      }
    }
  }
  return found;
}

const status = (wanted: string): boolean => window.parleyTest.status() === wanted;
const isThere = (selector: string): boolean => window.parleyTest.all(selector).length > 0;

/** Every screen of a visit. */
async function tour(language: string, schemes: readonly Scheme[]): Promise<string[]> {
  const one = participant(ann);
  const { page } = one;
  const found: string[] = [];
  const look = async (what: string): Promise<void> => {
    found.push(...(await complaints(`${language}: ${what}`, schemes)));
  };

  await one.open(`${server.url}/r/tour?lang=${language}&name=Ann`);
  await one.until('the preview', isThere, 'parley-level:not([hidden])');
  await one.until('the picture', isThere, 'parley-prejoin');
  await look('before joining');
  await one.click('test-network');
  await one.until('the end of the test', isThere, '[data-role="network-test"] ul[aria-busy="false"]');
  await look('the network test');
  await page.keyboard.press('Escape');

  await one.click('join');
  await one.until('the room', status, 'connected');
  for (const other of [bob, cyd]) await one.seesAndHears(other);
  await look('three people');
  await one.click('view');
  await one.until('the View menu', isThere, '.pop-up:popover-open');
  await look('the View menu');
  await one.click('statistics');
  await one.until('the first figures', isThere, 'figure');
  await look('statistics');
  for (const panel of ['chat', 'people', 'settings']) {
    await one.click(`toggle-${panel}`);
    await one.until(`the panel ${panel}`, isThere, `parley-${panel}`);
    await look(panel);
  }
  await one.click('show-shortcuts');
  await one.until('the keys', isThere, 'dialog[open]');
  await look('the keys');
  await page.keyboard.press('Escape');

  await page.setViewportSize({ width: 360, height: 740 });
  await look('settings on a phone');
  await page.keyboard.press('Escape');
  await look('three people on a phone');
  await page.setViewportSize({ width: 960, height: 640 });

  await one.click('leave');
  await one.until('the end', status, 'closed');
  await look('after leaving');
  return found;
}

describe('everybody can use it', () => {
  beforeAll(async () => {
    for (const person of [bob, cyd]) {
      await participant(person).join(server.url, 'tour');
      await participant(person).until('the room', status, 'connected');
    }
    await participant(cyd).click('toggle-chat');
    await participant(cyd).write('سلام https://parley.example/');
  }, 60_000);

  it.each<[string, string, Scheme[]]>([
    // Each language in each scheme would take as long again: the colours are the same in all.
    ['left to right', 'en', ['light']],
    ['right to left', 'ar', ['dark']],
  ])(
    '%s (%s, %j): axe finds nothing on any screen',
    async (_way, language, schemes) => {
      expect(await tour(language, schemes)).toEqual([]);
    },
    180_000,
  );

  it('the landing page too, in a language that it was not written in', async () => {
    const { page } = participant(ann);
    await page.evaluate(() => localStorage.setItem('parley.preferences', JSON.stringify({ language: 'ar' })));
    await participant(ann).open(`${server.url}/`);
    await page.waitForFunction(() => document.documentElement.dir === 'rtl');
    expect(await page.locator('h1').textContent()).not.toContain('Talk');
    expect(await complaints('landing', ['light', 'dark'])).toEqual([]);
    await page.evaluate(() => localStorage.clear());
  }, 60_000);

  it('a button is large enough for a finger, and each is reached by Tab and seen to be', async () => {
    const one = participant(ann);
    const { page } = one;
    await one.join(server.url, 'tour');
    await one.until('the room', status, 'connected');
    await page.evaluate(() => {
      for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement ?? null) {
        if (!at.shadowRoot?.activeElement && at instanceof HTMLElement) at.blur();
      }
    });
    const reached: string[] = [];
    const actions: string[] = [];
    for (let turns = 0; turns < 40; turns++) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        if (!at || at === document.body) return null;
        const { width, height } = at.getBoundingClientRect();
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        const label = at.getAttribute('aria-label') ?? at.textContent.trim();
        return {
          action: at.getAttribute('data-action'),
          // Every tile has a menu of its own.
          name: `${at.getAttribute('data-action') ?? at.localName}: ${label}`,
          small: width < 24 || height < 24,
          ring: outlineStyle !== 'none' && outlineWidth !== '0px',
        };
      });
      if (!seen || reached.includes(seen.name)) break;
      expect(seen).toEqual({ ...seen, small: false, ring: true });
      reached.push(seen.name);
      actions.push(seen.action ?? '');
    }
    const order = [
      ...['toggle-audio', 'toggle-video', 'toggle-screen', 'toggle-hand', 'open-reactions', 'leave'],
      ...['view', 'toggle-people', 'toggle-chat', 'toggle-settings'],
    ];
    expect(actions.filter((name) => order.includes(name))).toEqual(order);
  }, 60_000);
});

describe('a person who joins', () => {
  it('sees nothing jump', async () => {
    const one = participant(ann);
    await one.open(`${server.url}/r/tour?name=Ann`);
    await one.until('the preview', isThere, 'parley-prejoin');
    await one.click('join');
    for (const other of [bob, cyd]) await one.seesAndHears(other);
    const { sum, what } = await one.run(() => window.parleyShift, null);
    // Google calls up to 0.1 good; what is left is the text of a font that is not there yet.
    expect({ good: sum < 0.02, what: sum < 0.02 ? [] : what }).toEqual({ good: true, what: [] });
    console.info(`the layout shifted by ${sum.toFixed(4)} in all`);
  }, 60_000);

  it('may have it in another language at once, and finds it so the next time', async () => {
    const one = participant(ann);
    const { page } = one;
    const says = (words: string): boolean =>
      document.body.querySelector('parley-room') !== null &&
      window.parleyTest
        .all('[data-action="leave"]')
        .some((button) => button.getAttribute('aria-label') === words);
    await one.click('toggle-settings');
    await page.locator('[data-role="language"]').selectOption('de');
    await one.until('German', says, 'Verlassen');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    await page.locator('[data-role="language"]').selectOption('ar');
    await one.until('Arabic', says, 'مغادرة');
    expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl');
    // The same call: nobody left for it.
    await one.seesAndHears(bob);
    await one.open(`${server.url}/r/tour?name=Ann&autojoin=1`);
    await one.until('Arabic again', says, 'مغادرة');
    await page.evaluate(() => localStorage.clear());
  }, 60_000);

  it('finds the number of unread messages in the title, and talks while the space bar is held', async () => {
    const one = participant(ann);
    const { page } = one;
    await one.join(server.url, 'tour', '&audio=0');
    await one.until('the room', status, 'connected');
    await participant(cyd).write('are you there?');
    await one.until('the title', () => document.title.startsWith('(1) '), null);
    await one.click('toggle-chat');
    await one.until('the title as it was', () => document.title.startsWith('tour'), null);
    await page.keyboard.press('Escape');

    await page.evaluate(() => {
      for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement ?? null) {
        if (!at.shadowRoot?.activeElement && at instanceof HTMLElement) at.blur();
      }
    });
    const pressed = (on: string): boolean =>
      window.parleyTest.all('[data-action="toggle-audio"]')[0]?.getAttribute('aria-pressed') === on;
    await one.until('a muted microphone', pressed, 'false');
    await page.keyboard.down('Space');
    await one.until('a microphone that is on', pressed, 'true');
    await page.keyboard.up('Space');
    await one.until('a muted microphone again', pressed, 'false');
  }, 60_000);

  it('can install the app, whose worker keeps hashed files and nothing else', async () => {
    const { page } = participant(ann);
    const session = await page.context().newCDPSession(page);
    const { errors, data } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    expect(JSON.parse(data ?? '{}')).toMatchObject({ name: 'Parley', start_url: '/', display: 'standalone' });
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // A window without traces cannot install anything, which is what tests have.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    const kept = await page.evaluate(async () => {
      const cache = await caches.open('parley-assets');
      for (;;) {
        const files = await cache.keys();
        if (files.length > 0) return files.map(({ url }) => new URL(url).pathname);
        await new Promise(requestAnimationFrame);
      }
    });
    expect(kept.filter((path) => !path.startsWith('/assets/'))).toEqual([]);
  }, 60_000);

  it('finds no errors on the page', () => {
    expect(people.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
