import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { EmbeddingPage } from '../support/embeddingPage.ts';
import { ForeignPages, type Reply } from '../support/foreignPages.ts';
import { until } from '../support/processes.ts';
import { MetricsText } from '../support/metricsText.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { accessToken, API_KEY, API_SECRET } from '../support/signalingHarness.ts';

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];
const MODES = ['iframe', 'inline'];

let server: ServerProcess;
let metrics: string;
let pages: ForeignPages;
/** In somebody else's page. */
let guest: Participant;
/** In the room page of the server itself. */
let host: Participant;
let page: EmbeddingPage;
let wishes: { method: string; said: string; cookie: string | undefined }[] = [];

beforeAll(async () => {
  server = await ServerProcess.start({
    PARLEY_API_KEY: API_KEY,
    PARLEY_API_SECRET: API_SECRET,
    PARLEY_OPEN: 'true',
    PARLEY_METRICS_PORT: '0',
    // Whoever goes without saying so would stay for as long as the tests take.
    PARLEY_GRACE_PERIOD: '600000',
  });
  metrics = /^ *Metrics +(\S+)$/m.exec(server.output)?.[1] ?? '';
  pages = await ForeignPages.open({
    '/': `<!doctype html><html><head>
      <style>body { margin: 0 } parley-room { --parley-accent: rgb(1, 2, 3); height: 600px } parley-room::part(toolbar) { outline: 3px solid rgb(4, 5, 6) }</style>
      <script type="module" src="${server.url}/embed.js"></script></head><body></body></html>`,
    '/token': async ({ method = '', headers, url }, said): Promise<Reply> => {
      wishes.push({ method, said: said || (url ?? ''), cookie: headers.cookie });
      const token = await accessToken({
        sub: 'ann',
        video: { roomJoin: true, roomAdmin: true, canUpdateOwnMetadata: true },
      });
      return { type: 'application/json', body: JSON.stringify({ token }) };
    },
    '/refused': () => ({ status: 403, body: 'not you' }),
    '/nonsense': () => ({ body: '<p>log in first</p>' }),
  });
  [guest, host] = (await Promise.all([ann, bob].map((person) => Participant.launch(person)))) as [
    Participant,
    Participant,
  ];
  page = await EmbeddingPage.open(guest, `${pages.url}/`);
}, 90_000);

beforeEach(async () => {
  wishes = [];
  await guest.run(() => void (window.told = []), null);
});

afterAll(async () => {
  const errors = [...guest.errors, ...host.errors];
  await Promise.all([guest.close(), host.close()]);
  pages.close();
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  expect(errors).toEqual([]);
}, 60_000);

/** Tools that every document has, in the one that the room is in. */
async function inRoom<A>(
  mode: string,
  what: string,
  condition: (argument: A) => unknown,
  argument: A,
): Promise<void> {
  if (mode === 'inline') return guest.until(what, condition, argument);
  await page.frame.waitForFunction(condition as (argument: unknown) => unknown, argument, {
    timeout: 20_000,
    polling: 50,
  });
}

async function hostJoins(room: string): Promise<void> {
  const token = await accessToken({ sub: 'bob', name: bob.name });
  await host.join(server.url, room, `&token=${token}`);
  await host.until('the room', () => window.parleyTest.status() === 'connected', null);
}

/** As the page has remembered it. */
const stage = { layout: 'auto', hideSelf: false, mirrorSelf: false };

const join = (mode: string, room: string, more: Record<string, string> = {}): Promise<void> =>
  page.insert(
    { mode, room, name: ann.name, autojoin: '', 'token-url': '/token', ...more },
    '<button slot="toolbar" onclick="window.told.push({ name: `clicked`, detail: {} })">Help</button>',
    { stage },
  );

