import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';

let server: ServerProcess;
let people: Participant[];
let viewer: Participant;
const [ann, bob, cyd] = PEOPLE as [ClipPerson, ClipPerson, ClipPerson];
const WIDE = { width: 960, height: 640 };

beforeAll(async () => {
  server = await ServerProcess.start();
  people = await Promise.all(PEOPLE.map((person) => Participant.launch(person)));
  viewer = people[0]!;
  // In order, so that it is known who is whose neighbour.
  for (const participant of people) {
    await participant.join(server.url, 'stage');
    await participant.until('the room', () => window.parleyTest.status() === 'connected', null);
  }
  for (const { name } of [bob, cyd]) await viewer.until('a picture', plays, name);
}, 120_000);

afterAll(async () => {
  expect(people.flatMap(({ errors }) => errors)).toEqual([]);
  await Promise.all(people.map((participant) => participant.close()));
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

function plays(name: string): boolean {
  return window.parleyTest.hasVideo(name, 'camera');
}

interface Look {
  /** Names, in alphabetical order. */
  shown: readonly string[];
  /** Those who are much wider than the others; absent where that does not count. */
  staged?: readonly string[];
}

function looks(wanted: Look): boolean {
  const tiles = window.parleyTest
    .all('parley-tile:not(.away)')
    .map((tile) => ({ name: tile.getAttribute('data-peer-name') ?? '', width: tile.clientWidth }));
  const smallest = Math.min(...tiles.map(({ width }) => width));
  const names = tiles.map(({ name }) => name).sort();
  const large = tiles.filter(({ width }) => width > 1.6 * smallest).map(({ name }) => name);
  if (String(names) !== String(wanted.shown)) return false;
  return wanted.staged === undefined || String(large) === String(wanted.staged);
}

const named = (list: readonly ClipPerson[]): string[] => list.map(({ name }) => name).sort();

async function untilSeen(shown: readonly ClipPerson[], staged?: readonly ClipPerson[]): Promise<void> {
  const look: Look = { shown: named(shown), ...(staged ? { staged: named(staged) } : {}) };
  await viewer.until(`the layout ${JSON.stringify(look)}`, looks, look);
}

/** Clicks something that belongs to a person's tile. */
async function onTile(person: ClipPerson, action: string): Promise<void> {
  await viewer.page.locator(`parley-tile[data-peer-name="${person.name}"] [data-action="${action}"]`).click();
}

describe('the stage', () => {
  it('is for whom the person pins: with the mouse, in the tile’s menu, by keyboard', async () => {
    await untilSeen(PEOPLE, []);
    await viewer.page.locator(`parley-tile[data-peer-name="${bob.name}"] .card.camera`).dblclick();
    await untilSeen(PEOPLE, [bob]);
    await viewer.until('the picture on the stage', plays, bob.name);
    await onTile(bob, 'pin');
    await untilSeen(PEOPLE, []);

    const more = viewer.page.locator(`parley-tile[data-peer-name="${cyd.name}"] [data-action="tile-menu"]`);
    await more.focus();
    await viewer.page.keyboard.press('Enter');
    const details = viewer.page.locator('[data-role="tile-details"]');
    await details.waitFor({ state: 'visible' });
    expect(await details.innerText()).toContain(cyd.name);
    await viewer.page.keyboard.press('Enter');
    await untilSeen(PEOPLE, [cyd]);
    await onTile(cyd, 'pin');
    await untilSeen(PEOPLE, []);
  }, 60_000);

  it('is everybody’s for whom a host puts into the spotlight', async () => {
    await onTile(bob, 'tile-menu');
    await viewer.click('menu-spotlight');
    await untilSeen(PEOPLE, [bob]);
    const cydSees = people[2]!;
    await cydSees.until('the spotlight', looks, {
      shown: named(PEOPLE),
      staged: [bob.name],
    });
    await onTile(bob, 'tile-menu');
    await viewer.click('menu-spotlight');
    await untilSeen(PEOPLE, []);
  }, 60_000);

  it('has pages beside it where not all fit, and the pictures of the page that is looked at', async () => {
    await onTile(bob, 'pin');
    await untilSeen(PEOPLE, [bob]);
    // Whoever has the floor has a place on the first page.
    await people[2]!.click('toggle-audio');
    await viewer.page.setViewportSize({ width: 300, height: 480 });
    await untilSeen([ann, bob]);
    const received = async (person: ClipPerson): Promise<number> =>
      viewer.run((name: string) => {
        const video = window.parleyTest.all(`parley-tile[data-peer-name="${name}"]`)[0];
        const [picture] = window.parleyTest.all('video', video?.shadowRoot ?? document) as HTMLVideoElement[];
        return picture?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
      }, person.name);
    await viewer.click('next-page');
    await untilSeen([bob, cyd]);
    const before = await received(cyd);
    await viewer.until(
      'new frames on the page',
      ([name, frames]) => {
        const tile = window.parleyTest.all(`parley-tile[data-peer-name="${name}"]`)[0];
        const [picture] = window.parleyTest.all('video', tile?.shadowRoot ?? document) as HTMLVideoElement[];
        return (picture?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > frames;
      },
      [cyd.name, before] as const,
    );
    await viewer.page.keyboard.press('ArrowLeft');
    await untilSeen([ann, bob]);
    await viewer.page.setViewportSize(WIDE);
    await untilSeen(PEOPLE, [bob]);
    await people[2]!.click('toggle-audio');
    await onTile(bob, 'pin');
    await untilSeen(PEOPLE, []);
  }, 60_000);
});

describe('the view', () => {
  it('can be chosen, with the own tile or without, and is found again the next time', async () => {
    await viewer.click('view');
    await viewer.click('hide-self');
    await untilSeen([bob, cyd], []);
    await viewer.click('layout-speaker');
    await viewer.page.keyboard.press('Escape');
    const one = (): boolean =>
      window.parleyTest.all('parley-tile:not(.away)').length === 2 &&
      window.parleyTest.all('parley-tile:not(.away)').some((tile) => tile.clientWidth > 500);
    await viewer.until('the speaker on the stage', one, null);
    await viewer.page.reload();
    await viewer.until('the speaker on the stage again', one, null);
    await viewer.click('view');
    await viewer.click('hide-self');
    await viewer.click('layout-auto');
    await viewer.page.keyboard.press('Escape');
    await untilSeen(PEOPLE, []);
  }, 90_000);
});

describe('the statistics', () => {
  it('are drawn of the connection and of a tile, and saved', async () => {
    for (const { name } of [bob, cyd]) await viewer.until('a picture', plays, name);
    await onTile(bob, 'tile-menu');
    await viewer.click('menu-statistics');
    const figures = (least: number): boolean =>
      window.parleyTest.all('path.line').filter((line) => (line.getAttribute('d') ?? '').includes('L'))
        .length >= least;
    // Of the camera: bitrate, loss, jitter, frames, height; of the microphone: bitrate, loss, jitter.
    await viewer.until('curves of the tile', figures, 6);
    const subject = viewer.page.locator('[data-role="statistics-subject"]');
    await subject.selectOption('');
    await viewer.until('curves of the connection', figures, 4);
    const [download] = await Promise.all([
      viewer.page.waitForEvent('download'),
      viewer.click('save-statistics'),
    ]);
    const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as {
      people: { name: string }[];
      samples: { tracks: { peerId: string }[] }[];
    };
    expect(saved.people.map(({ name }) => name).sort()).toEqual(PEOPLE.map(({ name }) => name).sort());
    expect(saved.samples.at(-1)!.tracks.length).toBeGreaterThanOrEqual(4);
    await viewer.page.keyboard.press('Escape');
    await viewer.until(
      'the panel to be gone',
      () => window.parleyTest.all('parley-statistics').length === 0,
      null,
    );
  }, 60_000);
});

describe('the picture in a window of its own', () => {
  it('shows whoever is foremost, and ends with its window', async () => {
    await viewer.click('view');
    // The browser wants a click of the person's.
    await viewer.page.locator('[data-action="float"]').click();
    const floats = (open: boolean): boolean => {
      const own = (window as { documentPictureInPicture?: { window: Window | null } })
        .documentPictureInPicture;
      const video = own ? own.window?.document.querySelector('video') : document.pictureInPictureElement;
      return open ? ((video as HTMLVideoElement | null | undefined)?.videoWidth ?? 0) > 0 : !video;
    };
    await viewer.until('the picture above all windows', floats, true);
    await viewer.run(async () => {
      const own = (window as { documentPictureInPicture?: { window: Window | null } })
        .documentPictureInPicture;
      if (own) own.window?.close();
      else await document.exitPictureInPicture();
    }, null);
    await viewer.until('the window to be gone', floats, false);
  }, 60_000);
});
