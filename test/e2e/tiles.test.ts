import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScriptedRoomPage } from '../support/scriptedRoom.ts';
import type { ScriptedPeer, ScriptedState } from '../support/scriptedSdk.ts';

let room: ScriptedRoomPage;

beforeAll(async () => {
  room = await ScriptedRoomPage.open();
}, 60_000);

afterAll(async () => {
  const { errors } = room;
  await room.close();
  expect(errors).toEqual([]);
}, 60_000);

const camera = (name: string): ScriptedPeer => ({ name, publications: [{ source: 'camera' }] });
const crowd = (count: number): ScriptedPeer[] =>
  Array.from({ length: count }, (_, index) => camera(`P${index}`));
const labelled = ([name, card, words]: readonly [string, string, string]): boolean =>
  window.parleyTest
    .tile(name)
    ?.shadowRoot?.querySelector(card)
    ?.getAttribute('aria-label')
    ?.includes(words) ?? false;

describe('what a person sees of a room', () => {
  it('is told for every camera with its size and importance, although none has a track yet', async () => {
    await room.enter({ peers: crowd(3), dominantPeerId: 'P1' });
    await room.untilView('P0-camera', { visible: true, importance: 'normal' });
    await room.untilView('P1-camera', { visible: true, importance: 'speaker' });
    const view = await room.view('P0-camera');
    expect(view).toEqual({
      visible: true,
      importance: 'normal',
      width: expect.any(Number),
      height: expect.any(Number),
    });
    // A tile glides to its place, and is told as large as it is there.
    await room.page.waitForFunction(() => {
      const box = window.parleyTest.all('parley-tile[data-peer-id=P0]')[0]?.getBoundingClientRect();
      const { width = 0, height = 0 } = window.scriptedRoom.views.get('P0-camera') ?? {};
      return box && Math.abs(width - box.width) < 2 && Math.abs(height - box.height) < 2;
    });
  }, 60_000);

  it('is nothing of those for whom there is no room', async () => {
    await room.enter({ peers: crowd(30) }, '420px');
    await room.page.setViewportSize({ width: 480, height: 800 });
    await room.untilView('P0-camera', { visible: true });
    await room.untilView('P29-camera', { visible: false });
    await room.set({ peers: crowd(30), dominantPeerId: 'P29' });
    await room.untilView('P29-camera', { visible: true, importance: 'speaker' });
    await room.set({ peers: crowd(30) });
  }, 60_000);

  it('is what stands on the page, and nothing of the other pages', async () => {
    await room.untilView('P29-camera', { visible: false });
    await room.page.evaluate(() => window.parleyTest.click('next-page'));
    await room.untilView('P0-camera', { visible: false });
    for (let page = 0; page < 9; page += 1) await room.page.keyboard.press('ArrowRight');
    await room.untilView('P29-camera', { visible: true });
    expect(await room.page.locator('[data-action="next-page"]').isDisabled()).toBe(true);
    for (let page = 0; page < 9; page += 1) await room.page.keyboard.press('ArrowLeft');
    await room.untilView('P0-camera', { visible: true });
    await room.untilView('P29-camera', { visible: false });
    await room.page.setViewportSize({ width: 1280, height: 800 });
  }, 60_000);

  it('does not slide away when what takes the focus lies beyond the window', async () => {
    await room.page.setViewportSize({ width: 1600, height: 900 });
    await room.enter({ peers: crowd(14) });
    await room.untilView('P13-camera', { visible: true });
    await room.page.setViewportSize({ width: 400, height: 480 });
    await room.untilView('P13-camera', { visible: false });
    await room.page.evaluate(() => window.parleyTest.click('next-page'));
    await room.untilView('P0-camera', { visible: false });
    const menus = await room.page.evaluate(() => {
      const menus = window.parleyTest.all('[data-action="tile-menu"]');
      for (const menu of menus) (menu as HTMLElement).focus();
      for (const menu of menus) (menu as HTMLElement).scrollIntoView();
      return menus.length;
    });
    expect(menus).toBeGreaterThan(10);
    const bar = await room.page.locator('[data-action="next-page"]').boundingBox();
    expect(bar!.x).toBeGreaterThan(0);
    await room.page.setViewportSize({ width: 1280, height: 800 });
  }, 60_000);

  it('grows with the density of the screen', async () => {
    await room.enter({ peers: crowd(2) });
    await room.untilView('P0-camera', { visible: true });
    const { width } = (await room.view('P0-camera'))!;
    const devtools = await room.page.context().newCDPSession(room.page);
    const twice = (before: number): boolean =>
      Math.abs(window.scriptedRoom.views.get('P0-camera')!.width! - 2 * before) <= 3;
    // Chromium looks at the density of an emulated screen only when it has another size, too.
    const screen = { width: 1281, height: 800, mobile: false };
    await devtools.send('Emulation.setDeviceMetricsOverride', { ...screen, deviceScaleFactor: 2 });
    await room.until('twice the pixels', twice, width!);
    await devtools.send('Emulation.setDeviceMetricsOverride', {
      ...screen,
      width: 1280,
      deviceScaleFactor: 1,
    });
    await room.until('as many as before', twice, width! / 2);
    await devtools.detach();
  }, 60_000);

  it('is what the page scrolls into view, tile by tile', async () => {
    await room.enter({ peers: crowd(8) }, '2400px');
    await room.untilView('P0-camera', { visible: true });
    await room.untilView('P7-camera', { visible: false });
    await room.page.evaluate(() => window.scrollTo(0, 2400));
    await room.untilView('P7-camera', { visible: true });
    await room.untilView('P0-camera', { visible: false });
    await room.page.evaluate(() => {
      document.body.style.paddingBottom = '4000px';
      window.scrollTo(0, 6000);
    });
    await room.untilView('P7-camera', { visible: false });
  }, 60_000);

  it('is nothing in a tab in the background, once the person has been away for a while', async () => {
    await room.enter({ peers: crowd(2) });
    await room.untilView('P0-camera', { visible: true });
    await room.page.evaluate(() => {
      window.scriptedRoom.turnAway(true);
      window.scriptedRoom.turnAway(false);
      window.scriptedRoom.turnAway(true);
    });
    expect((await room.view('P0-camera'))!.visible).toBe(true);
    await room.untilView('P0-camera', { visible: false });
    await room.page.evaluate(() => window.scriptedRoom.turnAway(false));
    await room.untilView('P0-camera', { visible: true });
  }, 60_000);

  it('goes on in a picture of its own above other windows, until that is closed', async () => {
    const ann: ScriptedPeer = { name: 'Ann', publications: [{ source: 'camera', playing: true }] };
    await room.enter({ peers: [ann, camera('Bob')] });
    await room.until('the picture', () => window.parleyTest.hasVideo('Ann', 'camera'), null);
    await room.untilView('Bob-camera', { visible: true });
    // The browser wants a click first.
    await room.page.locator('parley-tile[data-peer-id=Ann]').click();
    await room.page.evaluate(async () => {
      const [video] = window.parleyTest.all('video[data-source="camera"]') as HTMLVideoElement[];
      // As a browser's own menu does, which the attribute does not keep everywhere.
      video!.disablePictureInPicture = false;
      await video!.requestPictureInPicture();
      window.scriptedRoom.turnAway(true);
    });
    await room.untilView('Bob-camera', { visible: false });
    expect((await room.view('Ann-camera'))!.visible).toBe(true);
    await room.page.evaluate(() => document.exitPictureInPicture());
    await room.untilView('Ann-camera', { visible: false });
  }, 60_000);

  it('is nothing under a panel that covers everything', async () => {
    await room.enter({ peers: crowd(2) });
    await room.page.setViewportSize({ width: 390, height: 800 });
    await room.untilView('P0-camera', { visible: true });
    await room.page.evaluate(() => window.parleyTest.click('toggle-chat'));
    await room.untilView('P0-camera', { visible: false });
    await room.page.keyboard.press('Escape');
    await room.untilView('P0-camera', { visible: true });
    await room.page.setViewportSize({ width: 1280, height: 800 });
  }, 60_000);

  it('is told no more once the element is gone', async () => {
    await room.enter({ peers: crowd(2) });
    await room.untilView('P0-camera', { visible: true });
    const after = await room.page.evaluate(async () => {
      document.querySelector('parley-room')?.remove();
      await Promise.resolve();
      const before = window.scriptedRoom.reports();
      window.scriptedRoom.set({ peers: [] });
      window.scriptedRoom.turnAway(true);
      window.scriptedRoom.turnAway(false);
      // Long enough for whatever the browser still had to say about sizes and places.
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
      return window.scriptedRoom.reports() - before;
    });
    expect(after).toBe(0);
  }, 60_000);
});

