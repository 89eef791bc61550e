import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';

/* A host and a guest, and everything between a locked door and the end of the call, by the buttons that there are. */

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];

let server: ServerProcess;
let host: Participant;
let guest: Participant;

beforeAll(async () => {
  server = await ServerProcess.start({ PARLEY_OPEN: 'true' });
  [host, guest] = (await Promise.all([ann, bob].map((person) => Participant.launch(person)))) as [
    Participant,
    Participant,
  ];
}, 60_000);

afterAll(async () => {
  const errors = [...host.errors, ...guest.errors];
  await Promise.all([host.close(), guest.close()]);
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  expect(errors).toEqual([]);
}, 60_000);

const shows = (one: Participant, selector: string, what = selector): Promise<void> =>
  one.until(what, (wanted: string) => window.parleyTest.all(wanted).length > 0, selector);
const showsNo = (one: Participant, selector: string): Promise<void> =>
  one.until(`no ${selector}`, (wanted: string) => window.parleyTest.all(wanted).length === 0, selector);
const says = (one: Participant, selector: string, words: string): Promise<void> =>
  one.until(
    `“${words}” in ${selector}`,
    ([wanted, said]: [string, string]) =>
      window.parleyTest.all(wanted).some((element) => element.textContent.includes(said)),
    [selector, words] as [string, string],
  );
const hasStatus = (one: Participant, status: string): Promise<void> =>
  one.until(status, (wanted: string) => window.parleyTest.status() === wanted, status);
const isOpen = (one: Participant, panel: string): Promise<boolean> =>
  one.run((name: string) => window.parleyTest.all(`parley-${name}`).length > 0, panel);

async function opens(one: Participant, panel: string): Promise<void> {
  if (!(await isOpen(one, panel))) await one.click(`toggle-${panel}`);
  await shows(one, `parley-${panel}`);
}

/** Chooses from the menu about the guest, as a mouse does. */
async function does(action: string): Promise<void> {
  await opens(host, 'people');
  await host.page.locator('[data-action="person-menu"]').click();
  await host.page.locator(`parley-people parley-menu [data-action="${action}"]`).click();
}

async function sets(setting: string, on: boolean): Promise<void> {
  await opens(host, 'host');
  await host.page.locator(`[data-setting="${setting}"]`).setChecked(on);
}

describe('a door', () => {
  it('that is locked lets nobody in, and says so', async () => {
    await host.join(server.url, 'way');
    await hasStatus(host, 'connected');
    await sets('locked', true);
    await guest.join(server.url, 'way');
    await says(guest, '.problem', 'locked');
    await hasStatus(guest, 'prejoin');
  }, 60_000);

  it('with a password and a waiting room asks for the one, and then somebody has to open', async () => {
    await sets('locked', false);
    await sets('waitingRoom', true);
    await host.page.locator('[data-role="new-password"]').fill('open sesame');
    await host.page.locator('[data-action="set-password"]').click();
    await shows(host, '[data-action="remove-password"]');

    await guest.click('join');
    await says(guest, '.problem', 'password');
    const field = guest.page.locator('[data-role="password-input"]');
    await field.fill('open barley');
    await field.press('Enter');
    await says(guest, '.problem', 'not the password');
    await field.fill('open sesame');
    await field.press('Enter');
    await hasStatus(guest, 'waiting');
    await shows(guest, '[data-role="waiting"]');

    await says(host, '[data-role="knock"]', 'Bob');
    await host.click('deny');
    await says(guest, '.problem', 'did not let you in');
    await guest.click('join');
    await hasStatus(guest, 'waiting');
    await opens(host, 'people');
    await says(host, '[data-role="waiting-peer"]', 'Bob');
    await host.page.locator('[data-role="waiting-peer"] [data-action="admit"]').click();
    await hasStatus(guest, 'connected');
    await host.seesAndHears(bob);
    await guest.seesAndHears(ann);
  }, 90_000);
});

