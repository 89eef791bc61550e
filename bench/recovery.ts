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

const server = await startServer();
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
  for (const { page, names } of pictures) await page.evaluate(nextPictures, { names, ofTrackNow: true });
  const { workers } = await server.ready();
  const busy = workers.find(({ routers }) => routers > 0);
  if (!busy) throw new Error('no worker has the room');
  const seen = pictures.map(({ page, names }) => page.evaluate(nextPictures, { names, ofTrackNow: false }));
  const killed = Date.now();
  process.kill(busy.pid, 'SIGKILL');
  return Math.max(...(await Promise.all(seen))) - killed;
}

function namesBut(name: string): string[] {
  return PEOPLE.map((person) => person.name).filter((other) => other !== name);
}

/**
 * Runs in the page: resolves with the time (ms since the epoch) at which each of these people has a picture, of the
 * track that is there now or of another.
 */
async function nextPictures(wanted: { names: string[]; ofTrackNow: boolean }): Promise<number> {
  const track = (name: string): MediaStreamTrack | undefined => {
    const tile = window.parleyTest.tile(name);
    const video = tile && window.parleyTest.all('video', tile.shadowRoot ?? tile)[0];
    const stream = video instanceof HTMLVideoElement ? video.srcObject : null;
    return stream instanceof MediaStream ? stream.getVideoTracks()[0] : undefined;
  };
  const before = wanted.names.map(track);
  const has = (name: string, i: number): boolean =>
    (wanted.ofTrackNow || track(name) !== before[i]) && window.parleyTest.hasVideo(name, 'camera');
  while (!wanted.names.every(has)) await new Promise((resolve) => setTimeout(resolve, 20));
  return Date.now();
}
