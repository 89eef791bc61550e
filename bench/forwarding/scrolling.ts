import type { Participant } from '../../test/support/chromium.ts';

/** So many CSS pixels high that most tiles are out of the window. */
const HEIGHT = 4200;
const TIMES = 10;
/** ms without a frame after which a picture counts as held back. */
const QUIET = 1500;
const DEADLINE = 30_000;

declare global {
  interface Window {
    /** By name: when its picture had its last frame, ms since the epoch. */
    lastFrames: Map<string, number>;
  }
}

/**
 * Makes the room higher than the window, and scrolls to its end and back.
 *
 * Resolves with the ms from scrolling until the first new frame in each tile of the last row: the first time, when the
 * server has no consumers for them, and later on, when it has held them back.
 */
export async function scrollThrough(participant: Participant): Promise<{ first: number[]; again: number[] }> {
  const { page } = participant;
  await page.addStyleTag({
    content: `html, body { overflow: auto !important; height: auto !important }
      parley-room { position: static !important; display: block; height: ${HEIGHT}px !important }`,
  });
  await page.evaluate(watchTiles);
  await participant.until('the first pictures', () => window.lastFrames.size > 0, null, DEADLINE);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const first = await toTheEnd(participant);
  const again: number[] = [];
  for (let time = 0; time < TIMES; time++) again.push(...(await backAndForth(participant)));
  return { first, again };
}

async function backAndForth(participant: Participant): Promise<number[]> {
  await participant.page.evaluate(() => window.scrollTo(0, 0));
  await participant.until(
    'the last row to be held back',
    ({ quiet }) => {
      const tiles = [...document.querySelectorAll('parley-room')].flatMap((room) =>
        window.parleyTest.all('parley-tile', room.shadowRoot ?? room),
      );
      const lowest = Math.max(...tiles.map((tile) => cardOf(tile).bottom));
      return tiles
        .filter((tile) => cardOf(tile).bottom > lowest - 10)
        .every((tile) => {
          const at = window.lastFrames.get(tile.getAttribute('data-peer-name') ?? '') ?? 0;
          return Date.now() - at > quiet;
        });
      function cardOf(tile: Element): DOMRect {
        return (window.parleyTest.all('.camera', tile.shadowRoot ?? tile)[0] ?? tile).getBoundingClientRect();
      }
    },
    { quiet: QUIET },
    DEADLINE,
  );
  return toTheEnd(participant);
}

/** ms until the first new frame of each tile in the last row. */
async function toTheEnd({ page }: Participant): Promise<number[]> {
  return page.evaluate(async (deadline) => {
    const room = document.querySelector('parley-room');
    const tiles = room ? window.parleyTest.all('parley-tile', room.shadowRoot ?? room) : [];
    const bottom = (tile: Element): number =>
      (window.parleyTest.all('.camera', tile.shadowRoot ?? tile)[0] ?? tile).getBoundingClientRect().bottom;
    const lowest = Math.max(...tiles.map(bottom));
    const names = tiles
      .filter((tile) => bottom(tile) > lowest - 10)
      .map((tile) => tile.getAttribute('data-peer-name') ?? '');
    const at = Date.now();
    window.scrollTo(0, document.documentElement.scrollHeight);
    const since = (name: string): number => (window.lastFrames.get(name) ?? 0) - at;
    const times = new Map<string, number>();
    while (times.size < names.length && Date.now() - at < deadline) {
      for (const name of names) if (!times.has(name) && since(name) > 0) times.set(name, since(name));
      await new Promise(requestAnimationFrame);
    }
    return names.map((name) => times.get(name) ?? Infinity);
  }, DEADLINE);
}

/** Runs in the page: notes the frames of all pictures, also of those that come later. */
function watchTiles(): void {
  window.lastFrames = new Map();
  const watched = new WeakSet<Element>();
  setInterval(() => {
    for (const tile of window.parleyTest.all('parley-tile')) {
      const name = tile.getAttribute('data-peer-name') ?? '';
      for (const video of window.parleyTest.all('video', tile.shadowRoot ?? tile)) {
        if (!(video instanceof HTMLVideoElement) || watched.has(video)) continue;
        watched.add(video);
        const next = (): void => {
          window.lastFrames.set(name, Date.now());
          video.requestVideoFrameCallback(next);
        };
        video.requestVideoFrameCallback(next);
      }
    }
  }, 10);
}
