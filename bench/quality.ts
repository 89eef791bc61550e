import process from 'node:process';
import type { QualityCause } from '../src/protocol/models.ts';
import type { WorkerPool } from '../src/workers/WorkerPool.ts';
import { createTestPool } from '../test/support/testRooms.ts';
import { injections } from './causes/injections.ts';
import { median } from './forwarding/results.ts';
import { Trial, type Injection } from './causes/Trial.ts';

/*
 * Each cause on purpose, with a real worker and the load test's bots, and what the receiver is told: the confusion
 * matrix.
 *
 * `npm run bench:quality -- [trials] [cause ...]`: five trials of each unless told otherwise.
 */

/** ms from the injection until the cause must be known: congestion control needs some to find the downlink's limit. */
const SETTLE = 12_000;
/** Looks afterwards, and ms between two of them. */
const LOOKS = 16;
const BETWEEN = 250;
/** Trials at the same time. More keep two cores so busy that the bots answer late, which congestion control sees. */
const AT_ONCE = 2;
/** Share of the looks that must find the cause. */
const TARGET = 0.95;

const [trials = '5', ...only] = process.argv.slice(3);
const chosen = injections.filter(({ cause }) => only.length === 0 || only.includes(cause));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How often each cause was told, by what was injected. */
const told = new Map<QualityCause, Map<QualityCause, number>>();
/** ms from the injection until it was told for the first time. */
const latencies = new Map<QualityCause, number[]>();

const pool = await createTestPool(1);
try {
  for (const injection of chosen) {
    // Each on a server of its own, which shares the media worker with the others.
    for (let left = Number(trials); left > 0; left -= AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => run(pool, injection)));
    }
    const row = [...(told.get(injection.cause) ?? [])];
    console.log(`${injection.cause}: ${row.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  }
} finally {
  pool.close();
  await pool.terminated();
}
print();
// Pools of closed connections leave timers behind.
process.exit(0);

async function run(on: WorkerPool, injection: Injection): Promise<void> {
  const { cause } = injection;
  const trial = await Trial.start(on, injection);
  try {
    // Congestion control has found a downlink without limits by then.
    if (injection.inject ?? injection.watch) await pause(SETTLE / 2);
    const injectedAt = performance.now();
    await injection.inject?.(trial);
    const { viewer, producerId } = (await injection.watch?.(trial)) ?? trial.camera;
    const now = (): QualityCause | undefined => viewer.quality.get(producerId)?.cause;
    let first: number | undefined;
    while (performance.now() - injectedAt < SETTLE) {
      if (first === undefined && now() === cause) first = performance.now() - injectedAt;
      await pause(20);
    }
    if (first !== undefined) latencies.set(cause, [...(latencies.get(cause) ?? []), first]);
    const row = told.get(cause) ?? new Map<QualityCause, number>();
    told.set(cause, row);
    for (let look = 0; look < LOOKS; look++) {
      const found = now() ?? 'connecting';
      row.set(found, (row.get(found) ?? 0) + 1);
      await pause(BETWEEN);
    }
  } finally {
    await trial.close();
  }
}

function print(): void {
  const share = (cause: QualityCause): number => {
    const row = told.get(cause) ?? new Map<QualityCause, number>();
    const all = [...row.values()].reduce((sum, count) => sum + count, 0);
    return (row.get(cause) ?? 0) / all;
  };
  console.log(`\n| injected | told, share of ${LOOKS * Number(trials)} looks | told after, median |`);
  console.log('| --- | --- | --- |');
  for (const { cause } of chosen) {
    const row = [...(told.get(cause) ?? [])].sort(([, a], [, b]) => b - a);
    const all = row.reduce((sum, [, count]) => sum + count, 0);
    const cells = row.map(([name, count]) => `${name} ${((100 * count) / all).toFixed(0)} %`).join(', ');
    const took = median(latencies.get(cause) ?? []);
    console.log(`| ${cause} | ${cells} | ${Number.isNaN(took) ? '–' : `${(took / 1000).toFixed(1)} s`} |`);
  }
  const missed = chosen.filter(({ cause }) => share(cause) < TARGET).map(({ cause }) => cause);
  console.log(
    `\ntarget: each at least ${TARGET * 100} %, ${missed.length === 0 ? 'met' : `missed by ${missed.join(', ')}`}`,
  );
}
