import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';
import type { RunResult } from '../../../loadtest/results/runResult.ts';
import { ForkedGenerator } from '../../../loadtest/run/GeneratorLink.ts';
import { runLoad, type RunLoadOptions } from '../../../loadtest/run/runLoad.ts';
import type { Scenario } from '../../../loadtest/scenario/scenario.ts';
import type { ServerUnderTest } from '../../../loadtest/servers/ServerUnderTest.ts';
import { startParley } from '../../../loadtest/servers/startParley.ts';
import { obtainWorker } from '../../../src/workers/native/obtainWorker.mjs';
import { groupOf } from './groupOf.ts';

export { groupOf };

/** A real Parley with one worker that forgets quickly who is gone. */
export async function startServer(env: Record<string, string> = {}): Promise<ServerUnderTest> {
  process.env['MEDIASOUP_WORKER_BIN'] ??= await obtainWorker({});
  return startParley({
    workers: 1,
    env: { PARLEY_GRACE_PERIOD: '5000', PARLEY_EMPTY_ROOM_GRACE: '0', ...env },
  });
}

/** What `/readyz` says of its rooms. */
export async function presence(url: string): Promise<{ rooms: number; peers: number }> {
  const { rooms, peers } = (await (await fetch(`${url}/readyz`)).json()) as { rooms: number; peers: number };
  return { rooms, peers };
}

export function scenarioOf(changes: Partial<Scenario> = {}): Scenario {
  return {
    name: 'test',
    description: '',
    target: 'parley',
    url: null,
    rooms: 1,
    groups: [groupOf()],
    ramp: { concurrency: 8, order: 'rooms' },
    duration: 3000,
    thresholds: [],
    incidents: [],
    seed: 1,
    ...changes,
  };
}

/** Runs a scenario with generators in processes of their own, which `onGenerators` gets to know. */
export async function run(
  scenario: Scenario,
  url: string,
  options: Partial<Omit<RunLoadOptions, 'generators'>> & {
    processes?: number;
    onGenerators?: (generators: ForkedGenerator[]) => void;
  } = {},
): Promise<RunResult> {
  const { processes = 1, onGenerators, ...changes } = options;
  const generators = Array.from({ length: processes }, (_, i) => new ForkedGenerator(`generator ${i + 1}`));
  onGenerators?.(generators);
  return runLoad({
    scenario,
    url,
    generators,
    access: {},
    clips: {},
    server: null,
    versions: {},
    onSnapshot: () => undefined,
    signal: new AbortController().signal,
    runId: 'test',
    ...changes,
  });
}

/** A server's processes, as `runLoad` wants them. */
export function watched(server: ServerUnderTest): NonNullable<RunLoadOptions['server']> {
  return { processes: () => server.pids(), killWorker: () => server.killWorker!() };
}

/** Errors as `phase code count`. */
export const errorsOf = ({ errors }: RunResult): string[] =>
  errors.map(({ phase, code, count }) => `${phase} ${code} ${count}`);

/** Local UDP ports of a process. */
export function udpPortsOf(pid: number): number[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  const sockets = readFileSync(`/proc/${pid}/net/udp`, 'utf8').trim().split('\n').slice(1);
  return sockets.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return inodes.has(fields[9] ?? '') ? parseInt(fields[1]!.split(':')[1]!, 16) : [];
  });
}
