import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { Finding } from '../../src/doctor/finding.ts';
import type { TestHost } from './testNetwork.ts';

/** Tests run in the project's root, with the server built. */
const main = resolve('dist/server/src/cli.js');

export interface Examination {
  status: number;
  findings: Finding[];
  /** Those that say that something is wrong. */
  wrong: Finding[];
}

export interface DoctorRun {
  env?: Record<string, string>;
  args?: readonly string[];
  /** Where it runs; this machine otherwise. */
  host?: TestHost;
  /** The words before the command, such as a limit of its resources. */
  under?: readonly string[];
}

/** Runs `parley doctor` as a process of its own, with none of the settings of whoever runs the tests. */
export async function doctor({ env = {}, args = [], host, under = [] }: DoctorRun): Promise<Examination> {
  const words = [...(host?.command ?? []), ...under, process.execPath, main, 'doctor', '--json', ...args];
  const [command = '', ...rest] = words;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
  const { status, stdout, stderr } = await new Promise<{ status: number; stdout: string; stderr: string }>(
    (done) => {
      const child = execFile(
        command,
        rest,
        { env: { ...Object.fromEntries(inherited), NODE_ENV: 'development', ...env } },
        (_, out, err) => done({ status: child.exitCode ?? -1, stdout: out, stderr: err }),
      );
    },
  );
  if (!stdout.startsWith('{')) throw new Error(`the doctor ended with ${status}: ${stdout}${stderr}`);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const wrong = findings.filter((finding) => finding.status === 'fault' || finding.status === 'warning');
  return { status, findings, wrong };
}
