import { prefer } from './ownMachine.ts';
import { makeClips } from '../loadtest/bots/clips.ts';
import { people } from './faults/Crowd.ts';
import { ground, isOutside, runInside, type Ground } from './faults/ground.ts';
import { keep, printGoal, printTable } from './forwarding/results.ts';
import { DEADLINE, NAMES, Rollout, type Step } from './restart/Rollout.ts';
import { goals, HEAD, resultsOf, row } from './restart/verdict.ts';

/*
 * A rolling restart under load: two nodes with two media workers each, one Redis, HAProxy which looks at `/readyz`, and ten
 * bots in three rooms, on both nodes. Each node in turn gets SIGTERM, hands its people over, ends, and is started anew;
 * then everybody leaves a worker of a node. Measured at the bots, as the longest time without a packet of sound or a frame
 * of a picture that can be shown.
 *
 * As root each node and Redis is a host of its own; otherwise all is on the loopback interface.
 *
 * `npm run bench:restart -- [rounds]`: two unless told otherwise.
 */

/** ms from which on it is told who missed what of whom. */
const REMARKABLE = 250;

if (isOutside()) {
  process.exitCode = await runInside();
} else {
  await run();
  // werift and pools of closed connections leave timers behind.
  process.exit(0);
}

async function run(): Promise<void> {
  // Before anything is timed.
  await makeClips([people], {}, () => console.log('making a clip with ffmpeg'));
  const rounds = Number(process.argv[3] ?? '2');
  const place = ground();
  // Children inherit it; whatever else this machine does is not to show in the figures.
  prefer(process.pid);
  const steps: Step[] = [];
  const wrong: string[] = [];
  for (let round = 1; round <= rounds; round++) await once(round, place, steps, wrong);
  const results = resultsOf(steps);
  console.log('gaps: p50 / p95 / longest (how many):');
  printTable(HEAD, results.map(row));
  const all = goals(results, wrong, DEADLINE);
  for (const { what, measured, goal, met } of all) printGoal(what, measured, goal, met);
  console.log(`${all.filter(({ met }) => met).length} of ${all.length} goals met`);
  keep('restart', {
    rounds,
    hosts: place !== undefined,
    deadline: DEADLINE,
    steps: results,
    wrong,
    goals: all,
  });
}

async function once(round: number, place: Ground, steps: Step[], wrong: string[]): Promise<void> {
  let rollout: Rollout | undefined;
  try {
    console.log(`round ${round} …`);
    rollout = await Rollout.begin(place);
    for (const node of NAMES) tell(await rollout.restart(node), steps);
    tell(await rollout.vacate(NAMES[0]), steps);
    wrong.push(...rollout.wrong(), ...(await rollout.end()));
  } catch (error) {
    console.log(`  failed: ${error instanceof Error ? error.message : String(error)}`);
    wrong.push(error instanceof Error ? error.message : String(error));
  } finally {
    await rollout?.close();
  }
}

function tell(step: Step, steps: Step[]): void {
  steps.push(step);
  const { what, took, status, movers, changes, missed, left, cameAgain, toldAgain, errors, stall } = step;
  const { moved, cancelled, rebuilt, lost } = changes;
  console.log(
    `  ${what}: ${took.toFixed(0)} ms, status ${status ?? '–'}, ${moved} of ${movers} moved, ` +
      `${cancelled} cancelled, ${rebuilt} rebuilt, ${lost} lost; the bots stood still for ${stall.toFixed(0)} ms at most`,
  );
  for (const { subscriber, publisher, source, length } of missed)
    if (length > REMARKABLE)
      console.log(`    ${subscriber} missed ${length.toFixed(0)} ms of the ${source} of ${publisher}`);
  for (const one of left) console.log(`    told to have left: ${one}`);
  for (const one of cameAgain) console.log(`    told to have come again: ${one}`);
  if (toldAgain > 0) console.log(`    facts that somebody came who was known: ${toldAgain}`);
  for (const one of errors) console.log(`    bots, ${one}`);
}
