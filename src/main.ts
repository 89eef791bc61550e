import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { banner } from './banner.ts';
import { ConfigError, loadConfig, type Config } from './config.ts';
import { diagnoseAtStart } from './doctor/checks.ts';
import { EXIT } from './exitStatus.ts';
import { ProcessEnd } from './ProcessEnd.ts';
import { ParleyServer } from './server.ts';
import { secretsOf } from './secretsOf.ts';
import { helpText } from './settingTexts.ts';
import { ParleyError } from './support/errors.ts';
import { createLogger } from './support/logger.ts';
import { setListenerErrorHandler } from './support/TypedEmitter.ts';

/** The project's root, seen from `dist/server/src/`. */
const root = join(import.meta.dirname, '..', '..', '..');

async function main(): Promise<void> {
  const invocation = loadConfig({
    argv: process.argv.slice(2),
    env: process.env,
    makeCredentials: () => ({
      apiKey: `dev${randomBytes(6).toString('hex')}`,
      apiSecret: randomBytes(32).toString('base64url'),
    }),
  });
  if (invocation.show === undefined) await run(invocation.config);
  else process.stdout.write(invocation.show === 'help' ? helpText() : `${version()}\n`);
}

async function run(config: Config): Promise<void> {
  const logger = createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  setListenerErrorHandler((error, event) => logger.error({ error, event }, 'a listener threw'));
  const staticDir = join(root, 'dist', 'client');
  const end = new ProcessEnd(() => ParleyServer.start({ config, staticDir, logger }), logger);
  try {
    const server = await end.starting;
    if (end.begun) return;
    process.stdout.write(banner(server, config));
    for (const { check, text, mend } of diagnoseAtStart(config)) {
      logger.warn({ check, mend }, text);
    }
  } catch (error) {
    // Ctrl-C reaches the workers as well, so a start that is to end may fail.
    if (!end.begun) throw error;
  }
}

function version(): string {
  const { version: value } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return value;
}

// Whoever reads the output may stop, as `| head -1` does; the server goes on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT.badConfiguration : EXIT.failed);
}

/** One line for what a person can mend, the stack for what only we can. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return ['Parley cannot start:', ...error.problems.map((problem) => `  - ${problem}`)].join('\n');
  }
  if (error instanceof ParleyError) return `Parley cannot start: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
