import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { ownNetworkAddress, runInOwnNetwork } from '../loadtest/servers/ownNetwork.ts';
import { floor } from './comparison/floor.ts';
import { measure } from './comparison/measure.ts';
import { withFigures } from './comparison/readme.ts';
import { comparisonPage, type Comparison } from './comparison/table.ts';
import { feedbackVariants, variants, type Variant } from './comparison/variants.ts';
import { workloads, type Workload } from './comparison/workloads.ts';

/*
 * Parley beside a bare mediasoup server and Janus: the same bots, the same media, in alternating order. Everything runs
 * in a network namespace of its own, because Janus takes no loopback address.
 *
 * `npm run bench -- [rounds] [workload ...]`: three rounds of all workloads unless told otherwise. With workloads
 * named, nothing is written to `bench/results/` and the README.
 */

const [rounds = '3', ...only] = process.argv.slice(3);
const address = ownNetworkAddress();
if (address === undefined) {
  process.exitCode = await runInOwnNetwork(process.execPath, process.argv.slice(1));
} else {
  await compare(Number(rounds), address);
  // werift and pools of closed connections leave timers behind.
  process.exit(0);
}

async function compare(count: number, at: string): Promise<void> {
  const chosen = workloads.filter(({ name }) => only.length === 0 || only.includes(name));
  const comparison: Comparison = {
    format: 1,
    at: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? '',
      cores: cpus().length,
      os: `${type()} ${release()}`,
      node: process.version,
    },
    versions: {},
    floor: floor(),
    rounds: count,
    measurements: [],
  };
  for (let round = 0; round < count; round++) {
    for (const workload of chosen) {
      const list = [...variants, ...(workload.withTransportCc ? feedbackVariants : [])];
      // Whoever is first meets another machine than whoever is last.
      for (const variant of round % 2 === 0 ? list : list.toReversed())
        await once(comparison, workload, variant, at);
    }
  }
  const page = comparisonPage(comparison);
  console.log(page);
  if (only.length > 0) return;
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/servers.json', `${JSON.stringify(comparison, null, 2)}\n`);
  writeFileSync('bench/results/servers.md', page);
  writeFileSync('README.md', withFigures(readFileSync('README.md', 'utf8'), comparison));
}

async function once(comparison: Comparison, workload: Workload, variant: Variant, at: string): Promise<void> {
  const name = `${workload.name}, ${variant.name}${variant.transportCc ? ' with transport-cc' : ''}`;
  try {
    const { measurement, versions } = await measure(workload, variant, at);
    for (const [key, version] of Object.entries(versions))
      if (key !== 'workers' && !key.includes('event loops')) comparison.versions[key] = version;
    comparison.measurements.push(measurement);
    const { cpuPerPacket, cpuPerJoin, received, valid, remarks } = measurement;
    console.log(
      `${name}: ${cpuPerPacket === null ? `${cpuPerJoin?.toFixed(2) ?? '–'} ms per join` : `${cpuPerPacket.toFixed(1)} µs per packet`}, ` +
        `${received?.toFixed(0) ?? '–'} packets/s${valid ? '' : `, NOT VALID: ${remarks.join('; ')}`}`,
    );
  } catch (error) {
    console.log(`${name}: failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
