import { Participant } from '../test/support/chromium.ts';
import { PEOPLE } from '../test/support/clips.ts';
import { startServer } from './ownMachine.ts';
import { report } from './report.ts';

/*
 * From clicking "Join" to the first decoded frame of somebody who is in the room already, in real Chromium on
 * loopback, camera and microphone on. The preview is open before the click, as it is for a person.
 */

const RUNS = 15;
const TARGET_MS = 700;

const [publisher, joiner] = PEOPLE;
if (!publisher || !joiner) throw new Error('two people are needed');

const server = await startServer();
const [first, second] = await Promise.all([Participant.launch(publisher), Participant.launch(joiner)]);
try {
  await first.join(server.url, 'bench');
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const time = await joinOnce();
    // The first run warms the browser's caches up.
    if (run > 0) times.push(time);
  }
  report('from clicking join to the first remote frame', times, TARGET_MS);
} finally {
  await Promise.all([first.close(), second.close()]);
  await server.stop();
}

async function joinOnce(): Promise<number> {
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
  const time = await page.evaluate(async (name) => {
    const started = performance.now();
    window.parleyTest.click('join');
    for (;;) {
      if (window.parleyTest.hasVideo(name, 'camera')) return Math.round(performance.now() - started);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, first.person.name);
  await page.evaluate(() => window.parleyTest.click('leave'));
  return time;
}