describe('a screen that is announced', () => {
  const announced: ScriptedState = {
    peers: [{ name: 'Ann', publications: [{ source: 'camera' }, { source: 'screen' }] }, camera('Bob')],
  };

  it('gets the stage and is asked for before it has a track, and shows that it is coming', async () => {
    await room.enter(announced);
    await room.untilView('Ann-screen', { visible: true, importance: 'screen' });
    await room.untilView('Ann-camera', { visible: true, importance: 'filmstrip' });
    expect((await room.view('Ann-screen'))!.width).toBeGreaterThan(800);
    const stage = await room.page.locator('parley-tile[data-peer-id=Ann] .screen').boundingBox();
    expect(stage!.width).toBeGreaterThan(800);
    expect(await room.page.locator('.screen .spinner').isVisible()).toBe(true);
  }, 60_000);

  it('is waited for until its first frame', async () => {
    const [ann, bob] = announced.peers as [ScriptedPeer, ScriptedPeer];
    const playing = { ...ann, publications: [{ source: 'screen' as const, playing: true }] };
    await room.set({ peers: [playing, bob] });
    await room.until('the picture', () => window.parleyTest.hasVideo('Ann', 'screen'), null);
    await room.page.locator('.screen .spinner').waitFor({ state: 'hidden' });
  }, 60_000);

  it('leaves the stage when it is paused', async () => {
    await room.set({
      peers: [{ name: 'Ann', publications: [{ source: 'screen', paused: true }] }, camera('Bob')],
    });
    await room.untilView('Ann-screen', { visible: false });
    await room.untilView('Bob-camera', { visible: true, importance: 'normal' });
  }, 60_000);
});

