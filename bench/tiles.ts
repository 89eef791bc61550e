import { keep, median, printGoal, printTable } from './forwarding/results.ts';
import { group, remarksOf, underLoad, valueOf, withServer } from './forwarding/underLoad.ts';
import type { SubscribePlan, VideoPlan } from '../loadtest/scenario/scenario.ts';
import { tiles as tilesReading } from '../loadtest/scenario/readings.ts';

/*
 * Thirty people, cameras and microphones on: what it costs the server to send each of them the nine tiles that they
 * look at, and the voices that speak, beside sending everything to everybody; and what it adds that all turn pages.
 *
 * `npm run bench:tiles -- [rounds] [frames a second] [tiles]`; two rounds, 20 and nine tiles of a page of 1280 pixels unless
 * told otherwise; `9@320x180` are nine of that size.
 */

const PEOPLE = 30;
/** ms with everybody in; and between two pages that somebody looks at who leafs. */
const DURATION = 40_000;
const PAGE_TIME = 10_000;
const GOAL = 0.25;
/** Three layers as a browser sends them; everything to everybody at 30 frames/s is more than one media worker can send. */
const camera: VideoPlan = { codec: 'vp8', layers: 3, height: 720, fps: Number(process.argv[4] ?? 20) };

const conditions = ['on', 'on, leafing', 'off'] as const;
type Condition = (typeof conditions)[number];

interface Figures {
  policies: Condition;
  /** Cores, all processes; of these, the control plane. */
  serverCpu: number;
  controlCpu: number;
  /** Packets/s, of all bots. */
  sent: number;
  received: number;
  /** bps. */
  receivedBitrate: number;
  videoLoss: number;
  remarks: string[];
}

const everything: SubscribePlan = { audio: 'all', video: 'all' };
const tiles = tilesReading.read(process.argv[5] ?? '9');
if (!tiles) throw new Error(`tiles ${tilesReading.expected}`);
const inTiles: SubscribePlan = { ...everything, tiles };
const rounds = Number(process.argv[3] ?? 2);
const figures: Figures[] = [];
for (let round = 0; round < rounds; round++)
  for (const policies of round % 2 === 0 ? conditions : conditions.toReversed())
    figures.push(await once(policies));

printTable(
  [
    'policies',
    'server cores',
    'control plane',
    'packets/s to the server',
    'packets/s from it',
    'Mbit/s from it',
    'video lost %',
  ],
  figures.map((one) => [
    one.policies,
    one.serverCpu.toFixed(3),
    one.controlCpu.toFixed(3),
    one.sent.toFixed(0),
    one.received.toFixed(0),
    (one.receivedBitrate / 1e6).toFixed(1),
    (one.videoLoss * 100).toFixed(2),
  ]),
);
for (const { policies, remarks } of figures)
  for (const remark of remarks) console.log(`policies ${policies}: ${remark}`);
const cpuOf = (policies: Condition): number =>
  median(figures.filter((one) => one.policies === policies).map((one) => one.serverCpu));
const ratio = cpuOf('on') / cpuOf('off');
const leafing = cpuOf('on, leafing') / cpuOf('off');
printGoal('server CPU with policies, of that without', ratio.toFixed(2), String(GOAL), ratio <= GOAL);
console.log(`the same while all turn a page every ${PAGE_TIME / 1000} s: ${leafing.toFixed(2)}`);
keep('tiles', { rounds, people: PEOPLE, tiles, camera, ratio, leafing, runs: figures });
// werift and pools of closed connections leave timers behind.
process.exit(0);

function once(policies: Condition): Promise<Figures> {
  return withServer(policies === 'off' ? { policies: false } : {}, async (server) => {
    const result = await underLoad(server, {
      name: 'tiles',
      groups: [
        group('people', PEOPLE, {
          audio: 'turns',
          video: camera,
          subscribe: policies === 'off' ? everything : inTiles,
          behaviour: policies === 'on, leafing' ? { page: PAGE_TIME } : {},
        }),
      ],
      ramp: { rate: 5, concurrency: 4 },
      duration: DURATION,
    });
    const one: Figures = {
      policies,
      serverCpu: valueOf(result, 'server.cpu'),
      controlCpu: valueOf(result, 'server.cpu.control'),
      sent: valueOf(result, 'sent'),
      received: valueOf(result, 'received'),
      receivedBitrate: valueOf(result, 'received.bitrate'),
      videoLoss: valueOf(result, 'video.loss'),
      remarks: remarksOf(result),
    };
    console.log(
      `policies ${policies}: ${one.serverCpu.toFixed(3)} cores, ${one.received.toFixed(0)} packets/s`,
    );
    return one;
  });
}
