import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PeerState } from '../client/lib/publicTypes.ts';
import { ScriptedRoomPage } from '../test/support/scriptedRoom.ts';
import type { ScriptedPeer, ScriptedState } from '../test/support/scriptedSdk.ts';
import { paintPortraits, type Portrait } from './portraits.ts';

/*
 * `npm run portraits`: pictures of every layout at four sizes, light and dark, in dist/portraits/, and a sheet of each size
 * with all of them to look at. Scenes that are named behind it are made alone.
 */

const SIZES = [
  { width: 390, height: 844 },
  { width: 844, height: 390 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];
const NAMES = [
  'Ada',
  'Grace Hopper',
  'Katherine',
  'Alan Turing',
  'Hedy',
  'Radia',
  'Edsger',
  'Barbara',
  'Tim',
];
const SKINS = ['#e3b08f', '#c98d68', '#8a5a3f', '#edc3a4'];
const HAIRS = ['#3c2a22', '#1e1a1c', '#8a5a2b', '#5d5a58', '#17110f'];
const WALLS = [
  ['#6d8f93', '#2f4d55'],
  ['#c7a983', '#8a6a4b'],
  ['#8d86ad', '#4b4570'],
  ['#9db38f', '#587353'],
  ['#b08b8b', '#6b4747'],
] as const;
const CLOTHES = ['#c9553d', '#2d5f73', '#e0b64c', '#38415a', '#5e7d4f', '#7b4f73'];

const cycle = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

function portraitOf(index: number): Portrait {
  return {
    wall: cycle(WALLS, index),
    skin: cycle(SKINS, index),
    hair: cycle(HAIRS, index),
    longHair: index % 2 === 0,
    clothes: cycle(CLOTHES, index),
    quiet: true,
  };
}

function person(index: number, more: Partial<ScriptedPeer> = {}): ScriptedPeer {
  const round = Math.floor(index / NAMES.length);
  return {
    name: `${cycle(NAMES, index)}${round === 0 ? '' : ` ${round + 1}`}`,
    connectionQuality: 4.6,
    publications: [
      { source: 'microphone', paused: index % 3 === 1 },
      { source: 'camera', playing: index % 5 !== 3, paused: index % 5 === 3 },
    ],
    ...more,
  };
}

const people = (count: number): ScriptedPeer[] => Array.from({ length: count }, (_, index) => person(index));
const own: ScriptedPeer['publications'] = [{ source: 'microphone' }, { source: 'camera', playing: true }];
const room = (peers: ScriptedPeer[], more: Partial<ScriptedState> = {}): ScriptedState => ({
  peers,
  own,
  role: 'host',
  ...more,
});

function marked(): ScriptedPeer[] {
  const [ada, grace, katherine, alan, ...others] = people(6) as [
    ScriptedPeer,
    ScriptedPeer,
    ScriptedPeer,
    ScriptedPeer,
    ...ScriptedPeer[],
  ];
  const limited = [{ source: 'camera' as const, playing: true, cause: 'senderBandwidth' as const }];
  return [
    { ...ada, role: 'host', speaking: true, publications: own },
    { ...grace, handRaisedAt: 1 },
    { ...katherine, connectionQuality: 1.8, publications: limited },
    { ...alan, role: 'viewer', handRaisedAt: 2 },
    ...others,
  ];
}

function presenting(): ScriptedPeer[] {
  const [ada, ...others] = people(6) as [ScriptedPeer, ...ScriptedPeer[]];
  return [{ ...ada, publications: [...ada.publications, { source: 'screen', playing: true }] }, ...others];
}

/** The room, and what is clicked in it, by `data-action`. */
interface Scene {
  state: ScriptedState;
  clicks?: readonly string[];
  /** Closes the menu again. */
  escape?: boolean;
  /** Where the mouse stands, as a CSS selector. */
  hover?: string;
}

const SCENES: Record<string, Scene> = {
  alone: { state: room([]) },
  two: { state: room(people(1)) },
  three: { state: room(people(2)) },
  five: { state: room(people(4)) },
  marks: { state: room(marked()), hover: 'parley-tile[data-peer-name="Katherine"]' },
  nine: { state: room(people(8)) },
  crowd: { state: room(people(62), { dominantPeerId: 'Tim 4' }) },
  secondPage: { state: room(people(62)), clicks: ['next-page'] },
  speaker: {
    state: room(people(12), { dominantPeerId: 'Katherine' }),
    clicks: ['view', 'layout-speaker'],
    escape: true,
  },
  screen: { state: room(presenting()) },
  spotlight: {
    state: room(
      people(7).map((peer, index) => (index === 0 || index === 2 ? { ...peer, spotlightAt: index } : peer)),
    ),
  },
  viewMenu: { state: room(people(4)), clicks: ['view'] },
  tileMenu: { state: room(marked()), clicks: ['tile-menu'] },
  statistics: { state: room(people(3)), clicks: ['view', 'statistics'] },
};

/** Runs in the page: cameras are portraits, screens a page of text. */
function paintPictures(portraits: Record<string, Portrait>): void {
  window.paintPicture = (producerId) => {
    const look = portraits[producerId.replace(/-camera$/, '')];
    if (look) return window.paintPortrait(look, 2);
    const canvas = Object.assign(document.createElement('canvas'), { width: 1600, height: 1000 });
    const pen = canvas.getContext('2d');
    const draw = (): void => {
      if (!pen) return;
      pen.fillStyle = '#fbfbf9';
      pen.fillRect(0, 0, 1600, 1000);
      pen.fillStyle = '#1f2b3a';
      pen.font = '600 64px sans-serif';
      pen.fillText('Release 2.0: what is left', 90, 150);
      pen.fillStyle = '#c3cad3';
      for (let line = 0; line < 13; line += 1) {
        pen.fillRect(90, 220 + line * 54, 620 + ((line * 397) % 720), 20);
      }
      pen.fillStyle = performance.now() % 2000 < 1000 ? '#2f6df0' : '#fbfbf9';
      pen.fillRect(90, 935, 4, 34);
    };
    draw();
    setInterval(draw, 500);
    return canvas;
  };
}

const portraits = Object.fromEntries(
  [{ name: 'Me' }, ...people(62)].map(({ name }, index) => [name, portraitOf(index)]),
);
// `npm run` hands the bench's own name over first.
const wanted = process.argv.slice(3);
const unknown = wanted.filter((name) => !(name in SCENES));
if (unknown.length > 0)
  throw new Error(`no scene is called ${unknown.join(', ')}; there are ${Object.keys(SCENES).join(', ')}`);
const scenes = Object.entries(SCENES).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const folder = resolve('dist/portraits');
await mkdir(folder, { recursive: true });

const scripted = await ScriptedRoomPage.open();
try {
  const { page } = scripted;
  await page.addInitScript(paintPortraits);
  await page.addInitScript(paintPictures, portraits);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    const made: string[] = [];
    for (const [name, scene] of scenes) {
      await page.emulateMedia({ colorScheme: 'light' });
      await scripted.enter(scene.state);
      for (const action of scene.clicks ?? []) {
        await scripted.until(action, (wanted) => window.parleyTest.click(wanted), action);
      }
      if (scene.escape) {
        await scripted.until(
          'the menu',
          () => window.parleyTest.all('.pop-up:popover-open').length > 0,
          null,
        );
        await page.keyboard.press('Escape');
      }
      if (scene.hover !== undefined) await page.locator(scene.hover).hover();
      await scripted.until('the pictures', allPlay, null);
      if (name === 'statistics') await scripted.until('some curves', hasCurves, 6);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const file = `${name}-${size.width}x${size.height}-${colorScheme}.png`;
        await page.screenshot({ path: join(folder, file), animations: 'disabled' });
        made.push(file);
      }
    }
    await sheet(`sheet-${size.width}x${size.height}`, made, size);
  }
  if (scripted.errors.length > 0) throw new Error(scripted.errors.join('\n'));
} finally {
  await scripted.close();
}

