import { Participant } from '../test/support/chromium.ts';
import { PEOPLE } from '../test/support/clips.ts';
import { startServer } from './ownMachine.ts';
import { report } from './report.ts';

/*
 * From clicking "Join" to the first decoded frame of somebody who is in the room already, and to the joiner's first
 * frame there, in real Chromium on loopback, camera and microphone on. The preview is open before the click, as it is
 * for a person.
 */

const RUNS = 15;
const TARGET_MS = 700;

const [publisher, joiner] = PEOPLE;
if (!publisher || !joiner) throw new Error('two people are needed');

const server = await startServer();
const [first, second] = await Promise.all([Participant.launch(publisher), Participant.launch(joiner)]);
try {
  await first.join(server.url, 'bench');
  const seeing: number[] = [];
  const seen: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const times = await joinOnce();
    // The first run warms the browser's caches up.
    if (run === 0) continue;
    seeing.push(times.seeing);
    seen.push(times.seen);
  }
  report('from clicking join to the first remote frame', seeing, TARGET_MS);
  report('from clicking join to being seen', seen);
} finally {
  await Promise.all([first.close(), second.close()]);
  await server.stop();
}

/** ms from the click. */
async function joinOnce(): Promise<{ seeing: number; seen: number }> {
  const { page } = second;
  await page.goto(`${server.url}/r/bench?name=${second.person.name}`);
  await second.until(
    'the preview',
    () => {
      const [preview] = window.parleyTest.all('video');
      return preview instanceof HTMLVideoElement && preview.currentTime > 0;
    },
    null,
  );
  const seenAt = first.page.evaluate(firstFrameOf, second.person.name);
  const clickedAt = await page.evaluate(() => {
    const now = Date.now();
    window.parleyTest.click('join');
    return now;
  });
  const seeingAt = await page.evaluate(firstFrameOf, first.person.name);
  const seen = (await seenAt) - clickedAt;
  await page.evaluate(() => window.parleyTest.click('leave'));
  await first.until('the other one is gone', (name) => !window.parleyTest.tile(name), second.person.name);
  return { seeing: seeingAt - clickedAt, seen };
}

/** Runs in the page: resolves with the time (ms since the epoch) at which there is a picture of somebody. */
async function firstFrameOf(name: string): Promise<number> {
  while (!window.parleyTest.hasVideo(name, 'camera')) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Date.now();
}
