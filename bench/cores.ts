import { makeClips } from '../loadtest/bots/clips.ts';
import type { VideoPlan } from '../loadtest/scenario/scenario.ts';
import { keep, median, printGoal, printTable } from './forwarding/results.ts';
import { group, remarksOf, underLoad, valueOf, withServer } from './forwarding/underLoad.ts';

/*
 * Forty people who all see and hear each other in one room: on two media workers, peers dealt to them in turn, beside the
 * same on one worker. What both workers cost, how evenly, and what gets lost. Policies are off, so that every track
 * goes to everybody and nearly every one crosses from worker to worker; small pictures and few of them, so that the machine
 * carries the bots as well.
 *
 * `npm run bench:cores -- [rounds] [frames a second]`; two rounds unless told otherwise.
 */

const PEOPLE = 40;
/** ms with everybody in. */
const DURATION = 40_000;
/** The busier worker's CPU to the other's; and both workers' CPU to that of the one worker. */
const EVENNESS = 1.2;
const COST = 1.25;
const camera: VideoPlan = { codec: 'vp8', layers: 1, height: 180, fps: Number(process.argv[4] ?? 2) };

const placements = ['one worker', 'two workers'] as const;
type Placement = (typeof placements)[number];
const settings: Record<Placement, Record<string, string>> = {
  'one worker': { PARLEY_WORKERS: '1' },
  'two workers': { PARLEY_WORKERS: '2', PARLEY_SPREAD_ROOMS: 'true' },
};

interface Figures {
  placement: Placement;
  /** Cores: all workers together, the busiest, the least busy, and the control plane. */
  workers: number;
  busiest: number;
  leastBusy: number;
  controlCpu: number;
  /** Packets/s, of all bots. */
  sent: number;
  received: number;
  /** Shares of the packets. */
  audioLoss: number;
  videoLoss: number;
  /** Whether the bots kept up; else the server had less to do, and it does not count. */
  valid: boolean;
  remarks: string[];
}

const people = group('people', PEOPLE, {
  audio: 'turns',
  video: camera,
  subscribe: { audio: 'all', video: 'all' },
});
// Before anything is timed.
await makeClips([people], {}, () => console.log('making a clip with ffmpeg'));
const rounds = Number(process.argv[3] ?? 2);
const figures: Figures[] = [];
for (let round = 0; round < rounds; round++)
  for (const placement of round % 2 === 0 ? placements : placements.toReversed())
    figures.push(await once(placement));

printTable(
  [
    'room on',
    'cores, workers together',
    'busiest worker',
    'least busy',
    'control plane',
    'packets/s to the server',
    'packets/s from it',
    'audio lost %',
    'video lost %',
  ],
  figures.map((one) => [
    one.placement,
    one.workers.toFixed(3),
    one.busiest.toFixed(3),
    one.leastBusy.toFixed(3),
    one.controlCpu.toFixed(3),
    one.sent.toFixed(0),
    one.received.toFixed(0),
    (one.audioLoss * 100).toFixed(2),
    (one.videoLoss * 100).toFixed(2),
  ]),
);
for (const { placement, remarks } of figures)
  for (const remark of remarks) console.log(`${placement}: ${remark}`);
const medianOf = (placement: Placement, value: (one: Figures) => number): number =>
  median(figures.filter((one) => one.valid && one.placement === placement).map(value));
const ratios = figures
  .filter(({ valid, placement }) => valid && placement === 'two workers')
  .map(({ busiest, leastBusy }) => busiest / leastBusy);
// The worst round, since each of them has to be even; NaN of nothing.
const evenness = ratios.toSorted((one, other) => other - one)[0] ?? NaN;
const cost = medianOf('two workers', (one) => one.workers) / medianOf('one worker', (one) => one.workers);
const perPacket = (one: Figures): number => one.workers / one.received;
const costPerPacket = medianOf('two workers', perPacket) / medianOf('one worker', perPacket);
const all = (one: Figures): number => one.workers + one.controlCpu;
const costOfAll = medianOf('two workers', all) / medianOf('one worker', all);
printGoal(
  'CPU of the busier worker, to the other’s',
  evenness.toFixed(2),
  String(EVENNESS),
  evenness <= EVENNESS,
);
printGoal('CPU of two workers, to that of one', cost.toFixed(2), String(COST), cost <= COST);
console.log(`the same per packet from the server: ${costPerPacket.toFixed(2)}`);
console.log(`the same with the control plane: ${costOfAll.toFixed(2)}`);
keep('cores', { rounds, people: PEOPLE, camera, evenness, cost, costPerPacket, costOfAll, runs: figures });
// werift and pools of closed connections leave timers behind.
process.exit(0);

function once(placement: Placement): Promise<Figures> {
  return withServer(
    { policies: false },
    async (server) => {
      const result = await underLoad(server, {
        name: 'cores',
        groups: [people],
        ramp: { rate: 5, concurrency: 4 },
        duration: DURATION,
      });
      const one: Figures = {
        placement,
        workers: valueOf(result, 'server.cpu.workers'),
        busiest: valueOf(result, 'server.cpu.worker'),
        leastBusy: valueOf(result, 'server.cpu.leastWorker'),
        controlCpu: valueOf(result, 'server.cpu.control'),
        sent: valueOf(result, 'sent'),
        received: valueOf(result, 'received'),
        audioLoss: valueOf(result, 'audio.loss'),
        videoLoss: valueOf(result, 'video.loss'),
        valid: result.invalid.length === 0,
        remarks: remarksOf(result),
      };
      console.log(
        `${placement}: ${one.workers.toFixed(3)} cores, ${one.received.toFixed(0)} packets/s from the server`,
      );
      return one;
    },
    settings[placement],
  );
}
