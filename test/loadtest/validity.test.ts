import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exitStatusOf } from '../../loadtest/exitStatus.ts';
import type { ProcessHealth } from '../../loadtest/results/runResult.ts';
import { invalidBecause } from '../../loadtest/results/validity.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { run, scenarioOf, startServer } from './support/loadRun.ts';

const health = (changes: Partial<ProcessHealth> = {}): ProcessHealth => ({
  name: 'generator 1',
  host: 'here',
  pid: 1,
  bots: 2,
  cpu: 0.5,
  cpuPerReceived: 10,
  cpuPerSent: 10,
  loop: 0.5,
  delay: 20,
  socketDrops: 0,
  ...changes,
});

describe('a run', () => {
  it('is valid when no process was overloaded', () => {
    const limit = health({ loop: 0.85, delay: 400, socketDrops: 5 });
    expect(invalidBecause([limit, health()], 10_000)).toEqual([]);
    expect(invalidBecause([], 0)).toEqual([]);
  });

  it('is invalid when a process was busy all the time', () => {
    expect(invalidBecause([health(), health({ name: 'generator 2', loop: 0.9 })], 1000)).toEqual([
      'generator 2 was busy 90% of the time (at most 85%)',
    ]);
  });

  it('is invalid when a process stood still', () => {
    expect(invalidBecause([health({ delay: 401 })], 1000)).toEqual([
      'generator 1 stood still for 401 ms (at most 400 ms)',
    ]);
  });

  it('is invalid when packets were dropped at its sockets, of all processes together', () => {
    const dropping = health({ socketDrops: 3 });
    expect(invalidBecause([dropping, dropping], 10_000)).toEqual([
      expect.stringMatching(/^6 packets reached this machine and were dropped before the tool took them/),
    ]);
    expect(invalidBecause([health({ socketDrops: 1 })], 0)).toHaveLength(1);
  });

  it('names each reason', () => {
    expect(invalidBecause([health({ loop: 1, delay: 1000, socketDrops: 50 })], 1000)).toHaveLength(3);
  });

  describe('against a real server', () => {
    let server: ServerUnderTest;
    beforeAll(async () => (server = await startServer()), 60_000);
    afterAll(() => server.stop());

    /** Does something to the second of two generators once the load is on. */
    async function disturb(runId: string, act: (pid: number) => void): ReturnType<typeof run> {
      let victim = 0;
      let since: number | undefined;
      return run(scenarioOf({ duration: 5000 }), server.url, {
        runId,
        processes: 2,
        onGenerators: (generators) => (victim = generators[1]!.pid),
        onSnapshot: ({ phase, running }) => {
          if (phase !== 'running' || running < 1500 || since !== undefined) return;
          since = running;
          act(victim);
        },
      });
    }

    it('is invalid when a generator stood still for a second, was killed, or never ends', async () => {
      const [stood, killed, stopped] = await Promise.all([
        disturb('stood', (pid) => {
          process.kill(pid, 'SIGSTOP');
          setTimeout(() => process.kill(pid, 'SIGCONT'), 1000);
        }),
        disturb('killed', (pid) => process.kill(pid, 'SIGKILL')),
        disturb('stopped', (pid) => process.kill(pid, 'SIGSTOP')),
      ]);
      for (const result of [stood, killed, stopped]) {
        expect(result.verdict).toBe('invalid');
        expect(exitStatusOf(result)).toBe(3);
      }
      expect(stood.invalid.join()).toMatch(/generator 2 stood still for/);
      expect(killed.invalid).toContain('a generator failed: generator 2 ended with SIGKILL');
      expect(stopped.invalid.join()).toMatch(/generator 2 did not end within/);
    }, 60_000);

    it('is invalid, and over, when a generator is killed while bots join', async () => {
      let victim: number | undefined;
      const phases = new Set<string>();
      // The last of them would come after two minutes.
      const slow = { rate: 0.05, concurrency: 1, order: 'participants' } as const;
      const result = await run({ ...scenarioOf({ duration: 5000 }), ramp: slow }, server.url, {
        runId: 'early',
        processes: 2,
        onGenerators: (generators) => (victim = generators[1]!.pid),
        onSnapshot: ({ phase, latest }) => {
          phases.add(phase);
          if (phase !== 'joining' || !latest || victim === undefined) return;
          process.kill(victim, 'SIGKILL');
          victim = undefined;
        },
      });
      expect(result.verdict).toBe('invalid');
      expect(result.invalid).toContain('a generator failed: generator 2 ended with SIGKILL');
      expect(phases).not.toContain('running');
    }, 60_000);
  });
});
