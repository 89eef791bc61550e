import * as readings from '../scenario/readings.ts';
import type { Reading } from '../scenario/readings.ts';
import { TARGETS, type TargetKind } from '../scenario/scenario.ts';

/** One flag of a run. */
export interface RunFlag<T = unknown> {
  /** As commander takes them, such as `--rooms <N>`. */
  flags: string;
  description: string;
  reading: Reading<T>;
  /** May be given more than once. */
  repeatable?: true;
}

/** Where a generator on another machine listens. */
export interface HostPort {
  host: string;
  port: number;
}

const flag = <T>(flags: string, description: string, reading: Reading<T>): RunFlag<T> => ({
  flags,
  description,
  reading,
});

const text: Reading<string> = {
  expected: 'must not be empty',
  read: (value) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined),
};

const given: Reading<boolean> = { expected: '', read: (value) => value === true };

/** Of a flag that begins with `--no-`. */
const unlessNot: Reading<boolean> = { expected: '', read: (value) => value !== false };

/** An argument that may be left out. */
const or = <T>(fallback: T, reading: Reading<T>): Reading<T> => ({
  ...reading,
  read: (value) => (value === true ? fallback : reading.read(value)),
});

const hostPorts: Reading<HostPort[]> = {
  expected: 'must be host:port, separated by commas',
  read(value) {
    const all = String(value)
      .split(',')
      .map((part) => readHostPort(part.trim()));
    return all.every((part): part is HostPort => part?.host !== undefined) ? all : undefined;
  },
};

const people = readings.whole(1, 10_000);

/** Every flag of a run, by the name of its value. */
export const runFlags = {
  url: flag('--url <URL>', 'the server to load, such as http://localhost:3000', text),
  whepUrl: flag('--whep-url <URL>', 'with --target whip: where bots view, if they do', text),
  start: flag('--start', 'start the server on this machine, and end it afterwards', given),
  loudest: flag(
    '--loudest <N>',
    'with --start: microphones that Parley forwards to a listener at a time; 0: all',
    readings.whole(0, 64),
  ),
  lastN: flag(
    '--last-n <N>',
    'with --start: videos that Parley forwards to those who do not say what they look at; 0: all',
    readings.whole(0, 1000),
  ),
  policies: flag('--no-policies', 'with --start: Parley forwards everything to everybody', unlessNot),
  target: flag<TargetKind>(
    '--target <KIND>',
    `kind of server: ${TARGETS.join(', ')}`,
    readings.oneOf(TARGETS),
  ),
  scenario: flag('--scenario <NAME|FILE>', 'what to do: a built-in one, or a YAML or JSON file', text),
  rooms: flag('--rooms <N>', 'rooms', people),
  participants: flag('--participants <N>', 'participants of each room', people),
  publishers: flag('--publishers <N>', 'webinar: participants of each room on stage', people),
  viewers: flag('--viewers <N>', 'webinar: participants of each room that only watch', people),
  duration: flag(
    '--duration <TIME>',
    'time under load, from the last join on, such as 60s or 1h',
    readings.duration,
  ),
  ramp: flag('--ramp <PACE>', 'how they come: 20/s, or all at the same time', readings.ramp),
  concurrency: flag('--concurrency <N>', 'joins that are under way at a time', readings.concurrency),
  audio: flag('--audio <WHAT>', `microphones: ${readings.AUDIO_ACTIVITIES.join(', ')}`, readings.audio),
  video: flag(
    '--video <WHAT>',
    'cameras: off, vp8, h264, vp9, or a form such as vp8:720p30x3 (height, frames a second, layers)',
    readings.video,
  ),
  layers: flag('--layers <N>', 'simulcast layers, 1 to 3', readings.videoLayers),
  subscribeVideo: flag(
    '--subscribe-video <N>',
    'videos that each watches: all, none or a number',
    readings.subscription,
  ),
  tiles: flag(
    '--tiles <N>',
    'videos that each looks at, 9 or with a size 9@320x180; the others are out of sight',
    readings.orOff(readings.tiles),
  ),
  loudness: flag(
    '--loudness <WHAT>',
    `microphones: ${readings.LOUDNESSES.join(', ')} (too loud for DTX)`,
    readings.oneOf(readings.LOUDNESSES),
  ),
  dynacast: flag('--no-dynacast', 'publishers send all layers, whatever the server asks for', unlessNot),
  loss: flag('--loss <SHARE>', 'packets lost on the way to each participant, such as 2%', readings.share),
  downlink: flag(
    '--downlink <BITRATE>',
    'bound of each participant’s downlink, such as 2Mbps',
    readings.orOff(readings.bitrate),
  ),
  threshold: {
    ...flag(
      '--threshold <EXPRESSION>',
      'must hold, such as "join.p95<800ms"; none drops the scenario’s',
      text,
    ),
    repeatable: true,
  },
  findLimit: flag(
    '--find-limit [WHAT]',
    'repeat with ever more participants (per room) or rooms until a threshold breaks',
    or('participants', readings.oneOf(['participants', 'rooms'])),
  ),
  from: flag('--from <N>', 'with --find-limit: the first try', people),
  to: flag('--to <N>', 'with --find-limit: the last try', people),
  step: flag('--step <N>', 'with --find-limit: how exact the answer is', people),
  processes: flag('--processes <N>', 'generator processes on this machine', readings.whole(1, 256)),
  agents: flag('--agents <HOST:PORT,...>', 'generators on other machines, see the command agent', hostPorts),
  agentsKey: flag('--agents-key <SECRET>', 'their key; better in LOADTEST_AGENTS_KEY', text),
  canary: flag('--canary [N]', 'real browsers that join too and are measured', or(1, readings.whole(0, 64))),
  token: flag('--token <TOKEN>', 'access token for a server that is not open', text),
  apiKey: flag('--api-key <KEY>', 'makes access tokens; also PARLEY_API_KEY', text),
  apiSecret: flag('--api-secret <SECRET>', 'signs them; better in PARLEY_API_SECRET', text),
  yes: flag('--yes', 'load a server that is not this machine', given),
  seed: flag('--seed <N>', 'repeats whatever is random', readings.whole(0, 2 ** 32 - 1)),
  videoClip: flag('--video-clip <FILE>', 'send this video instead of the built-in one', text),
  audioClip: flag('--audio-clip <FILE>', 'send this sound instead of the built-in one', text),
  out: flag('--out <DIR>', 'write report.html, report.json and junit.xml there', text),
  json: flag('--json', 'print the result as JSON on stdout', given),
  live: flag('--no-live', 'plain lines instead of a live view', unlessNot),
  quiet: flag('--quiet', 'print nothing but the outcome', given),
} satisfies Record<string, RunFlag>;

