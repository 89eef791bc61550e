import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { makeClips } from '../loadtest/bots/clips.ts';
import { roomName } from '../loadtest/scenario/planBots.ts';
import type { Group, VideoPlan } from '../loadtest/scenario/scenario.ts';
import type { ForwardingReport } from '../src/sfu/forwarding/operatorReport.ts';
import { operated, reportOf, reportWhen } from './cores/operator.ts';
import { ground, isOutside, runInside, type Ground } from './faults/ground.ts';
import { keep, median, printGoal, printTable } from './forwarding/results.ts';
import { group, remarksOf, underLoad, valueOf, withServer } from './forwarding/underLoad.ts';
import { betweenNodes, type BetweenNodes } from './pipes/betweenNodes.ts';

/*
 * Somebody with a camera and a microphone on one media worker, and 1, 10 or 50 viewers on another one: the packets that
 * cross from worker to worker, as the server counts them at the near ends of its pipes. Then the same with viewers on
 * another node of a cluster: the packets that cross from node to node, as the kernel of the sender's node counts them.
 * That takes root, for a network in which nodes have hosts of their own.
 *
 * `npm run bench:pipes -- [rounds]`; two rounds unless told otherwise.
 */

const AUDIENCES = [1, 10, 50];
/** Most packets/s of all audiences to those of one viewer; what a camera sends differs a little from one ten seconds to the next. */
const GOAL = 1.05;
/** ms: for everybody to come in; from then on until counting begins; for which is counted. */
const PATIENCE = 90_000;
const SETTLE = 4000;
const COUNTED = 10_000;
const camera: VideoPlan = { codec: 'vp8', layers: 3, height: 720, fps: 15 };
const stage = group('stage', 1, { audio: 'always', video: camera });

interface Figures {
  viewers: number;
  /** Those of them that the server says are on another worker than the sender. */
  across: number;
  pipes: number;
  /** RTP packets/s: of the sender, from worker to worker, and to all viewers. */
  sent: number;
  crossed: number;
  received: number;
  remarks: string[];
}

interface Growth {
  /** Most packets/s that cross of all audiences, to those that cross for one viewer. */
  growth: number;
  /** It is small, and every viewer was where it should be. */
  met: boolean;
}

if (isOutside()) {
  process.exitCode = await runInside();
} else {
  // Before anything is timed.
  await makeClips([stage], {}, () => console.log('making a clip with ffmpeg'));
  const rounds = Number(process.argv[3] ?? 2);
  const workers = await acrossWorkers(rounds);
  const hosts = ground();
  if (!hosts)
    console.log('from node to node: left out, because that takes root and the programs ip and nsenter');
  const nodes = hosts && (await acrossNodes(rounds, hosts));
  keep('pipes', { rounds, camera, audiences: AUDIENCES, ...workers, ...(nodes ? { nodes } : {}) });
  // werift and pools of closed connections leave timers behind.
  process.exit(0);
}

async function acrossWorkers(rounds: number): Promise<Growth & { runs: Figures[] }> {
  const runs = await eachAudience(rounds, once);
  printTable(
    ['viewers', 'on another worker', 'pipes', 'packets/s sent', 'across workers', 'to viewers'],
    runs.map((one) => [
      String(one.viewers),
      String(one.across),
      String(one.pipes),
      one.sent.toFixed(0),
      one.crossed.toFixed(0),
      one.received.toFixed(0),
    ]),
  );
  for (const { viewers, remarks } of runs)
    for (const remark of remarks) console.log(`${viewers} viewers: ${remark}`);
  const isRight = runs.every(({ viewers, across }) => viewers === across);
  return { ...judged('across workers', runs, isRight), runs };
}

