import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareReports } from '../../loadtest/report/compareReports.ts';
import { reportJson } from '../../loadtest/report/json.ts';
import { textWidth } from '../../loadtest/view/terminalText.ts';
import { builtLoadtest } from '../support/builtLoadtest.ts';
import { sampleRun } from './support/sampleRun.ts';

interface Ended {
  status: number;
  out: string;
  err: string;
}

let folder: string;
const file = (...path: string[]): string => join(folder, ...path);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'compare-'));
  for (const [run, nacks] of [
    ['monday', 0.001],
    ['friday', 0.002],
  ] as const) {
    mkdirSync(file(run));
    const { metrics } = sampleRun();
    const result = sampleRun({
      metrics: { ...metrics, nacks: { kind: 'value', unit: 'share', value: nacks } },
    });
    writeFileSync(file(run, 'report.json'), reportJson(result));
  }
  writeFileSync(file('notes.json'), '{"format":1}');
  writeFileSync(file('later.json'), '{"format":2}');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the built tool, so that its exit status is that of the process. */
function compare(...args: string[]): Promise<Ended> {
  const main = join(builtLoadtest, 'loadtest/main.js');
  return new Promise((resolve) =>
    execFile(process.execPath, [main, 'compare', ...args], (error, out, err) =>
      resolve({ status: Number(error?.code ?? 0), out, err }),
    ),
  );
}

describe('the command compare', () => {
  it('prints a table without colours where there is no terminal, and names runs by their folders', async () => {
    const { status, out, err } = await compare(file('monday', 'report.json'), file('friday', 'report.json'));
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).not.toContain('\x1b');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^ +monday +friday +b\/a$/);
    expect(lines.find((line) => line.startsWith('nacks '))).toMatch(
      /^nacks +0\.10? ?% +0\.20? ?% +×2\.00 +✗ worse$/,
    );
  });

  it('has colours and fits on a terminal', async () => {
    const output = { isTTY: true, columns: 60, write: () => true };
    const text = await compareReports(file('monday', 'report.json'), file('friday', 'report.json'), {
      output,
    });
    expect(text).toContain('\x1b[1mmonday');
    expect(Math.max(...text.split('\n').map(textWidth))).toBe(60);
  });

  it('writes a page, too', async () => {
    mkdirSync(file('out'));
    const page = file('out', 'both.html');
    const { status } = await compare(
      file('monday', 'report.json'),
      file('friday', 'report.json'),
      '--out',
      page,
    );
    expect(status).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain('<h1>friday against monday</h1>');
    expect(readdirSync(file('out'))).toEqual(['both.html']);
  });

  it.each([
    ['notes.json', 'notes.json is not a complete load test report: tool: '],
    ['later.json', 'later.json is a load test report of format 2; this version reads format 1'],
    ['monday', 'monday: EISDIR'],
    ['none.json', 'there is no file '],
  ])('says what is wrong with %s, with status 2', async (wrong, message) => {
    const { status, out, err } = await compare(file('monday', 'report.json'), file(wrong));
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(message);
  });

  it('says where a page cannot be written, with status 2', async () => {
    const report = file('monday', 'report.json');
    const { status, err } = await compare(report, report, '--out', file('nowhere', 'both.html'));
    expect(status).toBe(2);
    expect(err).toMatch(/cannot write .*both\.html: ENOENT/);
  });
});