export type RunFlagName = keyof typeof runFlags;

type ReadingOf<F> = F extends { repeatable: true; reading: Reading<infer T> }
  ? T[]
  : F extends { reading: Reading<infer T> }
    ? T
    : never;

/** What was written on the command line, read. */
export type RunFlagValues = { [K in RunFlagName]?: ReadingOf<(typeof runFlags)[K]> };

/** Reads what commander found; `report` is told of each value that does not read so. */
export function readRunFlags(
  raw: Readonly<Record<string, unknown>>,
  report: (problem: string) => void,
): RunFlagValues {
  const values: Record<string, unknown> = {};
  for (const [name, { reading, repeatable }] of Object.entries<RunFlag>(runFlags)) {
    const written = raw[name];
    if (written === undefined) continue;
    const all = (repeatable ? written : [written]) as unknown[];
    const read = all.map((one) => reading.read(one));
    if (read.includes(undefined)) report(`${longName(name)}: ${reading.expected}`);
    else values[name] = repeatable ? read : read[0];
  }
  return values;
}

/** `--subscribe-video` of `subscribeVideo`. */
export function longName(name: string): string {
  const flags = (runFlags as Record<string, RunFlag>)[name]?.flags ?? `--${name}`;
  return flags.split(' ')[0] ?? flags;
}

/** `host:port` (IPv6 in brackets) or a port alone, whose host is undefined. The port is `least` at least. */
export function readHostPort(
  value: string,
  least = 1,
): { host: string | undefined; port: number } | undefined {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^:\s]+):)?(\d+)$/i.exec(value);
  const number = readings.whole(least, 65_535).read(match?.[2]);
  return number === undefined ? undefined : { host: match?.[1]?.replace(/^\[|\]$/g, ''), port: number };
}
