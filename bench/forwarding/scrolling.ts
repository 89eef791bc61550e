import type { Participant } from '../../test/support/chromium.ts';
import { placeRoom } from '../../test/support/placeRoom.ts';

/** CSS pixels above the room, so that all of it is out of the window. */
const ABOVE = 3000;
/** ms out of sight after which the server has closed the consumers. */
const FORGOTTEN = 45_000;
/** ms without a frame after which a picture counts as held back. */
const QUIET = 1500;
const DEADLINE = 30_000;

declare global {
  interface Window {
    /** By name: when its picture had its last frame, ms since the epoch. */
    lastFrames: Map<string, number>;
  }
}

/** How often it is scrolled to after a moment, and after so long that the server has closed the consumers. */
export interface Times {
  again: number;
  first: number;
}

/**
 * Puts the room below the window's end, and scrolls to it and away again.
 *
 * Resolves with the ms from scrolling until the first new frame of each tile: when it was out of sight for so long that
 * the server has no consumer for it any more, and when it was held back for a moment.
 */
export async function scrollThrough(
  participant: Participant,
  times: Times,
): Promise<{ first: number[]; again: number[] }> {
  const { page } = participant;
  await page.evaluate(watchTiles);
  await participant.until('the first pictures', () => window.lastFrames.size > 0, null, DEADLINE);
  await page.evaluate(placeRoom, { above: ABOVE, width: 1280, height: 720 });
  const [again, first] = [[] as number[], [] as number[]];
  for (let time = 0; time < times.again; time++) {
    await away(participant);
    again.push(...(await toTheRoom(participant)));
  }
  for (let time = 0; time < times.first; time++) {
    await away(participant);
    await new Promise((resolve) => setTimeout(resolve, FORGOTTEN));
    first.push(...(await toTheRoom(participant)));
  }
  return { first, again };
}

async function away(participant: Participant): Promise<void> {
  await participant.page.evaluate(() => window.scrollTo(0, 0));
  await participant.until(
    'the pictures to be held back',
    (quiet) => [...window.lastFrames.values()].every((at) => Date.now() - at > quiet),
    QUIET,
    DEADLINE,
  );
}

/** ms until the first new frame of each tile. */
async function toTheRoom({ page }: Participant): Promise<number[]> {
  return page.evaluate(async (deadline) => {
    const names = [...window.lastFrames.keys()];
    const at = Date.now();
    window.scrollTo(0, document.documentElement.scrollHeight);
    const times = new Map<string, number>();
    while (times.size < names.length && Date.now() - at < deadline) {
      for (const name of names) {
        const since = (window.lastFrames.get(name) ?? 0) - at;
        if (!times.has(name) && since > 0) times.set(name, since);
      }
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
