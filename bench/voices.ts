import { keep, median, printGoal, printTable } from './forwarding/results.ts';
import { distributionOf, group, remarksOf, underLoad, valueOf, withServer } from './forwarding/underLoad.ts';
import type { RunResult } from '../loadtest/results/runResult.ts';
import type { ForwardingOptions } from '../loadtest/servers/startParley.ts';

/*
 * Open microphones in rooms too loud for DTX: how many packets the loudest four make of them, whether that stays the
 * same however many there are, and how soon everybody hears who begins to speak.
 *
 * `npm run bench:voices -- [rounds]`; two rounds of the comparison unless told otherwise.
 */

const PEOPLE = 50;
const MICROPHONES = [10, 50, 100, 200];
/** Few, so that the machine has not to do with them. */
const LISTENERS = 10;
/** ms. */
const DURATION = 16_000;
const OFF_DURATION = 8000;
const RATIO_GOAL = 10;
const ONSET_GOAL = 250;

interface Figures {
  policies: 'on' | 'off';
  microphones: number;
  listeners: number;
  /** Packets/s that a listener got, and how many of those due to it did not come, as a share. */
  perListener: number;
  lost: number;
  /** ms; and turns of which somebody heard nothing. */
  onset: { count: number; p50: number; p95: number; max: number };
  onsetsMissed: number;
  /** Cores. */
  serverCpu: number;
  remarks: string[];
}

const microphone = { audio: 'turns', publish: { loudness: 'noise' } } as const;
const listens = { audio: 'all', video: 'none' } as const;
const rounds = Number(process.argv[3] ?? 2);
const figures: Figures[] = [];

for (let round = 0; round < rounds; round++)
  for (const policies of round % 2 === 0 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
    figures.push(await everybodyListens(policies));
    if (round === 0) figures.push(await fewListen(policies, PEOPLE));
  }
for (const microphones of MICROPHONES)
  if (microphones !== PEOPLE) figures.push(await fewListen('on', microphones));

printTable(
  [
    'microphones',
    'listeners',
    'policies',
    'packets/s per listener',
    'lost %',
    'onset ms, p50',
    'p95',
    'max',
    'onsets',
    'missed',
    'server cores',
  ],
  figures
    .toSorted((a, b) => b.listeners - a.listeners || a.microphones - b.microphones)
    .map((one) => [
      String(one.microphones),
      String(one.listeners),
      one.policies,
      one.perListener.toFixed(1),
      (one.lost * 100).toFixed(2),
      one.onset.p50.toFixed(0),
      one.onset.p95.toFixed(0),
      one.onset.max.toFixed(0),
      String(one.onset.count),
      String(one.onsetsMissed),
      one.serverCpu.toFixed(2),
    ]),
);
for (const { microphones, listeners, policies, remarks } of figures)
  for (const remark of remarks)
    console.log(`${microphones} to ${listeners}, policies ${policies}: ${remark}`);

const ratioWith = (listeners: number): number =>
  perListener('off', PEOPLE, listeners) / perListener('on', PEOPLE, listeners);
const ratios = { everybodyListens: ratioWith(PEOPLE), fewListen: ratioWith(LISTENERS) };
for (const [listeners, ratio] of [
  [PEOPLE, ratios.everybodyListens],
  [LISTENERS, ratios.fewListen],
] as const)
  printGoal(
    `${PEOPLE} microphones, ${listeners} listeners, packets without and with policies`,
    `${ratio.toFixed(1)} to 1`,
    `${RATIO_GOAL} to 1`,
    ratio >= RATIO_GOAL,
  );
const rates = MICROPHONES.map((count) => perListener('on', count, LISTENERS));
const spread = Math.max(...rates) / Math.min(...rates);
printGoal(
  `packets/s per listener from ${MICROPHONES[0]} to ${MICROPHONES.at(-1)} microphones`,
  rates.map((rate) => rate.toFixed(0)).join(', '),
  'flat: within 10 %',
  spread <= 1.1,
);
const onset = Math.max(
  ...figures.filter(({ policies }) => policies === 'on').map(({ onset: { p95 } }) => p95),
);
printGoal('onset, the worst p95', `${onset.toFixed(0)} ms`, `${ONSET_GOAL} ms`, onset <= ONSET_GOAL);
keep('voices', { rounds, ratios, spread, worstOnset95: onset, runs: figures });
// werift and pools of closed connections leave timers behind.
process.exit(0);

/** Packets/s, the median of the rounds. */
function perListener(policies: Figures['policies'], microphones: number, listeners: number): number {
  return median(
    figures
      .filter(
        (one) => one.policies === policies && one.microphones === microphones && one.listeners === listeners,
      )
      .map((one) => one.perListener),
  );
}

/** All have their microphones open, and hear the others. */
function everybodyListens(policies: Figures['policies']): Promise<Figures> {
  return withServer(optionsOf(policies), async (server) => {
    const result = await underLoad(server, {
      name: 'everybody listens',
      groups: [group('people', PEOPLE, { ...microphone, subscribe: listens })],
      duration: policies === 'on' ? DURATION : OFF_DURATION,
    });
    return figuresOf(result, policies, PEOPLE, PEOPLE);
  });
}

/** A few hear all microphones, whose owners hear nothing. */
function fewListen(policies: Figures['policies'], microphones: number): Promise<Figures> {
  return withServer(optionsOf(policies), async (server) => {
    const result = await underLoad(server, {
      name: 'a few listen',
      groups: [
        group('people', microphones, microphone),
        group('listeners', LISTENERS, { subscribe: listens }),
      ],
      duration: policies === 'on' ? DURATION : OFF_DURATION,
    });
    return figuresOf(result, policies, microphones, LISTENERS);
  });
}

function optionsOf(policies: Figures['policies']): ForwardingOptions {
  return policies === 'on' ? {} : { policies: false };
}

function figuresOf(
  result: RunResult,
  policies: Figures['policies'],
  microphones: number,
  listeners: number,
): Figures {
  const { count, p50, p95, max } = distributionOf(result, 'audio.onset');
  const one: Figures = {
    policies,
    microphones,
    listeners,
    perListener: valueOf(result, 'received') / listeners,
    lost: valueOf(result, 'audio.loss'),
    onset: { count, p50, p95, max },
    onsetsMissed: valueOf(result, 'audio.onsetMissed'),
    serverCpu: valueOf(result, 'server.cpu'),
    remarks: remarksOf(result),
  };
  console.log(
    `${microphones} to ${listeners}, policies ${policies}: ${one.perListener.toFixed(1)} packets/s per listener, ` +
      `onset p95 ${p95.toFixed(0)} ms`,
  );
  return one;
}