describe.each(MODES)('a room in a page of another origin, %s', (mode) => {
  const room = `embedded-${mode}`;

  it('is joined with camera and microphone, by a token of the page’s own backend', async () => {
    await hostJoins(room);
    await join(mode, room);
    await page.stands('connected');
    expect(
      await page.tells('videoConferenceJoined', { roomName: room, displayName: ann.name }),
    ).toMatchObject({
      id: expect.any(String),
    });
    await page.tells('joined', { room });
    await page.tells('participantJoined', { displayName: bob.name });
    await host.seesAndHears(ann);
    await inRoom(mode, 'Bob’s picture', (p) => window.parleyTest.sees(p.name, p.colour), bob);
    await inRoom(mode, 'Bob’s tone', (p) => window.parleyTest.hears(p.name, p.tone), bob);
    expect(wishes).toEqual([
      { method: 'POST', said: JSON.stringify({ room, name: ann.name }), cookie: undefined },
    ]);
    expect(await guest.page.locator('iframe').count()).toBe(mode === 'iframe' ? 1 : 0);
    expect(await page.get('moderator')).toBe(true);
    expect((await page.get('participants')).map(({ displayName }) => displayName).sort()).toEqual([
      ann.name,
      bob.name,
    ]);
  }, 90_000);

  it('does what the page commands, and tells it', async () => {
    expect(await page.get('audioMuted')).toBe(false);
    expect(await page.call('toggleAudio')).toBe('done');
    expect(await page.get('audioMuted')).toBe(true);
    await page.tells('audioMuteStatusChanged', { muted: true });
    expect(await page.call('executeCommand', 'toggleAudio')).toBe('done');
    await page.tells('audioMuteStatusChanged', { muted: false });

    expect(await page.call('toggleVideo')).toBe('done');
    await page.tells('videoMuteStatusChanged', { muted: true });
    await host.until('Ann’s camera to go', () => !window.parleyTest.hasVideo('Ann', 'camera'), null);
    expect(await page.call('toggleVideo')).toBe('done');
    await page.tells('videoMuteStatusChanged', { muted: false });

    expect(await page.call('toggleChat')).toBe('done');
    await page.tells('chatUpdated', { isOpen: true, unreadCount: 0 });
    expect(await page.call('sendChatMessage', 'hello from the page')).toBe('done');
    await page.tells('outgoingMessage', { message: 'hello from the page' });
    await host.click('toggle-chat');
    await host.reads('hello from the page');
    await host.write('hello page');
    await page.tells('incomingMessage', { message: 'hello page', nick: bob.name, privateMessage: false });
    await host.click('toggle-chat');
    expect(await page.call('toggleChat')).toBe('done');
    await page.tells('chatUpdated', { isOpen: false, unreadCount: 0 });

    expect(await page.call('toggleTileView')).toBe('done');
    expect(await page.get('tileView')).toBe(true);
    await page.tells('tileViewChanged', { enabled: true });
    const [other] = (await page.get('participants')).filter(({ local }) => !local);
    expect(await page.call('pinParticipant', other!.participantId)).toBe('done');
    expect([await page.get('tileView'), await page.get('pinnedParticipant')]).toEqual([
      false,
      other!.participantId,
    ]);
    expect(await page.call('pinParticipant', null)).toBe('done');
    expect(await page.call('setVideoQuality', 180)).toBe('done');
    await page.tells('videoQualityChanged', { videoQuality: 180 });
    expect(await page.call('setAudioOnly', true)).toBe('done');
    await page.tells('audioOnlyChanged', { audioOnlyChanged: true });
    expect(await page.call('setAudioOnly', false)).toBe('done');
    expect(await page.call('toggleSubtitles')).toBe('done');

    const own = await page.get('participantId');
    expect(await page.call('toggleRaiseHand')).toBe('done');
    expect(await page.tells('raiseHandUpdated', { id: own })).toMatchObject({
      handRaised: expect.any(Number),
    });
    expect(await page.call('toggleRaiseHand')).toBe('done');
    await page.tells('raiseHandUpdated', { id: own, handRaised: 0 });

    expect(await page.call('setDisplayName', 'Ann Lovelace')).toBe('done');
    await page.tells('displayNameChange', { displayname: 'Ann Lovelace' });
    const { mirrorSelf } = stage;
    expect(await page.tells('preferenceschanged')).toMatchObject({ stage: { mirrorSelf } });
    await host.until('the new name', () => window.parleyTest.tile('Ann Lovelace') !== undefined, null);
    expect(await page.call('executeCommand', 'displayName', ann.name)).toBe('done');

    await host.click('toggle-audio');
    await guest.until(
      'Bob to be muted',
      () =>
        (
          document.querySelector('parley-room') as unknown as {
            participants: { local: boolean; audioMuted: boolean }[];
          }
        ).participants.some((one) => !one.local && one.audioMuted),
      null,
    );
  }, 120_000);

  it('shares a screen after a click on the page', async () => {
    await guest.run(() => {
      const button = document.createElement('button');
      button.id = 'share';
      button.style.cssText = 'position: fixed; top: 0; left: 0; z-index: 9';
      button.textContent = 'Share';
      button.onclick = () =>
        void (document.querySelector('parley-room') as unknown as { toggleShareScreen: () => Promise<void> })
          .toggleShareScreen()
          .catch((error: unknown) => window.told.push({ name: 'refused', detail: String(error) }));
      document.body.append(button);
    }, null);
    await guest.page.click('#share');
    await page.tells('screenSharingStatusChanged', { on: true });
    await host.until('Ann’s screen', () => window.parleyTest.hasVideo('Ann', 'screen'), null);
    await guest.page.click('#share');
    await page.tells('screenSharingStatusChanged', { on: false });
    await guest.run(() => document.querySelector('#share')?.remove(), null);
  }, 60_000);

  it('refuses with a code what cannot be done', async () => {
    expect(await page.call('executeCommand', 'selfDestruct')).toBe('badRequest');
    expect(await page.call('sendChatMessage', '')).toBe('badRequest');
    expect(await page.call('setVideoQuality', 'high')).toBe('badRequest');
    expect(await page.call('setAudioOnly', 'yes')).toBe('badRequest');
    expect(await page.call('pinParticipant', 'nobody')).toBe('notFound');
    expect(await page.call('kickParticipant', 'nobody')).toBe('notFound');
  }, 60_000);

  it('has the look, the parts and the buttons that the page gives it', async () => {
    const accent = (): boolean => {
      const shown = window.parleyTest.all('parley-control-bar')[0];
      return (
        shown !== undefined &&
        getComputedStyle(shown).getPropertyValue('--parley-accent').trim() === 'rgb(1, 2, 3)'
      );
    };
    await inRoom(mode, 'the page’s accent', accent, null);
    if (mode === 'inline') {
      expect(
        await guest.run(
          () => getComputedStyle(window.parleyTest.all('nav[part=toolbar]')[0]!).outlineColor,
          null,
        ),
      ).toBe('rgb(4, 5, 6)');
      await guest.page.locator('button[slot=toolbar]').click();
    } else {
      await page.frame.locator('[data-action=own-button]').click();
    }
    await page.tells('clicked');
    await guest.run(() => {
      const element = document.querySelector('parley-room') as unknown as { buttons: object[] };
      element.buttons = [{ key: 'notes', text: 'Notes' }];
    }, null);
    const root = mode === 'inline' ? guest.page : page.frame;
    await root.locator('[data-key=notes]').click();
    await page.tells('toolbarButtonClicked', { key: 'notes' });
  }, 60_000);

  it('speaks the language that the page gives it, at once', async () => {
    const speaks = ([dir, words]: string[]): boolean =>
      window.parleyTest.all('.frame[dir]')[0]?.getAttribute('dir') === dir &&
      window.parleyTest.all('[part="leave-button"]')[0]?.getAttribute('aria-label') === words;
    const set = (lang: string): Promise<void> =>
      guest.run((tag: string) => {
        const element = document.querySelector('parley-room');
        if (element instanceof HTMLElement) element.lang = tag;
      }, lang);
    await set('ar');
    await inRoom(mode, 'Arabic', speaks, ['rtl', 'مغادرة']);
    await set('fr-CA');
    await inRoom(mode, 'French', speaks, ['ltr', 'Quitter']);
    await set('');
    await inRoom(mode, 'English', speaks, ['ltr', 'Leave']);
  }, 60_000);

  it('is put out by whoever may, and left by whoever hangs up', async () => {
    const [other] = (await page.get('participants')).filter(({ local }) => !local);
    expect(await page.call('kickParticipant', other!.participantId)).toBe('done');
    await page.tells('participantLeft', { id: other!.participantId });
    await host.until('the end', () => window.parleyTest.status() === 'closed', null);
    expect(await page.call('hangup')).toBe('done');
    await page.tells('videoConferenceLeft', { roomName: room });
    await page.tells('readyToClose');
    await page.tells('left', { reason: 'left' });
    expect(await page.get('status')).toBe('closed');
    expect(await page.call('toggleChat')).toBe('invalidState');
    await page.remove();
  }, 60_000);

  it('has its way to the server tested before the call, with a token, and nothing is left of that', async () => {
    await page.visit(`${pages.url}/`);
    await page.insert({ mode, room, name: ann.name, 'token-url': '/token' });
    await page.stands('prejoin');
    await inRoom(mode, 'the button', () => window.parleyTest.click('test-network'), null);
    const isGood = (): boolean =>
      window.parleyTest.all('[data-role="network-test"][data-grade="good"]').length > 0;
    await inRoom(mode, 'the end of the test', isGood, null);
    expect(wishes).toHaveLength(1);
    await page.remove();
    await page.holdsNothing();
    await until('no socket to be left', async () => {
      return (await MetricsText.of(metrics)).value('sockets') === 0;
    });
  }, 60_000);

  it('is removed without a trace', async () => {
    await hostJoins(`${room}-again`);
    // Without the ears of the tests before, which are part of the page where the room is inline.
    await page.visit(`${pages.url}/`);
    let before: Record<string, number> | undefined;
    for (let round = 0; round < 4; round++) {
      await join(mode, `${room}-again`);
      await page.stands('connected');
      await host.seesAndHears(ann);
      await page.remove();
      await host.until('Ann to go', () => window.parleyTest.tile('Ann') === undefined, null);
      await page.holdsNothing();
      await until('Bob to be alone on the server', async () => {
        const told = await MetricsText.of(metrics);
        return told.value('sockets') === 1 && told.value('peers') === 1;
      });
      // A frame of another process is told of after it is out of the document.
      await until('the frame to be gone', () => Promise.resolve(guest.page.frames().length === 1));
      // What the first round leaves is the code that it loaded; what a timer still holds goes with it.
      before ??= await page.counts();
      const most = before;
      let left: Record<string, number> = {};
      await until(
        'the browser to count no more than before',
        async () => {
          left = await page.counts();
          return Object.entries(left).every(([name, count]) => count <= (most[name] ?? 0));
        },
        30_000,
      ).catch(() => expect(left).toEqual(most));
    }
    const opened = await guest.run(() => window.traces.opened(), null);
    if (mode === 'inline')
      expect(Math.min(opened.tracks, opened.sockets, opened.connections)).toBeGreaterThan(0);
    else expect(opened.ports).toBeGreaterThan(0);
  }, 120_000);

  it.each([
    ['/refused', 'forbidden'],
    ['/nonsense', 'badRequest'],
    ['http://127.0.0.1:1/', 'unavailable'],
  ])(
    'says with a code why %s gives no token',
    async (address, code) => {
      await join(mode, room, { 'token-url': address });
      await page.tells('errorOccurred', { name: code, isFatal: true });
      await page.tells('error', { code });
      await page.remove();
    },
    60_000,
  );
});

