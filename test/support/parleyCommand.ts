import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

/** Tests run in the project's root, with the server built. */
const main = resolve('dist/server/src/cli.js');

export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs `parley` with these arguments, and with none of the settings of whoever runs the tests. */
export function parleyCommand(args: string[], env: Record<string, string> = {}): Promise<CommandResult> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { env: { ...Object.fromEntries(inherited), ...env } },
      (_, stdout, stderr) => done({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
