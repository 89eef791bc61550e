import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClips } from '../loadtest/bots/clips.ts';
import type { VideoPlan } from '../loadtest/scenario/scenario.ts';
import { accessToken, API_KEY, API_SECRET } from '../test/support/signalingHarness.ts';
import { group } from './forwarding/underLoad.ts';
import { keep, printGoal, printTable } from './forwarding/results.ts';
import { startServer } from './ownMachine.ts';
import {
  isWhole,
  LENGTH_GOAL,
  measureFiles,
  SYNC_GOAL,
  syncOfComposed,
  syncOfFiles,
} from './recording/measure.ts';
import { RecordedCall } from './recording/RecordedCall.ts';

/*
 * A call of Chromium and four bots, whose clips are real H264, VP8 and VP9, is recorded; in the middle of it the recorder
 * is killed. Every file is measured by ffprobe and decoded, and Chromium, which flashes and beeps, says whether sound and
 * picture belong together, in its files and in the video that `parley compose` makes.
 *
 * `npm run bench:recording -- [minutes]`: five unless told otherwise.
 */

const minutes = Number(process.argv[3] ?? '5');
const plan = (video: VideoPlan) =>
  group(`${video.codec} ${video.layers}x${video.height}`, 1, {
    audio: 'always',
    video,
    subscribe: { audio: 'all', video: 'all' },
  });
const bots = [
  plan({ codec: 'vp8', layers: 1, height: 180, fps: 15 }),
  plan({ codec: 'vp8', layers: 2, height: 360, fps: 15 }),
  plan({ codec: 'h264', layers: 1, height: 180, fps: 15 }),
  plan({ codec: 'vp9', layers: 1, height: 180, fps: 15 }),
];

await makeClips(bots, {}, (count) => console.log(`making ${count} clips with ffmpeg`));
const directory = mkdtempSync(join(tmpdir(), 'parley-bench-recording-'));
const server = await startServer({
  PARLEY_API_KEY: API_KEY,
  PARLEY_API_SECRET: API_SECRET,
  PARLEY_OPEN: 'true',
  PARLEY_RECORDINGS_DIR: directory,
  // Nothing of the browser is asked to pause, however small its tile is with the bots.
  PARLEY_LOUDEST: '0',
});
try {
  const token = await accessToken({ video: { roomJoin: true, roomRecord: true } });
  const call = await RecordedCall.begin({ server, token, directory, bots, onStep: console.log });
  const half = minutes * 30_000;
  const recorded = await call.record(half, half).finally(() => call.close());
  const files = await measureFiles(recorded);
  const syncs = await syncOfFiles(recorded);
  console.log('composing');
  syncs.push(...(await syncOfComposed(recorded, join(directory, 'composed.mp4'))));

  const s = (ms: number): string => (ms / 1000).toFixed(2);
  printTable(
    ['who', 'what', 'part', 'codec', 'container', 'expected, s', 'ffprobe, s', 'difference, ms', 'lost'],
    files.map(({ participant, source, part, found, container, expected, length, lost }) => [
      ...[participant, source, String(part), found, container.split(',')[0] ?? ''],
      ...[s(expected), s(length), (length - expected).toFixed(0), String(lost)],
    ]),
  );
  printTable(
    ['where', 'pairs of flash and beep', 'beeps come later by, ms'],
    syncs.map(({ where, pairs, offset }) => [where, String(pairs), offset.toFixed(0)]),
  );
  for (const { participant, source, complaints } of files)
    if (complaints !== '') console.log(`${participant}'s ${source}: ${complaints}`);
  const { standstill } = recorded;
  console.log(`the page that flashes and the bots stood still for ${standstill.toFixed(0)} ms at most`);
  const sound = files.filter(isWhole).length;
  const worst = Math.max(...files.map(({ length, expected }) => Math.abs(length - expected)));
  const apart = Math.max(...syncs.map(({ offset }) => Math.abs(offset)));
  const all = String(files.length);
  printGoal(
    'files with the right codec and length that decode',
    String(sound),
    `all ${all}`,
    sound === files.length,
  );
  printGoal('farthest from its length', `${worst.toFixed(0)} ms`, `${LENGTH_GOAL} ms`, worst <= LENGTH_GOAL);
  printGoal('sound and picture apart', `${apart.toFixed(0)} ms`, `${SYNC_GOAL} ms`, apart <= SYNC_GOAL);
  keep('recording', { minutes, files, syncs, standstill }, { chromium: recorded.chromium });
} finally {
  await server.stop();
  rmSync(directory, { recursive: true });
}
// werift and pools of closed connections leave timers behind.
process.exit(0);
