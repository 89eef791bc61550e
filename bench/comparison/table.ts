import type { Measurement } from './measure.ts';
import { BARE, JANUS, JANUS_TUNED, PARLEY } from './variants.ts';
import { workloads } from './workloads.ts';

/** What a comparison leaves in `bench/results/`. */
export interface Comparison {
  format: 1;
  /** ISO 8601. */
  at: string;
  machine: { cpu: string; cores: number; os: string; node: string };
  versions: Record<string, string>;
  /** us. */
  floor: { send: number; encrypt: number };
  rounds: number;
  measurements: Measurement[];
}

/** Median, lowest and highest of what was measured; null when nothing was. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

type Figure = Exclude<keyof Measurement, 'workload' | 'variant' | 'transportCc' | 'valid' | 'remarks'>;

/** Of the valid rounds of a workload on a server. */
export function spread(
  { measurements }: Comparison,
  workload: string,
  variant: string,
  transportCc: boolean,
  figure: Figure,
): Spread | null {
  const values = measurements
    .filter(
      (one) =>
        one.valid && one.workload === workload && one.variant === variant && one.transportCc === transportCc,
    )
    .flatMap((one) => one[figure] ?? [])
    .sort((a, b) => a - b);
  const [low] = values;
  const high = values.at(-1);
  const median = values[Math.floor((values.length - 1) / 2)];
  return low === undefined || high === undefined || median === undefined ? null : { median, low, high };
}

const round = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
const cell = (found: Spread | null): string =>
  found ? `${round(found.median)} (${round(found.low)}–${round(found.high)})` : '–';
const ratio = (a: Spread | null, b: Spread | null): string =>
  a && b ? (a.median / b.median).toFixed(2) : '–';

/** CPU per packet or per join, with the ratios that count. */
export function cpuTable(comparison: Comparison): string {
  const { floor } = comparison;
  const floorCost = floor.send + floor.encrypt;
  const lines = [
    `| workload | transport-cc | ${PARLEY} | ${BARE} | ${JANUS} | ${JANUS_TUNED} | to ${BARE} | to ${JANUS} | to tuned | × floor |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const { name, measures, withTransportCc } of workloads) {
    for (const transportCc of withTransportCc ? [false, true] : [false]) {
      const joins = measures === 'joining';
      const of = (variant: string): Spread | null =>
        spread(
          comparison,
          name,
          variant,
          transportCc && variant !== JANUS && variant !== JANUS_TUNED,
          joins ? 'cpuPerJoin' : 'cpuPerPacket',
        );
      const [parley, bare, janus, tuned] = [of(PARLEY), of(BARE), of(JANUS), of(JANUS_TUNED)];
      lines.push(
        `| ${name}, ${joins ? 'ms per join' : 'µs per packet'} | ${transportCc ? 'answered' : 'no'} | ` +
          `${[parley, bare, janus, tuned].map(cell).join(' | ')} | ${ratio(parley, bare)} | ` +
          `${ratio(parley, janus)} | ${ratio(parley, tuned)} | ` +
          `${parley && !joins ? (parley.median / floorCost).toFixed(1) : '–'} |`,
      );
    }
  }
  return lines.join('\n');
}

/** Everything else that was measured. */
export function otherTable(comparison: Comparison): string {
  const lines = [
    '| workload | server | join ms | latency ms, median | p95 | key frame ms | audio loss % | video loss % | KB per participant | valid rounds |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const percent = (found: Spread | null): string => (found ? (found.median * 100).toFixed(3) : '–');
  for (const { name } of workloads) {
    for (const variant of [PARLEY, BARE, JANUS, JANUS_TUNED]) {
      const of = (figure: Figure): Spread | null => spread(comparison, name, variant, false, figure);
      const rounds = comparison.measurements.filter(
        (one) => one.workload === name && one.variant === variant && !one.transportCc,
      );
      const memory = of('memoryPerParticipant');
      lines.push(
        `| ${name} | ${variant} | ${cell(of('joinMedian'))} | ${cell(of('latencyMedian'))} | ` +
          `${cell(of('latency95'))} | ${cell(of('keyFrameMedian'))} | ${percent(of('audioLoss'))} | ` +
          `${percent(of('videoLoss'))} | ${memory ? (memory.median / 1000).toFixed(0) : '–'} | ` +
          `${rounds.filter(({ valid }) => valid).length} of ${rounds.length} |`,
      );
    }
  }
  return lines.join('\n');
}

/** The whole page of a comparison. */
export function comparisonPage(comparison: Comparison): string {
  const { at, machine, versions, floor, rounds } = comparison;
  return `# Parley beside other servers, ${at.slice(0, 10)}

Made by \`npm run bench\` on ${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node}; ${rounds} rounds, the
servers in alternating order, each started anew. Same bots, same media, AEAD_AES_128_GCM everywhere; the CPU of the
whole process tree. Figures are the median of the valid rounds (lowest–highest). A ratio below 1 means that Parley needs less.
Janus asks for no transport-wide feedback, so its figure stands in both rows of a workload.

${Object.entries(versions)
  .map(([name, version]) => `- ${name}: ${version}`)
  .join('\n')}
- floor of this machine: ${(floor.send + floor.encrypt).toFixed(1)} µs a packet (one \`sendto\` of 1,200 bytes ${floor.send.toFixed(1)}, AES-128-GCM ${floor.encrypt.toFixed(1)})

## Server CPU

${cpuTable(comparison)}

## What else was measured

Latency is that of voice, one way; with transport-wide feedback not answered.

${otherTable(comparison)}

${workloads.map(({ name, description }) => `- **${name}:** ${description}`).join('\n')}
`;
}
