import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { copyStore } from '../store/lmdbFile.ts';
import { badRequest, unavailable } from '../support/errors.ts';
import { readServerConfig, withConfigOption } from './serverConfig.ts';

/** `parley backup`: a copy of what survives a restart, as it is at one moment, while the server goes on. */
export function addBackupCommand(program: Command): void {
  withConfigOption(program.command('backup'))
    .description('copy what a server keeps over a restart, also while it runs')
    .argument('<target>', 'file that is not there yet, or a directory')
    .action(async (target: string, options: { config?: string }) => {
      process.stdout.write(`${await backup(target, options.config)}\n`);
    });
}

/** Returns the file. */
async function backup(target: string, configFile: string | undefined): Promise<string> {
  const { dataDir, redisUrl } = readServerConfig(configFile, () => ({ apiKey: '', apiSecret: '' }));
  if (redisUrl !== undefined) {
    throw badRequest(
      'this server keeps its state in Redis: back that up by its own means (BGSAVE, or its append-only file)',
    );
  }
  const file = fileFor(resolve(target));
  const partial = `${file}.${randomBytes(4).toString('hex')}.partial`;
  try {
    await copyStore(dataDir, partial);
    chmodSync(partial, 0o600);
    sync(partial);
    place(partial, file);
    sync(dirname(file));
  } finally {
    rmSync(partial, { force: true });
  }
  return file;
}

function fileFor(target: string): string {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw badRequest(`${target} is there already`);
  if (found) return join(target, `parley-${new Date().toISOString().replace(/[:.]/g, '-')}.mdb`);
  try {
    mkdirSync(dirname(target), { recursive: true });
  } catch (error) {
    throw unavailable(`${dirname(target)} cannot be made (${(error as NodeJS.ErrnoException).code ?? ''})`);
  }
  return target;
}

/** A link takes no other file's place, as a renamed file would. */
function place(partial: string, file: string): void {
  try {
    linkSync(partial, file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw badRequest(`${file} is there already`);
    throw unavailable(`${file} cannot be written (${code})`);
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
