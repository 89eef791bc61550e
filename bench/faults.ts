import { prefer } from './ownMachine.ts';
import { makeClips } from '../loadtest/bots/clips.ts';
import { people } from './faults/Crowd.ts';
import { faults, type Fault } from './faults/faults.ts';
import { ground, isOutside, runInside, type Ground } from './faults/ground.ts';
import { Trial } from './faults/Trial.ts';
import { goals, HEAD, row, Tally } from './faults/verdict.ts';
import { keep, printGoal, printTable } from './forwarding/results.ts';

/*
 * What breaks when something of a cluster does: three nodes with two media workers each, one Redis, a load balancer, and nine
 * bots in one room, three on each node, who all hear and see each other. Each fault is injected for real into a cluster of
 * its own, and measured at the bots, as the longest time without a packet of sound or a frame of a picture.
 *
 * As root everything runs in a network of its own, each node on a host of its own; otherwise on the loopback interface,
 * where no node can be cut off.
 *
 * `npm run bench:faults -- [rounds] [part of the name of a fault ...]`: one round of all faults unless told otherwise.
 * With faults named, nothing is kept.
 */

/** ms that somebody who had nothing to do with it missed, from which on it is told who of whom. */
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
  const [rounds = '1', ...named] = process.argv.slice(3);
  const place = ground();
  // Children inherit it; whatever else this machine does is not to show in the figures.
  prefer(process.pid);
  const chosen = faults.filter(
    ({ name }) => named.length === 0 || named.some((part) => name.toLowerCase().includes(part.toLowerCase())),
  );
  const tallies = new Map<Fault, Tally>();
  for (const fault of chosen) {
    if (fault.needsNetwork && !place)
      console.log(
        `${fault.name}: left out, because hosts of their own take root and the programs ip and nsenter`,
      );
    else tallies.set(fault, new Tally(fault.name));
  }
  for (let round = 1; round <= Number(rounds); round++)
    for (const [fault, tally] of tallies) await once(fault, tally, place);

  const results = [...tallies.values()].map((tally) => tally.result());
  console.log('ms, p50 / p95 / longest (how many):');
  printTable(HEAD, results.map(row));
  const all = results.flatMap(goals);
  for (const { what, measured, goal, met } of all) printGoal(what, measured, goal, met);
  console.log(`${all.filter(({ met }) => met).length} of ${all.length} goals met`);
  if (named.length === 0)
    keep('faults', { rounds: Number(rounds), hosts: place !== undefined, faults: results, goals: all });
}

async function once(fault: Fault, tally: Tally, place: Ground): Promise<void> {
  console.log(`${fault.name} …`);
  let trial: Trial | undefined;
  try {
    trial = await Trial.begin(place);
    const struck = await fault.strike(trial);
    const missed = trial.missed();
    const wrong = trial.wrong();
    console.log(`  the bots stood still for ${trial.crowd.stall.toFixed(0)} ms at most`);
    tally.add(struck, missed, [...wrong, ...(await trial.end())]);
    for (const { what, took, remark } of struck.findings)
      console.log(
        `  ${what}: ${took === null ? 'never' : `${took.toFixed(0)} ms`}${remark ? ` (${remark})` : ''}`,
      );
    for (const one of wrong) console.log(`  at the end: ${one}`);
    for (const gap of missed.filter(
      (one) => !struck.isApart(one) && !struck.isDetour?.(one) && one.length > REMARKABLE,
    ))
      console.log(
        `  ${describe(trial, gap.subscriber)} missed ${gap.length.toFixed(0)} ms of the ${gap.source} of ${describe(trial, gap.publisher)}`,
      );
    for (const { phase, code, message, count } of trial.crowd.errors())
      console.log(`  bots, ${phase}: ${code} ${message} (${count})`);
  } catch (error) {
    console.log(`  failed: ${error instanceof Error ? error.message : String(error)}`);
    tally.fail(error);
    await trial?.close();
  }
}

function describe({ seats }: Trial, name: string): string {
  const seat = seats.get(name);
  return seat ? `${name} (${seat.node}, worker ${seat.worker})` : name;
}
