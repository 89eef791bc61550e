import process from 'node:process';
import { ParleyError } from '../src/support/errors.ts';
import { runCli } from './cli.ts';
import { exitStatusOfError } from './exitStatus.ts';
import { createCommands } from './run/commands.ts';

try {
  process.exitCode = await runCli(process.argv.slice(2), {
    commands: createCommands(),
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  });
} catch (error) {
  if (!(error instanceof ParleyError)) throw error;
  // It could not begin: nothing is known of the server.
  process.stderr.write(`parley-loadtest: ${error.message}\n`);
  process.exitCode = exitStatusOfError(error);
}
