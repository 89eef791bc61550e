import process from 'node:process';
import type { Command } from 'commander';
import { loadConfig, type Config, type ConfigSources } from '../config.ts';
import { badRequest } from '../support/errors.ts';

/** Adds the option that says where the server's settings are, for commands that need them. */
export function withConfigOption(command: Command): Command {
  return command.option('--config <file>', 'the server’s settings, YAML or JSON; besides PARLEY_* variables');
}

/** What a server in development makes up for itself alone. */
type Credentials = ReturnType<ConfigSources['makeCredentials']>;

/**
 * The server's settings, as the server itself reads them.
 *
 * @param makeCredentials For a command that needs no key; by default it is one that does.
 * @throws ConfigError with every problem at once; ParleyError `badRequest` when they have no key, which a server in
 * development makes up for itself alone.
 */
export function readServerConfig(
  file: string | undefined,
  makeCredentials: () => Credentials = askForKey,
): Config {
  const invocation = loadConfig({
    argv: file === undefined ? [] : ['--config', file],
    env: process.env,
    makeCredentials,
  });
  // Only flags ask for something else, and none were given.
  if (invocation.show !== undefined) throw badRequest('there is no configuration');
  return invocation.config;
}

function askForKey(): never {
  throw badRequest('set PARLEY_API_KEY and PARLEY_API_SECRET to those of the server');
}
