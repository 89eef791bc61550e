import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { addBackupCommand } from './cli/backup.ts';
import { addComposeCommand } from './cli/compose.ts';
import { addDoctorCommand } from './cli/doctor.ts';
import { addIngestCommand } from './cli/ingest.ts';
import { addTokenCommand } from './cli/token.ts';
import { ConfigError } from './config.ts';
import { EXIT } from './exitStatus.ts';
import { ParleyError } from './support/errors.ts';

/** Each command has a file of its own in `cli/`, and adds itself to the program. */
const commands: readonly ((program: Command) => void)[] = [
  addBackupCommand,
  addComposeCommand,
  addDoctorCommand,
  addIngestCommand,
  addTokenCommand,
];

const program = new Command('parley')
  .description('What a Parley server can be told from a shell; `npm start` runs the server itself.')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });
for (const add of commands) add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}

/** Says what went wrong, as far as commander has not yet. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ended : EXIT.badConfiguration;
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.problems.map((problem) => `parley: ${problem}`).join('\n')}\n`);
    return EXIT.badConfiguration;
  }
  if (!(error instanceof ParleyError)) throw error;
  process.stderr.write(`parley: ${error.message}\n`);
  return error.code === 'badRequest' ? EXIT.badConfiguration : EXIT.failed;
}
