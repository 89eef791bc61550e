import { Command, CommanderError, Option } from 'commander';
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { badRequest, ParleyError } from '../src/support/errors.ts';
import { systemNames, type Names } from './cli/localHost.ts';
import { resolveRun } from './cli/resolveRun.ts';
import { readHostPort, runFlags, type RunFlag } from './cli/runFlags.ts';
import type { AgentOptions, LimitPlan, RunOptions } from './cli/runOptions.ts';
import { metricsList, scenariosList } from './cli/tables.ts';
import { exitStatus } from './exitStatus.ts';
import { didYouMean } from './nearest.ts';
import { toolVersion } from './packageRoot.ts';
import { builtinText } from './scenario/builtins.ts';

/** What the command line starts; each answers with the exit status. */
export interface Commands {
  run(options: RunOptions): Promise<number>;
  findLimit(options: RunOptions, plan: LimitPlan): Promise<number>;
  /** Two files `report.json`; `out` is where a page is written. */
  compare(before: string, after: string, out: string | undefined): Promise<number>;
  agent(options: AgentOptions): Promise<number>;
}

/** What surrounds the command line; tests bring their own. */
export interface CliContext {
  commands: Commands;
  env: NodeJS.ProcessEnv;
  stdout: (text: string) => void;
  stderr: (text: string) => void;
  names?: Names;
}

const NAME = 'parley-loadtest';

/** Letters that a key has at least, because whoever knows it can have the agent's machine load others. */
const MIN_KEY = 16;

const EXAMPLES = `
Examples:
  ${NAME} --start                                           a conference of four, on a server of its own
  ${NAME} --url http://localhost:3000 --viewers 100         a webinar
  ${NAME} --start --scenario chaos --out report              kills workers, writes a report
  ${NAME} --start --find-limit --from 4 --to 64             how many fit into a room

Exit status: 0 all thresholds met, 99 one broken, 2 wrong usage, 3 the run says nothing of the server, 130 Ctrl-C.
`;

/**
 * Runs a command line (without node and script) and answers with the exit status.
 *
 * Wrong usage is told on stderr and is status 2; what a command throws is thrown on.
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  let chosen: (() => Promise<number>) | undefined;
  try {
    const program = build(context, (command) => (chosen = command));
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitStatus.met;
    const usage = error instanceof CommanderError ? commanderMessage(error) : usageMessage(error);
    if (usage === undefined) throw error;
    context.stderr(`${NAME}: ${usage}\nSee ${NAME} --help.\n`);
    return exitStatus.usage;
  }
  return chosen === undefined ? exitStatus.met : chosen();
}

/** `choose` is told what to do, so that errors of doing it are not mistaken for those of usage. */
function build(
  { commands, env, stdout, names = systemNames }: CliContext,
  choose: (command: () => Promise<number>) => void,
): Command {
  const program = new Command(NAME)
    .description('Loads a conference server with WebRTC participants and holds it against thresholds.')
    .exitOverride()
    .configureOutput({ writeOut: stdout, writeErr: () => undefined })
    .version(toolVersion())
    .addHelpText('after', EXAMPLES)
    // Otherwise a run's --out would take that of compare.
    .enablePositionalOptions()
    .allowExcessArguments(true);
  for (const { flags, description, repeatable } of Object.values<RunFlag>(runFlags)) {
    const option = new Option(flags, description);
    if (repeatable) option.argParser(several);
    program.addOption(option);
  }
  program.action(async () => {
    const [operand] = program.args;
    if (operand !== undefined) {
      const known = program.commands.map((command) => command.name());
      throw badRequest(`there is no command ${operand}${didYouMean(operand, known)}`);
    }
    const options = await resolveRun(program.opts(), env, names);
    const { findLimit } = options;
    choose(() => (findLimit ? commands.findLimit(options, findLimit) : commands.run(options)));
  });

  program
    .command('compare <before> <after>')
    .description('hold two report.json against each other')
    .option('--out <FILE>', 'write the comparison as an HTML page, too')
    .allowExcessArguments(false)
    .action((before: string, after: string, { out }: { out?: string }) => {
      const missing = [before, after].find((file) => !existsSync(file));
      if (missing !== undefined) throw badRequest(`there is no file ${missing}`);
      choose(() => commands.compare(before, after, out));
    });

  program
    .command('agent')
    .description('be a generator for a run that another machine steers (--agents)')
    .requiredOption(
      '--listen <[HOST:]PORT>',
      'address and TCP port (0: a free one); without HOST all addresses',
    )
    .option('--key <SECRET>', 'what the other side must know; better in LOADTEST_AGENTS_KEY')
    .option(
      '--allow <HOST>',
      'may be loaded although it is not private (may be given more than once)',
      several,
    )
    .allowExcessArguments(false)
    .action((options: { listen: string; key?: string; allow?: string[] }) => {
      const address = readHostPort(options.listen, 0);
      if (!address) throw badRequest(`--listen: must be a port, or host:port`);
      const key = options.key ?? env['LOADTEST_AGENTS_KEY'] ?? '';
      if (key.length < MIN_KEY) {
        throw badRequest(`--key: must have ${MIN_KEY} letters or more (or LOADTEST_AGENTS_KEY)`);
      }
      const { allow = [] } = options;
      const wrong = allow.find((host) => !isHost(host));
      if (wrong !== undefined) throw badRequest(`--allow: "${wrong}" is no host name and no address`);
      choose(() => commands.agent({ ...address, key, allow }));
    });

  const scenarios = program
    .command('scenarios')
    .description('list the built-in scenarios')
    .allowExcessArguments(false)
    .action(() => stdout(scenariosList()));
  scenarios
    .command('show <name>')
    .description('print one as YAML, to start your own from')
    .action((name: string) => stdout(builtinText(name)));

  program
    .command('metrics')
    .description('list what is measured and can have a threshold')
    .allowExcessArguments(false)
    .action(() => stdout(metricsList()));
  return program;
}

/** Collects what is given more than once. */
function several(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Whether it names one host, without port and scheme. */
function isHost(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, '')) !== 0 || /^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*\.?$/u.test(host);
}

/** Commander's own words, on one line. */
function commanderMessage({ message }: CommanderError): string {
  return message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

/** undefined: it is none of the user's making. */
function usageMessage(error: unknown): string | undefined {
  if (!(error instanceof ParleyError) || !['badRequest', 'notFound'].includes(error.code)) return undefined;
  return [error.message, ...(error.details ?? []).map((detail) => `  ${detail}`)].join('\n');
}