async function acrossNodes(
  rounds: number,
  hosts: NonNullable<Ground>,
): Promise<Growth & { runs: BetweenNodes[] }> {
  const viewer = group('viewer', 1, { subscribe: { audio: 'all', video: 'all' } });
  const runs = await eachAudience(rounds, async (viewers) => {
    const one = await betweenNodes(hosts, { stage, viewer, viewers, settle: SETTLE, counted: COUNTED });
    console.log(`${viewers} viewers on another node: ${one.crossed.toFixed(0)} packets/s across nodes`);
    return one;
  });
  printTable(
    ['viewers', 'who hear and see', 'packets/s across nodes'],
    runs.map((one) => [String(one.viewers), String(one.watching), one.crossed.toFixed(0)]),
  );
  const isRight = runs.every(({ viewers, watching }) => viewers === watching);
  return { ...judged('across nodes', runs, isRight), runs };
}

async function eachAudience<T>(rounds: number, measure: (viewers: number) => Promise<T>): Promise<T[]> {
  const runs: T[] = [];
  for (let round = 0; round < rounds; round++)
    for (const viewers of round % 2 === 0 ? AUDIENCES : AUDIENCES.toReversed())
      runs.push(await measure(viewers));
  return runs;
}

function judged(
  where: string,
  runs: readonly { viewers: number; crossed: number }[],
  isRight: boolean,
): Growth {
  const crossing = AUDIENCES.map((viewers) =>
    median(runs.filter((one) => one.viewers === viewers).map(({ crossed }) => crossed)),
  );
  const growth = Math.max(...crossing) / (crossing[0] ?? NaN);
  const met = growth <= GOAL && isRight;
  printGoal(`packets/s ${where}, most to those of one viewer`, growth.toFixed(3), String(GOAL), met);
  return { growth, met };
}

/**
 * The server puts a room's peers on its two workers in turn, so after the sender each viewer lands on the other one, and
 * beside the sender somebody who neither sends nor receives.
 */
function seats(viewers: number): Group[] {
  return [
    stage,
    ...Array.from({ length: viewers }, (_, index) => [
      group(`viewer${index + 1}`, 1, { subscribe: { audio: 'all', video: 'all' } }),
      group(`idle${index + 1}`, 1, {}),
    ]).flat(),
  ];
}

function once(viewers: number): Promise<Figures> {
  return withServer(
    { policies: false },
    async (server) => {
      const runId = randomBytes(4).toString('hex');
      const groups = seats(viewers);
      const [result, counted] = await Promise.all([
        underLoad(server, {
          name: 'pipes',
          groups,
          // One after the other, so that they land where they should.
          ramp: { concurrency: 1 },
          duration: SETTLE + COUNTED + 5000,
          generators: 1,
          runId,
        }),
        count(server.url, roomName(runId, 1), groups.length),
      ]);
      const one: Figures = {
        viewers,
        ...counted,
        sent: valueOf(result, 'sent'),
        received: valueOf(result, 'received'),
        remarks: remarksOf(result),
      };
      console.log(
        `${viewers} viewers, ${one.across} on another worker: ${one.crossed.toFixed(0)} packets/s across workers`,
      );
      return one;
    },
    { ...operated, PARLEY_SPREAD_ROOMS: 'true' },
  );
}

/** Counts what crosses once everybody is in. */
async function count(
  url: string,
  room: string,
  peers: number,
): Promise<Pick<Figures, 'across' | 'pipes' | 'crossed'>> {
  await reportWhen(url, room, PATIENCE, (report) => report.peers.length === peers);
  await wait(SETTLE);
  const read = async (): Promise<{ report: ForwardingReport; at: number }> => {
    const report = await reportOf(url, room);
    if (!report) throw new Error(`${room} is gone`);
    return { report, at: performance.now() };
  };
  const before = await read();
  await wait(COUNTED);
  const after = await read();
  const home = after.report.peers.find(({ sending }) => sending.length > 0)?.worker;
  return {
    across: after.report.peers.filter(({ worker, receiving }) => receiving.length > 0 && worker !== home)
      .length,
    pipes: after.report.pipes.open,
    crossed: ((after.report.pipes.packets - before.report.pipes.packets) * 1000) / (after.at - before.at),
  };
}