describe('several rooms on one page', () => {
  it('are as if each were alone', async () => {
    await join('iframe', 'first', { 'token-method': 'GET' });
    await join('inline', 'second');
    await page.stands('connected', 0);
    await page.stands('connected', 1);
    const said = wishes.map(({ method, said }) => `${method} ${said}`).sort();
    expect(said).toEqual([
      `GET /token?room=first&name=${ann.name}`,
      expect.stringContaining('POST {"room":"second"'),
    ]);
    expect(await page.call('toggleAudio')).toBe('done');
    const muted = await guest.run(
      () =>
        [...document.querySelectorAll('parley-room')].map(
          (one) => (one as unknown as { audioMuted: boolean }).audioMuted,
        ),
      null,
    );
    expect(muted).toEqual([true, false]);
    await page.remove(0);
    expect(await page.get('status')).toBe('connected');
    expect(await page.call('toggleAudio')).toBe('done');
    await page.remove(0);
  }, 60_000);
});

describe('examples/embed-html', () => {
  it('is a page with a room, which it mutes, counts and leaves', async () => {
    const example = await readFile('examples/embed-html/index.html', 'utf8');
    expect(example).toContain('http://localhost:3000/embed.js');
    pages.answers.set('/example', example.replaceAll('http://localhost:3000', server.url));
    await guest.open(`${pages.url}/example`);
    await guest.page.frameLocator('iframe').locator('[data-action=join]').click();
    const says = (text: string): Promise<void> =>
      guest.until(text, (wanted: string) => document.querySelector('output')?.value === wanted, text);
    await says('1 in the room.');
    await host.join(server.url, 'standup');
    await says('2 in the room.');
    await guest.page.click('#mute');
    await guest.until('Unmute', () => document.querySelector('#mute')?.textContent === 'Unmute', null);
    await guest.page.click('#leave');
    await says('Left.');
  }, 60_000);
});
