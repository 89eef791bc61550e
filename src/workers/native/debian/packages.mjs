// @ts-check
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CommandError, runCommand } from '../runCommand.mjs';
import { SetupError } from '../setupError.mjs';

/**
 * Installed versions of Debian packages, by name; a package that is not installed is absent. Empty where there is no
 * dpkg.
 *
 * @param {readonly string[]} names
 * @returns {Promise<Map<string, string>>}
 */
export async function installedVersions(names) {
  const format = '${db:Status-Status} ${Package} ${Version}\\n';
  let output = '';
  try {
    await runCommand('dpkg-query', ['--show', `--showformat=${format}`, ...names], {
      env: { ...process.env, LC_ALL: 'C' },
      onLine: (line) => (output += `${line}\n`),
    });
  } catch (error) {
    // It fails when it does not know one of the names, and has printed the others all the same.
    if (!(error instanceof CommandError)) throw error;
  }
  const versions = new Map();
  for (const line of output.split('\n')) {
    const [status, name, version] = line.split(' ');
    if (status === 'installed' && name && version) versions.set(name, version);
  }
  return versions;
}

/**
 * Where the PATH has a program, if it has.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findProgram(name, env = process.env) {
  // Not every PATH has the sbin directories, where ip, iptables and their like are.
  const dirs = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return dirs.map((dir) => join(dir, name)).find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The command line that installs Debian packages for a person.
 *
 * @param {readonly string[]} names
 */
export function installCommand(names) {
  return `apt-get install --no-install-recommends ${names.join(' ')}`;
}

/**
 * The command which runs apt-get with the right to install, or undefined where there is none: not Debian, or neither
 * root nor sudo without a password.
 *
 * @param {AbortSignal} [signal]
 * @returns {Promise<string[] | undefined>}
 */
async function installer(signal) {
  if (!findProgram('apt-get')) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  if (!findProgram('sudo')) return undefined;
  try {
    await runCommand('sudo', ['-n', 'true'], { signal, timeout: 5_000 });
    return ['sudo', '-n', 'apt-get'];
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/**
 * Installs Debian packages, if this process may.
 *
 * @param {readonly string[]} names
 * @param {{ signal?: AbortSignal, onProgress?: (text: string) => void }} [options]
 * @returns {Promise<boolean>} Whether it may. False means that nothing was done.
 * @throws {SetupError} when apt failed.
 */
export async function installPackages(names, { signal, onProgress } = {}) {
  const command = await installer(signal);
  if (!command) return false;
  const install = ['install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...names];
  try {
    onProgress?.(`installing ${names.join(' ')}`);
    await runApt([...command, ...install], signal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // The usual cause: the package lists are missing (a fresh container) or too old to be right.
    onProgress?.('reading package lists');
    await runApt([...command, 'update'], signal).catch(ignoreCommandError);
    onProgress?.(`installing ${names.join(' ')}`);
    await runApt([...command, ...install], signal).catch((failure) => {
      if (!(failure instanceof CommandError)) throw failure;
      const reason = failure.output.split('\n').find((line) => line.startsWith('E: ')) ?? failure.message;
      throw new SetupError(
        `apt could not install packages (${reason}). Please run: ${installCommand(names)}`,
        {
          cause: failure,
        },
      );
    });
  }
  return true;
}

/** @param {unknown} error */
function ignoreCommandError(error) {
  if (!(error instanceof CommandError)) throw error;
}

/**
 * Runs apt-get so that an abort never leaves dpkg in the middle of its work: then it goes on alone, which is why its
 * output goes to a file and not to us.
 *
 * @param {readonly string[]} command
 * @param {AbortSignal} [signal]
 */
async function runApt(command, signal) {
  const dir = mkdtempSync(join(tmpdir(), 'parley-apt-'));
  const output = join(dir, 'output');
  try {
    await runCommand('sh', ['-c', 'out=$1; shift; exec "$@" >"$out" 2>&1', 'sh', output, ...command], {
      signal,
      finishAlone: true,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    });
  } catch (error) {
    if (error instanceof CommandError) error.output = readFileSync(output, 'utf8').slice(-4_000);
    throw error;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
