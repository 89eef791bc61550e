import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { makeClips } from '../loadtest/bots/clips.ts';
import { keep, printGoal, printTable } from './forwarding/results.ts';
import { distributionOf, group, remarksOf, underLoad, valueOf, withServer } from './forwarding/underLoad.ts';
import type { SubscribePlan, VideoPlan } from '../loadtest/scenario/scenario.ts';

/*
 * Fifty viewers join somebody with a camera at once: how often the server asks for a key frame of it, counted where the
 * requests arrive.
 *
 * `npm run bench:joiners -- [rounds]`; two rounds unless told otherwise.
 */

const VIEWERS = 50;
const GOAL = 2;
/** ms with all of the viewers in. */
const DURATION = 12_000;
const camera: VideoPlan = { codec: 'vp8', layers: 3, height: 720, fps: 15 };

/** For how many ms it was on the air when they came, and to how many. */
const publishers = [
  { publisher: 'new', age: 2000, audience: 0 },
  { publisher: 'on the air', age: 13_000, audience: 1 },
];
const viewers: { viewer: string; subscribe: SubscribePlan }[] = [
  { viewer: 'large', subscribe: { audio: 'none', video: 'all' } },
  {
    viewer: 'tile',
    subscribe: { audio: 'none', video: 'all', tiles: { count: 1, width: 320, height: 180 } },
  },
];

interface Figures {
  publisher: string;
  viewer: string;
  /** Requests for key frames: in all, and the most in any second of the publisher and of one layer. */
  asked: number;
  mostPerSecond: number;
  mostPerLayer: number;
  /** Key frames that it made of these, with all layers. */
  made: number;
  /** ms, from opening the socket to the first complete picture. */
  firstPicture: { p50: number; p95: number };
  remarks: string[];
}

const stage = group('stage', 1, { video: camera });
// Before anything is timed.
await makeClips([stage], {}, () => console.log('making a clip with ffmpeg'));
const rounds = Number(process.argv[3] ?? 2);
const figures: Figures[] = [];
for (let round = 0; round < rounds; round++)
  for (const one of publishers)
    for (const { viewer, subscribe } of viewers) figures.push(await once(one, viewer, subscribe));

printTable(
  [
    'publisher',
    'viewers',
    'asked',
    'most in a second',
    'of one layer',
    'key frames made',
    'first picture ms, p50',
    'p95',
  ],
  figures.map((one) => [
    one.publisher,
    `${VIEWERS}, ${one.viewer}`,
    String(one.asked),
    String(one.mostPerSecond),
    String(one.mostPerLayer),
    String(one.made),
    one.firstPicture.p50.toFixed(0),
    one.firstPicture.p95.toFixed(0),
  ]),
);
for (const { publisher, viewer, remarks } of figures)
  for (const remark of remarks) console.log(`${publisher} publisher, ${viewer} viewers: ${remark}`);
const most = Math.max(...figures.map(({ mostPerSecond }) => mostPerSecond));
printGoal('requests that a publisher got in a second', String(most), `${GOAL}`, most <= GOAL);
keep('joiners', { rounds, viewers: VIEWERS, camera, mostPerSecond: most, runs: figures });
// werift and pools of closed connections leave timers behind.
process.exit(0);

function once(
  { publisher, age, audience }: (typeof publishers)[number],
  viewer: string,
  subscribe: SubscribePlan,
): Promise<Figures> {
  return withServer({}, async (server) => {
    const runId = randomBytes(4).toString('hex');
    const publishing = underLoad(server, {
      name: 'publisher',
      groups: [stage, ...(audience > 0 ? [group('audience', audience, { subscribe })] : [])],
      duration: age + DURATION + 8000,
      generators: 1,
      runId,
    });
    await wait(age);
    const viewed = await underLoad(server, {
      name: 'viewers',
      groups: [group('viewers', VIEWERS, { subscribe })],
      ramp: { concurrency: VIEWERS },
      duration: DURATION,
      runId,
    });
    const published = await publishing;
    const { p50, p95 } = distributionOf(viewed, 'join.video');
    const one: Figures = {
      publisher,
      viewer,
      asked: valueOf(published, 'keyframes.asked'),
      mostPerSecond: distributionOf(published, 'keyframes.perSecond').max,
      mostPerLayer: distributionOf(published, 'keyframes.perLayer').max,
      made: valueOf(published, 'keyframes.made'),
      firstPicture: { p50, p95 },
      remarks: [...remarksOf(published), ...remarksOf(viewed)],
    };
    console.log(
      `${publisher} publisher, ${viewer} viewers: asked ${one.asked} times, at most ${one.mostPerSecond} in a second`,
    );
    return one;
  });
}