describe('a tile', () => {
  it('says why it looks as it does, and shows bars where the connection is weak', async () => {
    await room.enter({
      peers: [
        {
          name: 'Ann',
          connectionQuality: 2,
          publications: [{ source: 'camera', playing: true, cause: 'senderBandwidth' }],
        },
        {
          name: 'Bob',
          connectionQuality: 4.6,
          publications: [{ source: 'camera', playing: true, cause: 'tileIsSmall' }],
        },
      ],
    });
    await room.until('the sentence', labelled, ['Ann', '.camera', 'Their upload is limited'] as const);
    const quality = room.page.locator('parley-tile[data-peer-id=Ann] .quality');
    expect(await quality.locator('svg').isVisible()).toBe(true);
    expect(await quality.locator('.why').isVisible()).toBe(false);
    await room.page.locator('parley-tile[data-peer-id=Ann]').hover();
    await quality.locator('.why').waitFor({ state: 'visible' });
    expect(await quality.innerText()).toBe('Their upload is limited: sending 180p');
    expect(await room.page.locator('parley-tile[data-peer-id=Bob] .why').count()).toBe(0);
  }, 60_000);

  it('shows that its picture is being connected', async () => {
    await room.enter({ peers: [{ name: 'Ann', publications: [{ source: 'camera', cause: 'connecting' }] }] });
    await room.page.locator('parley-tile[data-peer-id=Ann] .camera .spinner').waitFor({ state: 'visible' });
  }, 60_000);
});

describe('a connection that is too slow for video', () => {
  it('is told as long as it lasts, and no picture stands still meanwhile', async () => {
    const peers: ScriptedPeer[] = [{ name: 'Ann', publications: [{ source: 'camera', playing: true }] }];
    await room.enter({ peers });
    await room.until('the picture', () => window.parleyTest.hasVideo('Ann', 'camera'), null);
    await room.set({ peers, audioOnly: true });
    await room.page.locator('[data-role="audio-only"]').waitFor({ state: 'visible' });
    await room.page.locator('parley-tile[data-peer-id=Ann] video').waitFor({ state: 'hidden' });
    await room.until('the sentence', labelled, ['Ann', '.camera', 'Your download is limited'] as const);
    await room.set({ peers });
    await room.page.locator('[data-role="audio-only"]').waitFor({ state: 'detached' });
    await room.page.locator('parley-tile[data-peer-id=Ann] video').waitFor({ state: 'visible' });
  }, 60_000);
});