/** All that are in sight; those on other pages are not asked for. */
function allPlay(): boolean {
  return window.parleyTest.all('parley-tile:not(.away)').every((tile) => {
    const { peer } = tile as Element & { peer: PeerState };
    const wanted = peer.publications.filter(({ kind, track }) => kind === 'video' && track !== null);
    const videos = [...(tile.shadowRoot?.querySelectorAll('video') ?? [])];
    // It fades in, so playing is not yet being seen.
    const seen = videos.filter(
      (video) =>
        getComputedStyle(video).opacity === '1' && video.getVideoPlaybackQuality().totalVideoFrames > 1,
    );
    return seen.length >= wanted.length;
  });
}

function hasCurves(samples: number): boolean {
  const lines = window.parleyTest.all('path.line');
  return lines.length > 0 && lines.some((line) => (line.getAttribute('d') ?? '').split('L').length > samples);
}

/** One page with all of them, made small, to see at a glance what differs. */
async function sheet(
  name: string,
  files: readonly string[],
  size: { width: number; height: number },
): Promise<void> {
  const columns = size.width < size.height ? 8 : 4;
  const width = Math.floor(1800 / columns);
  const cells = files.map(
    (file) => `<figure><img src="${file}" width="${width}"><figcaption>${file}</figcaption></figure>`,
  );
  const style = `body{margin:0;display:grid;grid-template-columns:repeat(${columns},${width}px);gap:6px;font:10px sans-serif}figure{margin:0}img{display:block}`;
  await writeFile(join(folder, `${name}.html`), `<!doctype html><style>${style}</style>${cells.join('')}`);
  console.log(join(folder, `${name}.html`));
}
