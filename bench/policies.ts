import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageJson } from '../loadtest/packageRoot.ts';
import { conditions, type Condition } from './policies/conditions.ts';
import { Gathering } from './policies/Gathering.ts';
import { ServerProbe } from './policies/ServerProbe.ts';
import { tableOf, type Measurement, type Policies } from './policies/table.ts';

/*
 * What the control plane pays for deciding what is forwarded, in one room of 200: all of them signal, made-up cameras
 * and microphones, and some microphones really send.
 *
 * `npm run bench:policies -- [seconds] [rounds] [talkers] [condition ...]`: 60 s, one round, 40 talkers and all
 * conditions unless told otherwise. With conditions named, nothing is written. BENCH_PROFILE names a file for a CPU
 * profile of the server.
 */

const PEOPLE = 200;
/** ms after the last join: the dearest of filling a room is over, and producers count as new no more. */
const REST = 12_000;
/** s for which a room is measured in which nothing happens. */
const IDLE = 15;

const [seconds = '60', rounds = '1', talkers = '40', ...only] = process.argv.slice(3);
const measurements: Measurement[] = [];
for (let round = 0; round < Number(rounds); round++) {
  const chosen = conditions.filter(({ name }) => only.length === 0 || only.includes(name));
  // Whoever is first meets another machine than whoever is last.
  for (const condition of round % 2 === 0 ? chosen : chosen.toReversed())
    measurements.push(await measure(condition));
}
const { version, dependencies } = packageJson();
const policies: Policies = {
  format: 1,
  at: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    os: `${type()} ${release()}`,
    node: process.version,
  },
  versions: { parley: version, mediasoup: dependencies['mediasoup'] ?? '' },
  people: PEOPLE,
  talkers: Number(talkers),
  measurements,
};
console.log(tableOf(policies));
if (only.length === 0) {
  mkdirSync('bench/results/forwarding', { recursive: true });
  writeFileSync('bench/results/forwarding/policies.json', `${JSON.stringify(policies, null, 2)}\n`);
}
// werift leaves timers behind.
process.exit(0);

async function measure({ name, conduct, lives, env }: Condition): Promise<Measurement> {
  const probe = await ServerProbe.start({
    PARLEY_MAX_PEERS_PER_ROOM: '250',
    PARLEY_MAX_PRODUCERS_PER_ROOM: '1000',
    PARLEY_WORKERS: '1',
    ...env,
  });
  const gathering = new Gathering(probe.server.url, conduct);
  try {
    const startedAt = performance.now();
    const cpuBefore = probe.cpu;
    await gathering.fill(PEOPLE, conduct.publishes ? Number(talkers) : 0);
    const filling = {
      seconds: (performance.now() - startedAt) / 1000,
      cpu: probe.cpu - cpuBefore,
      consumers: gathering.told.consumers,
    };
    console.log(
      `${name}: filled in ${filling.seconds.toFixed(1)} s, ${filling.cpu.toFixed(1)} s of CPU, ${filling.consumers} consumers`,
    );
    if (lives !== 'no') {
      gathering.live(lives === 'leafing');
      await sleep(REST);
    }
    const before = gathering.told;
    const ownBefore = process.cpuUsage();
    probe.begin();
    await sleep((lives === 'no' ? IDLE : Number(seconds)) * 1000);
    const usage = await probe.end(process.env['BENCH_PROFILE']);
    const own = process.cpuUsage(ownBefore);
    const after = gathering.told;
    const perListener = (what: 'messages' | 'bytes' | 'consumers'): number =>
      (after[what] - before[what]) / PEOPLE / usage.seconds;
    return {
      condition: name,
      filling,
      ...usage,
      messages: perListener('messages'),
      bytes: perListener('bytes'),
      consumers: perListener('consumers'),
      generator: (own.user + own.system) / 1e6 / usage.seconds,
    };
  } finally {
    gathering.close();
    await probe.stop();
  }
}
