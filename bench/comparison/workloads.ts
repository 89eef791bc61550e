import type { Group, Scenario, VideoPlan } from '../../loadtest/scenario/scenario.ts';

/** One layer, so that every server forwards the same packets. */
const CAMERA: VideoPlan = { codec: 'vp8', layers: 1, height: 360, fps: 30 };
const SMALL: VideoPlan = { codec: 'vp8', layers: 1, height: 180, fps: 15 };

/** A load that all servers are put under. */
export interface Workload {
  name: string;
  /** What its row is about. */
  description: string;
  scenario: Pick<Scenario, 'rooms' | 'groups' | 'ramp' | 'duration' | 'incidents'>;
  /** `forwarding`: CPU per packet; `joining`: CPU per join; `reaction`: how long a key frame takes. */
  measures: 'forwarding' | 'joining' | 'reaction';
  /** Is run with transport-wide feedback too, on servers that have it. */
  withTransportCc?: boolean;
}

const group = (name: string, count: number, rest: Partial<Group>): Group => ({
  name,
  count,
  audio: 'off',
  video: null,
  screen: false,
  subscribe: { audio: 'all', video: 'all' },
  network: {},
  behaviour: {},
  ...rest,
});

const STEADY = { rate: 25, concurrency: 8, order: 'participants' } as const;
const DURATION = 10_000;

const load = (groups: Group[], rest: Partial<Workload['scenario']> = {}): Workload['scenario'] => ({
  rooms: 1,
  groups,
  ramp: STEADY,
  duration: DURATION,
  incidents: [],
  ...rest,
});

/** The rows of the comparison. */
export const workloads: readonly Workload[] = [
  {
    name: '1 to 100',
    description: 'one sends voice and 360p, a hundred receive',
    measures: 'forwarding',
    withTransportCc: true,
    scenario: load([group('stage', 1, { audio: 'always', video: CAMERA }), group('viewers', 100, {})]),
  },
  {
    name: '8 all-to-all',
    description: 'eight send voice and 360p and receive the others',
    measures: 'forwarding',
    withTransportCc: true,
    scenario: load([group('people', 8, { audio: 'always', video: CAMERA })]),
  },
  {
    name: '30 all-to-all',
    description: 'thirty send 180p at 15 frames a second and speak in turns',
    measures: 'forwarding',
    scenario: load([group('people', 30, { audio: 'turns', video: SMALL })]),
  },
  {
    name: '50 open microphones',
    description: 'fifty talk at once, four listen to all of them',
    measures: 'forwarding',
    scenario: load([
      group('talkers', 50, { audio: 'always', subscribe: { audio: 'none', video: 'none' } }),
      group('listeners', 4, {}),
    ]),
  },
  {
    name: '200 joins at once',
    description: 'fifty rooms of four, muted, as fast as the machine can, on a server that had 200 before',
    measures: 'joining',
    scenario: load([group('people', 4, { audio: 'muted' })], {
      rooms: 50,
      ramp: { concurrency: 16, order: 'rooms' },
      duration: 2000,
    }),
  },
  {
    name: 'speaker switch',
    description: 'ten watch one camera at a time and turn to another every 1.5 s',
    measures: 'reaction',
    scenario: load([
      group('people', 10, {
        audio: 'turns',
        video: CAMERA,
        subscribe: { audio: 'all', video: 1 },
        behaviour: { page: 1500 },
      }),
    ]),
  },
  {
    name: 'key frame storm',
    description: '1 to 40, and all forty ask for a key frame at once every second',
    measures: 'reaction',
    scenario: load([group('stage', 1, { audio: 'always', video: CAMERA }), group('viewers', 40, {})], {
      incidents: Array.from({ length: 8 }, (_, second) => ({
        at: (second + 1) * 1000,
        do: 'keyFrameStorm' as const,
      })),
    }),
  },
];
