import { keep, median, printGoal, printTable } from './forwarding/results.ts';
import { group, remarksOf, underLoad, valueOf, withServer } from './forwarding/underLoad.ts';
import type { SubscribePlan, VideoPlan } from '../loadtest/scenario/scenario.ts';
import { gridOf } from '../loadtest/scenario/readings.ts';

/*
 * Thirty people, cameras and microphones on: what it costs the server to send each of them the nine tiles that they
 * look at, and the voices that speak, beside sending everything to everybody.
 *
 * `npm run bench:tiles -- [rounds] [frames a second]`; two rounds unless told otherwise.
 */

const PEOPLE = 30;
const TILES = 9;
/** ms with everybody in; and between two pages that somebody looks at. */
const DURATION = 20_000;
const PAGE_TIME = 10_000;
const GOAL = 0.25;
/**
 * Three layers as a browser sends them, but few frames: everything to everybody at 30 a second is more than the two
 * cores that all of this shares can send and take.
 */
const camera: VideoPlan = { codec: 'vp8', layers: 3, height: 720, fps: Number(process.argv[4] ?? 5) };

interface Figures {
  policies: 'on' | 'off';
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

const plans: Record<Figures['policies'], SubscribePlan> = {
  on: { audio: 'all', video: 'all', tiles: gridOf(TILES) },
  off: { audio: 'all', video: 'all' },
};
const rounds = Number(process.argv[3] ?? 2);
const figures: Figures[] = [];
for (let round = 0; round < rounds; round++)
  for (const policies of round % 2 === 0 ? (['on', 'off'] as const) : (['off', 'on'] as const))
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
const cpuOf = (policies: Figures['policies']): number =>
  median(figures.filter((one) => one.policies === policies).map((one) => one.serverCpu));
const ratio = cpuOf('on') / cpuOf('off');
printGoal('server CPU with policies, of that without', ratio.toFixed(2), String(GOAL), ratio <= GOAL);
keep('tiles', { rounds, people: PEOPLE, tiles: plans.on.tiles, camera, ratio, runs: figures });
// werift and pools of closed connections leave timers behind.
process.exit(0);

function once(policies: Figures['policies']): Promise<Figures> {
  return withServer(policies === 'on' ? {} : { policies: false }, async (server) => {
    const result = await underLoad(server, {
      name: 'tiles',
      groups: [
        group('people', PEOPLE, {
          audio: 'turns',
          video: camera,
          subscribe: plans[policies],
          // So that they do not all look at the same ones.
          behaviour: { page: PAGE_TIME },
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
