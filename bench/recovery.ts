import { Participant } from '../test/support/chromium.ts';
import { PEOPLE } from '../test/support/clips.ts';
import { startServer } from './ownMachine.ts';
import { report } from './report.ts';

/*
 * From the SIGKILL of the worker that has the room to the moment in which everybody in a three-party call sees
 * everybody again, in real Chromium on loopback.
 */

const RUNS = 15;
const TARGET_MS = 3000;
/** ms after which something is wrong. */
const DEADLINE_MS = 30_000;

// The pool takes its time with a worker that dies again and again, so the deaths go round.
const server = await startServer({ PARLEY_WORKERS: '6' });
const people = await Promise.all(PEOPLE.map((person) => Participant.launch(person)));
try {
  for (const one of people) await one.join(server.url, 'bench');
  const times: number[] = [];
  // The first death warms the browsers up.
  for (let run = 0; run <= RUNS; run++) {
    const time = await killOnce();
    if (run > 0) times.push(time);
  }
  report('from the death of the worker until all of three see each other', times, TARGET_MS);
} finally {
  await Promise.all(people.map((participant) => participant.close()));
  await server.stop();
}

/** Kills the room's worker, and resolves with the ms until the last person has the last picture again. */
async function killOnce(): Promise<number> {
  const pictures = people.map(({ person, page }) => ({ page, names: namesBut(person.name) }));
  await Promise.all(
    people.map((one) =>
      one.until(
        'all pictures',
        (names: string[]) => names.every((name) => window.parleyTest.hasVideo(name, 'camera')),
        namesBut(one.person.name),
      ),
    ),
  );
  await Promise.all(pictures.map(({ page, names }) => page.evaluate(noteTracks, names)));
  const { workers } = await server.ready();
  const busy = workers.find(({ routers }) => routers > 0);
  if (!busy) throw new Error('no worker has the room');
  const killed = Date.now();
  process.kill(busy.pid, 'SIGKILL');
  const seen = await Promise.all(pictures.map(({ page }) => page.evaluate(nextPictures, DEADLINE_MS)));
  return Math.max(...seen) - killed;
}

function namesBut(name: string): string[] {
  return PEOPLE.map((person) => person.name).filter((other) => other !== name);
}

declare global {
  interface Window {
    /** By name: the track whose picture is shown before the worker dies. */
    tracksBefore: Map<string, MediaStreamTrack | undefined>;
    trackOf: (name: string) => MediaStreamTrack | undefined;
  }
}

/** Runs in the page. */
function noteTracks(names: string[]): void {
  window.trackOf = (name) => {
    const tile = window.parleyTest.tile(name);
    const video = tile && window.parleyTest.all('video', tile.shadowRoot ?? tile)[0];
    const stream = video instanceof HTMLVideoElement ? video.srcObject : null;
    return stream instanceof MediaStream ? stream.getVideoTracks()[0] : undefined;
  };
  window.tracksBefore = new Map(names.map((name) => [name, window.trackOf(name)]));
}

/** Runs in the page: resolves with the time (ms since the epoch) at which everybody has a picture of a new track. */
async function nextPictures(deadline: number): Promise<number> {
  const started = Date.now();
  const has = ([name, before]: [string, MediaStreamTrack | undefined]): boolean =>
    window.trackOf(name) !== before && window.parleyTest.hasVideo(name, 'camera');
  while (![...window.tracksBefore].every(has)) {
    if (Date.now() - started > deadline) {
      const state = [...window.tracksBefore.keys()].map((name) => {
        const track = window.trackOf(name);
        return `${name}: ${track ? `${track.readyState}, muted ${track.muted}` : 'no track'}`;
      });
      throw new Error(`no new pictures within ${deadline} ms: ${state.join('; ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Date.now();
}
