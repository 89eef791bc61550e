import { randomBytes } from 'node:crypto';
import type { MetricName } from '../../loadtest/results/metrics.ts';
import type { Distribution, RunResult } from '../../loadtest/results/runResult.ts';
import { ForkedGenerator } from '../../loadtest/run/GeneratorLink.ts';
import { runLoad } from '../../loadtest/run/runLoad.ts';
import type { Group, Ramp } from '../../loadtest/scenario/scenario.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { startParley, type ForwardingOptions } from '../../loadtest/servers/startParley.ts';

/** Media workers: as many as the machine of the published figures has cores. */
const WORKERS = 2;
/** Processes that the bots are dealt to. */
const GENERATORS = 2;

export interface Load {
  name: string;
  groups: Group[];
  /** ms with everybody in. */
  duration: number;
  /** Default: 15 joins a second. */
  ramp?: Omit<Ramp, 'order'>;
  generators?: number;
  /** Runs with the same id meet in one room. */
  runId?: string;
}

/** A group that neither publishes nor subscribes, unless told. */
export function group(name: string, count: number, rest: Partial<Group>): Group {
  return {
    name,
    count,
    audio: 'off',
    video: null,
    screen: false,
    subscribe: { audio: 'none', video: 'none' },
    network: {},
    behaviour: {},
    ...rest,
  };
}

/** Starts a server, does something with it, and ends it. @param env Further settings; they win. */
export async function withServer<T>(
  forwarding: ForwardingOptions,
  work: (server: ServerUnderTest) => Promise<T>,
  env: Record<string, string> = {},
): Promise<T> {
  const server = await startParley({ workers: WORKERS, forwarding, env });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Puts a server under load. */
export function underLoad(server: ServerUnderTest, load: Load): Promise<RunResult> {
  const { name, groups, duration, ramp = { rate: 15, concurrency: 8 }, generators = GENERATORS } = load;
  return runLoad({
    scenario: {
      name,
      description: '',
      target: server.target,
      url: server.url,
      rooms: 1,
      groups,
      ramp: { ...ramp, order: 'rooms' },
      duration,
      thresholds: [],
      incidents: [],
      seed: 1,
    },
    url: server.url,
    generators: Array.from(
      { length: generators },
      (_, index) => new ForkedGenerator(`generator ${index + 1}`),
    ),
    access: {},
    clips: {},
    server: { processes: () => server.pids() },
    versions: server.versions,
    onSnapshot: () => undefined,
    signal: new AbortController().signal,
    runId: load.runId ?? randomBytes(4).toString('hex'),
  });
}

/** A metric that is one number; NaN when nothing was measured. */
export function valueOf({ metrics }: RunResult, name: MetricName): number {
  const metric = metrics[name];
  return metric?.kind === 'value' ? (metric.value ?? NaN) : NaN;
}

/** A metric that is a distribution; all of it NaN when nothing was measured. */
export function distributionOf({ metrics }: RunResult, name: MetricName): Distribution {
  const metric = metrics[name];
  if (metric?.kind === 'distribution' && metric.values.count > 0) return metric.values;
  return { count: 0, min: NaN, avg: NaN, p50: NaN, p90: NaN, p95: NaN, p99: NaN, max: NaN };
}

/** What went wrong in a run, and why it may say less of the server than it should. */
export function remarksOf({ invalid, errors }: RunResult): string[] {
  return [...invalid, ...errors.map(({ phase, message, count }) => `${phase}: ${message} (${count})`)];
}
