import { randomBytes } from 'node:crypto';
import type { MetricName } from '../../loadtest/results/metrics.ts';
import type { RunResult } from '../../loadtest/results/runResult.ts';
import { ForkedGenerator } from '../../loadtest/run/GeneratorLink.ts';
import { runLoad } from '../../loadtest/run/runLoad.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import type { Variant } from './variants.ts';
import type { Workload } from './workloads.ts';

/** What one run of a workload on a server gave; null: not measured. */
export interface Measurement {
  workload: string;
  variant: string;
  transportCc: boolean;
  valid: boolean;
  /** us of server CPU, all processes, per packet that the bots received. */
  cpuPerPacket: number | null;
  /** ms of server CPU per participant, from nobody in to everybody in. */
  cpuPerJoin: number | null;
  /** Bytes. */
  memoryPerParticipant: number | null;
  /** ms. */
  joinMedian: number | null;
  latencyMedian: number | null;
  latency95: number | null;
  keyFrameMedian: number | null;
  /** Shares. */
  audioLoss: number | null;
  videoLoss: number | null;
  received: number | null;
  /** Why it is not valid, or what went wrong. */
  remarks: string[];
}

/** Starts the server, puts it under the load, and ends it. */
export async function measure(
  workload: Workload,
  variant: Variant,
  address: string,
): Promise<{ measurement: Measurement; versions: Readonly<Record<string, string>> }> {
  const server = await variant.start(address);
  try {
    // A server that has just started compiles what it runs, which says nothing of the thousandth join.
    if (workload.measures === 'joining') await load(workload, variant, server);
    const result = await load(workload, variant, server);
    return { measurement: measurementOf(result, workload, variant), versions: server.versions };
  } finally {
    await server.stop();
  }
}

function load(
  { name, description, scenario }: Workload,
  variant: Variant,
  server: ServerUnderTest,
): Promise<RunResult> {
  return runLoad({
    scenario: {
      ...scenario,
      name,
      description,
      target: server.target,
      url: server.url,
      thresholds: [],
      seed: 1,
      groups: scenario.groups.map((group) => ({
        ...group,
        subscribe: { ...group.subscribe, transportCc: variant.transportCc },
      })),
    },
    url: server.url,
    generators: [1, 2].map((number) => new ForkedGenerator(`generator ${number}`)),
    access: {},
    clips: {},
    server: { processes: () => server.pids() },
    versions: server.versions,
    onSnapshot: () => undefined,
    signal: new AbortController().signal,
    runId: randomBytes(4).toString('hex'),
  });
}

function measurementOf(result: RunResult, workload: Workload, variant: Variant): Measurement {
  const value = (name: MetricName, statistic: 'p50' | 'p95' = 'p50'): number | null => {
    const metric = result.metrics[name];
    if (!metric) return null;
    if (metric.kind === 'value') return metric.value;
    return metric.values.count === 0 ? null : metric.values[statistic];
  };
  const bots = result.scenario.rooms * result.scenario.groups.reduce((sum, { count }) => sum + count, 0);
  const forwards = workload.measures !== 'joining';
  return {
    workload: workload.name,
    variant: variant.name,
    transportCc: variant.transportCc,
    valid: result.verdict === 'met',
    cpuPerPacket: forwards ? value('server.cpuPerPacket') : null,
    cpuPerJoin: forwards ? null : (cpuUntilEnd(result) * 1000) / bots,
    memoryPerParticipant: value('server.memoryPerParticipant'),
    joinMedian: value('join'),
    latencyMedian: value('audio.latency'),
    latency95: value('audio.latency', 'p95'),
    keyFrameMedian: value('video.keyframeWait'),
    audioLoss: value('audio.loss'),
    videoLoss: value('video.loss'),
    received: value('received'),
    remarks: [
      ...result.invalid,
      ...result.errors.map(({ phase, message, count }) => `${phase}: ${message} (${count})`),
    ],
  };
}

/** s of the server's CPU from the start until everybody begins to leave; the last point tells of leaving. */
function cpuUntilEnd({ series }: RunResult): number {
  return series.slice(0, -1).reduce((sum, { at, serverCpu = 0 }, index) => {
    const before = series[index - 1]?.at ?? at - 1000;
    return sum + (serverCpu * (at - before)) / 1000;
  }, 0);
}
