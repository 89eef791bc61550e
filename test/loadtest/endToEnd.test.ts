import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { RunResult } from '../../loadtest/results/runResult.ts';
import { processTree } from '../../loadtest/servers/processUsage.ts';
import { isRunning, until } from '../support/processes.ts';

const directory = mkdtempSync(join(tmpdir(), 'parley-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SMALL = ['--participants', '2', '--video', 'vp8:180p15x1', '--no-live'];

interface Ended {
  status: number | null;
  out: string;
  err: string;
  /** Every process that was seen to be the tool's. */
  pids: Set<number>;
}

/** The command line as somebody types it; `onSay` hears stderr. */
async function loadtest(
  args: string[],
  onSay: (text: string, pid: number) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [resolve('scripts/loadtest.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const ended: Ended = { status: null, out: '', err: '', pids: new Set() };
  child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    ended.err += chunk.toString();
    for (const pid of processTree(child.pid!)) ended.pids.add(pid);
    onSay(ended.err, child.pid!);
  });
  [ended.status] = (await once(child, 'close')) as [number | null];
  return ended;
}

describe('the command line', () => {
  it('runs, writes its reports and ends with 0 when all thresholds are met', async () => {
    const out = join(directory, 'met');
    const thresholds = ['join.failed<=0%', 'audio.loss<=0%', 'video.loss<=0%', 'samples.bad<=0', 'errors<=0'];
    const {
      status,
      out: stdout,
      pids,
    } = await loadtest([
      '--start',
      ...SMALL,
      ...['--duration', '3s', '--out', out, '--json'],
      ...thresholds.flatMap((threshold) => ['--threshold', threshold]),
    ]);
    const result = JSON.parse(stdout) as RunResult;
    expect([result.verdict, result.invalid, result.errors]).toEqual(['met', [], []]);
    expect(status).toBe(0);
    expect(result.thresholds.map(({ expression }) => expression)).toEqual(expect.arrayContaining(thresholds));
    expect(readdirSync(out).sort()).toEqual(['junit.xml', 'report.html', 'report.json']);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toMatchObject({ verdict: 'met' });
    expect(result.metrics['received']).toMatchObject({ value: expect.any(Number) });
    // The tool, the server, its worker and a generator at least; and none of them is left.
    expect(pids.size).toBeGreaterThan(3);
    await until('all of them ended', () => [...pids].every((pid) => !isRunning(pid)));
  }, 90_000);

  it('ends with 99 when a threshold is broken', async () => {
    const { status, out } = await loadtest([
      '--start',
      ...SMALL,
      '--duration',
      '2s',
      '--threshold',
      'latency.p50<1us',
    ]);
    expect(out).toMatch(/^FAILED/);
    expect(status).toBe(99);
  }, 90_000);

  it('ends with 2 when it is used wrongly', async () => {
    const { status, out, err } = await loadtest(['--start', '--participants', 'many']);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/--participants/);
  }, 90_000);

  it('ends with 3 when there is no server', async () => {
    const { status, out } = await loadtest(['--url', 'http://127.0.0.1:9', ...SMALL]);
    expect(status).toBe(3);
    expect(out).toMatch(/connect/);
  }, 90_000);

  it('writes its report on Ctrl-C, ends with 130, and leaves no process behind', async () => {
    const out = join(directory, 'interrupted');
    let interrupted = false;
    const { status, pids } = await loadtest(
      ['--start', ...SMALL, '--duration', '10m', '--out', out],
      (text, pid) => {
        if (interrupted || !/running/.test(text)) return;
        interrupted = true;
        process.kill(pid, 'SIGINT');
      },
    );
    expect(status).toBe(130);
    expect(readdirSync(out).sort()).toEqual(['junit.xml', 'report.html', 'report.json']);
    expect(pids.size).toBeGreaterThan(3);
    await until('all of them ended', () => [...pids].every((pid) => !isRunning(pid)));
  }, 90_000);
});