describe('in the call', () => {
  it('a hand goes up by its key, is seen by all, and comes down by the host', async () => {
    await guest.page.keyboard.press('h');
    await says(host, '[data-role="hand"]', 'Bob');
    await opens(guest, 'people');
    await says(guest, '[data-role="hand"]', 'Bob (you)');
    await does('lower-hand');
    await showsNo(guest, '[data-role="hand"]');
  }, 30_000);

  it('a reaction is seen by everybody', async () => {
    await guest.page.locator('[data-action="open-reactions"]').click();
    await guest.page.locator('[data-action="react"]').first().click();
    for (const one of [host, guest]) await shows(one, '[data-role="reaction"]');
    await showsNo(host, '[data-role="reaction"]');
  }, 30_000);

  it('a host mutes, and has to ask for more', async () => {
    await does('mute-peer');
    const off = '[data-action="toggle-audio"][aria-pressed="false"]';
    await shows(guest, off);
    await says(guest, '[data-role="notice"]', 'muted you');
    await does('ask-to-unmute');
    await says(guest, '[data-role="unmute-asked"]', 'Ann');
    await guest.click('unmute-asked');
    await showsNo(guest, off);
    await host.seesAndHears(bob);
  }, 30_000);

  it('a viewer publishes nothing until a host lets it speak', async () => {
    await does('make-viewer');
    await shows(guest, '[data-action="toggle-video"][disabled]');
    await says(host, '[data-role="role"]', 'Viewer');
    await does('let-speak');
    await showsNo(guest, '[data-action="toggle-video"][disabled]');
  }, 30_000);

  it('a private message stays among two, and is answered', async () => {
    await opens(host, 'chat');
    await opens(guest, 'chat');
    const receiver = host.page.locator('[data-role="receiver"]');
    await receiver.selectOption({ label: 'Bob only' });
    await host.write('for your eyes only');
    await guest.reads('for your eyes only');
    await says(guest, '[data-role="private"]', 'to you only');
    await guest.click('reply');
    await guest.write('understood');
    await says(host, '[data-role="quote"]', 'for your eyes only');
    expect(await guest.page.locator('[data-role="receiver"]').inputValue()).not.toBe('');
    await receiver.selectOption({ label: 'Everyone' });
  }, 30_000);

  it('a file of a megabyte arrives as it was, and another one is not wanted', async () => {
    const buffer = randomBytes(1_048_576);
    const name = 'plan.bin';
    const choose = host.page.locator('[data-role="file-input"]');
    await choose.setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
    await says(guest, '[data-role="file-name"]', name);
    await guest.click('accept-file');
    await shows(host, '[data-role="file"][data-status="sent"]');
    const [download] = await Promise.all([
      guest.page.waitForEvent('download'),
      guest.page.locator('[data-action="save-file"]').click(),
    ]);
    expect(download.suggestedFilename()).toBe(name);
    const arrived = await readFile(await download.path());
    expect(hash(arrived)).toBe(hash(buffer));

    await choose.setInputFiles({ name: 'other.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
    await shows(guest, '[data-action="decline-file"]');
    await guest.click('decline-file');
    await shows(host, '[data-role="file"][data-status="declined"]');
  }, 60_000);

  it('the link is there as a code', async () => {
    await opens(host, 'people');
    await host.click('invite');
    await shows(host, '[data-role="room-code"] path');
    await says(host, '[data-role="room-link"]', `${server.url}/r/way`);
    await host.click('invite');
  }, 30_000);
});

describe('the way out', () => {
  it('of somebody who is removed says so, and leads back to the door', async () => {
    await does('remove-peer');
    await says(guest, '[part="closed"] h1', 'removed');
    await says(guest, '[data-role="others"]', '1');
    await guest.click('rejoin');
    await hasStatus(guest, 'waiting');
    await shows(host, '[data-role="waiting-peer"]');
    await guest.click('give-up');
    await hasStatus(guest, 'prejoin');
    await showsNo(host, '[data-role="waiting-peer"]');
    await guest.click('join');
    await shows(host, '[data-role="waiting-peer"]');
    await host.page.locator('[data-role="waiting-peer"] [data-action="admit"]').click();
    await hasStatus(guest, 'connected');
  }, 60_000);

  it('is everybody’s when a host ends the call', async () => {
    await host.page.locator('[data-action="open-leave"]').click();
    await host.page.locator('[data-action="end-for-all"]').click();
    for (const one of [host, guest]) await says(one, '[part="closed"] h1', 'closed');
  }, 30_000);

  it('leaves the room among those that the landing page knows, until it is forgotten', async () => {
    await guest.open(server.url);
    await says(guest, '[data-role="recent-room"]', 'way');
    await guest.click('forget-room');
    await showsNo(guest, '[data-role="recent-room"]');
    await guest.page.reload();
    await showsNo(guest, '[data-role="recent-room"]');
  }, 30_000);
});

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
