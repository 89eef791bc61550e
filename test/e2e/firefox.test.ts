import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHROMIUM, Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { FirefoxVisitor, FOX } from '../support/firefox.ts';
import { openSdkPage } from '../support/sdkPage.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { TestNetwork } from '../support/testNetwork.ts';
import type { Visitor } from '../support/visitor.ts';

const [ann] = PEOPLE as [ClipPerson];

let network: TestNetwork | undefined;
let server: ServerProcess | undefined;
let chromium: Participant | undefined;
let firefox: FirefoxVisitor | undefined;

beforeAll(async () => {
  network = TestNetwork.create(['server', 'chromium', 'firefox']);
  server = await ServerProcess.start(
    {
      // Off localhost, browsers give cameras to HTTPS pages only.
      PARLEY_HTTPS: 'true',
      PARLEY_CACHE_DIR: join(network.directory, 'cache'),
      // Nobody answers there. To have any is what matters: Firefox cannot be given new ones in a call.
      PARLEY_ICE_SERVERS: JSON.stringify([{ urls: `stun:${network.host('server').address}:3478` }]),
    },
    { host: network.host('server') },
  );
  chromium = await Participant.launch(ann, {
    program: network.program('chromium', CHROMIUM),
    flags: ['--ignore-certificate-errors'],
  });
  firefox = await FirefoxVisitor.launch(network, 'firefox');
}, 120_000);

afterAll(async () => {
  try {
    await Promise.all([chromium?.close(), firefox?.close()]);
    if (server) expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  } finally {
    network?.close();
  }
}, 60_000);

/** Everything, once the set-up has brought it about. */
function all(): { network: TestNetwork; url: string; chromium: Participant; firefox: FirefoxVisitor } {
  if (!network || !server || !chromium || !firefox) throw new Error('the set-up has failed');
  return { network, url: server.url, chromium, firefox };
}

/** Runs in the page: the id of the track whose picture is shown. */
function trackOf(name: string): string | undefined {
  const tile = window.parleyTest.tile(name);
  const video = tile && window.parleyTest.all('video', tile.shadowRoot ?? tile)[0];
  const stream = video instanceof HTMLVideoElement ? video.srcObject : null;
  return stream instanceof MediaStream ? stream.getVideoTracks()[0]?.id : undefined;
}

async function bothSeeAndHear(): Promise<void> {
  const { chromium, firefox } = all();
  await Promise.all([chromium.seesAndHears(FOX, 40_000), firefox.seesAndHears(ann, 40_000)]);
}

describe('Chromium and Firefox in a room', () => {
  it('see and hear each other', async () => {
    const { url, chromium, firefox } = all();
    await chromium.join(url, 'e2e');
    await firefox.join(url, 'e2e');
    await bothSeeAndHear();
  }, 120_000);

  it('read what the other writes', async () => {
    const { chromium, firefox } = all();
    await chromium.click('toggle-chat');
    await firefox.click('toggle-chat');
    await chromium.write('hello from Chromium');
    await firefox.reads('hello from Chromium');
    await firefox.write('hello from Firefox');
    await chromium.reads('hello from Firefox');
  }, 60_000);

  it('see and hear each other again after the network of Firefox was away, and nobody was told that somebody left', async () => {
    const { network, chromium, firefox } = all();
    await chromium.run(() => {
      const left = (): string => (document.body.dataset['left'] = 'told');
      document.querySelector('parley-room')?.addEventListener('peerleft', left);
    }, null);
    const track = await chromium.run(trackOf, FOX.name);
    const hasStatus = (wanted: string): boolean => window.parleyTest.status() === wanted;
    network.setCable('firefox', false);
    await firefox.until('the lost network to show', hasStatus, 'reconnecting', 60_000);
    for (const one of [chromium, firefox]) await one.run(() => window.parleyTest.clear(), null);
    network.setCable('firefox', true);
    await firefox.until('the connection to be back', hasStatus, 'connected', 60_000);
    await bothSeeAndHear();
    expect(await chromium.run(() => document.body.dataset['left'], null)).toBeUndefined();
    // ICE was restarted; nothing was published anew.
    expect(track).toEqual(expect.any(String));
    expect(await chromium.run(trackOf, FOX.name)).toBe(track);
  }, 180_000);

  it('lose the tile of the one who leaves', async () => {
    const { chromium, firefox } = all();
    await firefox.click('leave');
    await chromium.until('the tile to go', (name: string) => !window.parleyTest.tile(name), FOX.name);
  }, 30_000);

  it('test no speaker for ever where there is none', async () => {
    const { url, firefox } = all();
    await firefox.open(`${url}/r/silent`);
    const isBusy = (busy: boolean): boolean =>
      window.parleyTest.all(`[data-action="test-speaker"][aria-busy="${busy}"]`).length > 0;
    await firefox.until('the test', isBusy, false);
    await firefox.click('test-speaker');
    await firefox.until('the test to begin', isBusy, true);
    await firefox.until('the test to end', isBusy, false);
  }, 60_000);

  it('send each other data messages, reliable and lossy', async () => {
    const { url, chromium, firefox } = all();
    for (const one of [chromium, firefox]) await openSdkPage(one, url, 'data');
    // The lossy ones after the reliable ones, because they do not wait for a channel that is still being opened.
    for (const reliable of [true, false]) {
      const send = (from: Visitor, to: Visitor): Promise<void> =>
        from.run((message) => window.testRoom.sendData(message, { reliable: message.reliable }), {
          to: to.person.name,
          reliable,
        });
      const get = (one: Visitor): Promise<void> =>
        one.until(
          `the message that is ${reliable ? 'reliable' : 'lossy'}`,
          (message) => window.received.some(({ payload }) => JSON.stringify(payload) === message),
          JSON.stringify({ to: one.person.name, reliable }),
        );
      await Promise.all([send(chromium, firefox), send(firefox, chromium)]);
      await Promise.all([get(firefox), get(chromium)]);
    }
  }, 60_000);

  it('leave no errors on their pages', () => {
    const { chromium, firefox } = all();
    expect({ chromium: chromium.errors, firefox: firefox.errors }).toEqual({ chromium: [], firefox: [] });
  });
});
