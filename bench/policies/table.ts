import { median } from '../forwarding/results.ts';
import { conditions } from './conditions.ts';
import type { Usage } from './ServerProbe.ts';

/** One condition, once. */
export interface Measurement extends Usage {
  condition: string;
  /** From nobody in to everybody settled. */
  filling: {
    seconds: number;
    /** s of the control plane's CPU. */
    cpu: number;
    consumers: number;
  };
  /** What a listener is told, and gets, in a second: events of Socket.IO, their bytes, and consumers. */
  messages: number;
  bytes: number;
  consumers: number;
  /** Share of one core that this benchmark itself used. */
  generator: number;
}

/** What `npm run bench:policies` keeps. */
export interface Policies {
  format: 1;
  at: string;
  machine: { cpu: string; cores: number; os: string; node: string };
  versions: Readonly<Record<string, string>>;
  people: number;
  talkers: number;
  measurements: Measurement[];
}

/** Share of one core, ms, and times. */
const TARGETS = { policies: 0.05, loop: 20, fewer: 10 };

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** The figures, and whether they are what they should be. */
export function tableOf({ people, talkers, measurements, machine }: Policies): string {
  const lines = [
    `${people} people, ${talkers} microphones that send; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    '',
    '| room | control plane | of it policies | worker | loop p50, p99, max ms | messages/s, kB/s, consumers/s a listener | consumers made, filling | filling s, CPU s | benchmark itself |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const one of measurements) {
    const { condition, control, policies, workers, loop, messages, bytes, consumers, filling, generator } =
      one;
    lines.push(
      `| ${condition} | ${percent(control)} | ${percent(policies)} | ${percent(workers)} | ` +
        `${[loop.p50, loop.p99, loop.max].map((ms) => ms.toFixed(1)).join(', ')} | ` +
        `${messages.toFixed(1)}, ${(bytes / 1000).toFixed(1)}, ${consumers.toFixed(2)} | ${filling.consumers} | ` +
        `${filling.seconds.toFixed(1)}, ${filling.cpu.toFixed(1)} | ${percent(generator)} |`,
    );
  }
  lines.push('', ...conditions.map(({ name, what }) => `- **${name}:** ${what}`), '');
  return [...lines, ...verdicts(people, measurements)].join('\n');
}

function verdicts(people: number, measurements: readonly Measurement[]): string[] {
  const of = (name: string, figure: (one: Measurement) => number): number =>
    median(measurements.filter(({ condition }) => condition === name).map(figure));
  const control = (name: string): number => of(name, (one) => one.control);
  const policies = of('policies on', (one) => one.policies);
  const beyondNobody = control('policies on') - control('nobody subscribes');
  const beyondOff = control('policies on') - control('policies off');
  const leafing = control('policies on, leafing') - control('nobody subscribes');
  const leafingBeyondOff = control('policies on, leafing') - control('policies off, leafing');
  const p99 = of('policies on', ({ loop }) => loop.p99);
  const mesh = people * (people - 1) * 2;
  const fewer = mesh / of('policies on', ({ filling }) => filling.consumers);
  const met = (isMet: boolean): string => (isMet ? 'met' : 'missed');
  return [
    `policies: ${percent(policies)} of one core, by CPU profile, with all that they ask for and tell; target at most ${percent(TARGETS.policies)}, ${met(policies <= TARGETS.policies)}`,
    `policies on, less what the room costs when nobody subscribes: ${percent(beyondNobody)}`,
    `less what the room costs when clients choose for themselves: ${percent(beyondOff)}`,
    `while everybody turns a page every 10 s: ${percent(leafing)}, and ${percent(leafingBeyondOff)} beyond clients that choose for themselves`,
    `event loop: p99 ${p99.toFixed(1)} ms late; target under ${TARGETS.loop} ms, ${met(p99 < TARGETS.loop)}`,
    `consume() calls to fill the room: ${fewer.toFixed(1)} times fewer than the ${mesh} of a full mesh; target ${TARGETS.fewer} times, ${met(fewer >= TARGETS.fewer)}`,
  ];
}
