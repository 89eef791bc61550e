import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { banner } from './banner.ts';
import { ConfigError, loadConfig, type Config } from './config.ts';
import { ParleyServer } from './server.ts';
import { helpText } from './settingTexts.ts';
import { ParleyError } from './support/errors.ts';
import { createLogger } from './support/logger.ts';
import { setListenerErrorHandler } from './support/TypedEmitter.ts';

/** ms after which a shutdown that hangs is cut short. */
const SHUTDOWN_DEADLINE = 4000;

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
  const logger = createLogger({ level: config.logLevel });
  setListenerErrorHandler((error, event) => logger.error({ error, event }, 'a listener threw'));
  const lifecycle = { ending: false };
  const end = (signal: NodeJS.Signals): void => {
    // A second Ctrl-C must not leave workers behind; the deadline holds for both.
    if (lifecycle.ending) return;
    lifecycle.ending = true;
    logger.info({ signal }, 'shutting down');
    setTimeout(() => process.exit(0), SHUTDOWN_DEADLINE).unref();
    closeOnce(starting).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error }, 'shutting down failed');
        process.exit(1);
      },
    );
  };
  // Before anything is started, so that a signal meanwhile leaves nothing of it.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  const starting = ParleyServer.start({ config, staticDir: join(root, 'dist', 'client'), logger });
  try {
    const server = await starting;
    if (!lifecycle.ending) process.stdout.write(banner(server, config));
  } catch (error) {
    // Ctrl-C reaches the workers as well, so a start that is to end may fail.
    if (!lifecycle.ending) throw error;
  }
}

/** Closes a server that may still be starting, or may never start. */
async function closeOnce(starting: Promise<ParleyServer>): Promise<void> {
  let server: ParleyServer;
  try {
    server = await starting;
  } catch {
    return;
  }
  await server.close();
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
  process.exit(error instanceof ConfigError ? 2 : 1);
}

/** One line for what a person can mend, the stack for what only we can. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return ['Parley cannot start:', ...error.problems.map((problem) => `  - ${problem}`)].join('\n');
  }
  if (error instanceof ParleyError) return `Parley cannot start: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
