import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';

let server: ServerProcess;
let people: Participant[];
const [ann, bob, cyd] = PEOPLE as [ClipPerson, ClipPerson, ClipPerson];

beforeAll(async () => {
  server = await ServerProcess.start();
  people = await Promise.all(PEOPLE.map((person) => Participant.launch(person)));
}, 60_000);

afterAll(async () => {
  await Promise.all(people.map((participant) => participant.close()));
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

const participant = (person: ClipPerson): Participant => people[PEOPLE.indexOf(person)]!;

async function everybodySeesAndHearsEverybody(timeout?: number): Promise<void> {
  await Promise.all(
    people.flatMap((one) =>
      people.filter((other) => other !== one).map((other) => one.seesAndHears(other.person, timeout)),
    ),
  );
}

describe('three people in a room', () => {
  it('see and hear each other: the pictures move, colours and tones are the senders’', async () => {
    await participant(ann).join(server.url, 'e2e');
    await participant(bob).join(server.url, 'e2e');
    await participant(cyd).join(server.url, 'e2e');
    await everybodySeesAndHearsEverybody();
  }, 90_000);

  it('read what the others write', async () => {
    for (const one of people) await one.click('toggle-chat');
    await participant(ann).write('hello from Ann');
    for (const other of [bob, cyd]) await participant(other).reads('hello from Ann');
  }, 60_000);

  it('reach only the panel where it covers everything, and everything again where it does not', async () => {
    const { page } = participant(ann);
    const covered = (expected: boolean): boolean =>
      window.parleyTest.all('.stage').every((stage) => stage.hasAttribute('inert') === expected);
    const wide = page.viewportSize() ?? { width: 960, height: 640 };
    await participant(ann).until('the panel beside the grid', covered, false);
    await page.setViewportSize({ width: 390, height: 844 });
    await participant(ann).until('the panel over the grid', covered, true);
    await page.setViewportSize(wide);
    await participant(ann).until('the grid to be in reach', covered, false);
    await page.keyboard.press('Escape');
    const focused = (): boolean => window.parleyTest.all('[data-action="toggle-chat"]:focus').length === 1;
    await participant(ann).until('the focus to be back on the button', focused, null);
  }, 60_000);

  it('use single letters as shortcuts, unless they would rather not', async () => {
    const { page } = participant(bob);
    const isOpen = (panel: string): boolean => window.parleyTest.all(`parley-${panel}`).length === 1;
    const key = async (letter: string): Promise<void> => {
      await page.evaluate(() => {
        for (let at = document.activeElement; at; at = at.shadowRoot?.activeElement ?? null) {
          if (!at.shadowRoot?.activeElement && at instanceof HTMLElement) at.blur();
        }
      });
      await page.keyboard.press(letter);
    };
    await key('p');
    await participant(bob).until('the people', isOpen, 'people');
    await participant(bob).click('toggle-settings');
    await page.locator('[data-role="shortcuts"]').uncheck();
    await key('p');
    expect(await page.evaluate(isOpen, 'settings')).toBe(true);
    await page.locator('[data-role="shortcuts"]').check();
    await key('p');
    await participant(bob).until('the people', isOpen, 'people');
    await page.keyboard.press('Escape');
  }, 60_000);

  it('see a screen that is shared, and see it go', async () => {
    const screen = (name: string) => window.parleyTest.hasVideo(name, 'screen');
    await participant(cyd).click('toggle-screen');
    await participant(ann).until('the screen of Cyd', screen, 'Cyd');
    await participant(bob).until('the screen of Cyd', screen, 'Cyd');
    await participant(cyd).click('toggle-screen');
    const gone = (name: string) => !window.parleyTest.hasVideo(name, 'screen');
    await participant(ann).until('the screen to go', gone, 'Cyd');
  }, 60_000);

  it('see each other again after the worker was killed, and nobody was told that somebody left', async () => {
    for (const { page } of people) {
      await page.evaluate(() => {
        const room = document.querySelector('parley-room');
        room?.addEventListener('peerleft', () => (document.body.dataset['left'] = 'told'));
        new MutationObserver(() => {
          if (window.parleyTest.status() === 'reconnecting') document.body.dataset['reset'] = 'seen';
        }).observe(room ?? document.body, { attributeFilter: ['data-status'] });
      });
    }
    const { workers } = await server.ready();
    const busy = workers.find(({ routers }) => routers > 0);
    if (!busy) throw new Error('no worker has a room');
    const killed = Date.now();
    process.kill(busy.pid, 'SIGKILL');
    for (const one of people) {
      await one.until('the lost media to show', () => document.body.dataset['reset'] === 'seen', null);
      // What was seen so far came from the worker that died.
      await one.page.evaluate(() => window.parleyTest.clear());
    }
    await everybodySeesAndHearsEverybody();
    console.info(`everybody saw and heard everybody ${Date.now() - killed} ms after the worker was killed`);
    for (const { page } of people) {
      expect(await page.evaluate(() => document.body.dataset['left'])).toBeUndefined();
    }
  }, 90_000);

  it('lose the tile of one who leaves', async () => {
    const started = Date.now();
    await participant(cyd).click('leave');
    for (const other of [ann, bob]) {
      await participant(other).until(
        'the tile to go',
        (name: string) => !window.parleyTest.tile(name),
        'Cyd',
      );
    }
    console.info(`the leaver's tile was gone after ${Date.now() - started} ms`);
  }, 30_000);

  it('leave no errors on their pages', () => {
    expect(people.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
