// @ts-check
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How long a command may take to end after it was told to, in ms. */
const END_WITHIN = 2_000;

/** A command ended with a status other than 0, or could not be started. */
export class CommandError extends Error {
  /**
   * @param {string} command
   * @param {number | null} status Exit status, or null when it was not started or died of a signal.
   * @param {string} output The last part of what it printed.
   * @param {unknown} [cause]
   */
  constructor(command, status, output, cause) {
    const reason = cause instanceof Error ? cause.message : `status ${status ?? 'none'}`;
    super(`${command} failed (${reason})`, { cause });
    this.name = 'CommandError';
    this.status = status;
    this.output = output;
  }
}

/**
 * Runs a command to its end and resolves with what it printed to stdout.
 *
 * It gets a process group of its own and no stdin. When `signal` aborts, the whole group is ended before the promise
 * rejects with the signal's reason, so that nothing of it is left behind.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{
 *   cwd?: string,
 *   env?: NodeJS.ProcessEnv,
 *   signal?: AbortSignal,
 *   timeout?: number,
 *   log?: import('./buildLog.mjs').BuildLog,
 *   onLine?: (line: string) => void,
 *   finishAlone?: boolean,
 * }} [options] `timeout` in ms. `log` gets all output. `finishAlone` is for commands that must not be cut off in the
 *   middle (dpkg): on abort only the command itself is asked to stop, and if it does not it goes on without us.
 * @returns {Promise<string>}
 * @throws {CommandError} when it fails, cannot be started, or takes too long.
 */
export async function runCommand(command, args, options = {}) {
  const { cwd, env, signal, timeout, log, onLine, finishAlone = false } = options;
  signal?.throwIfAborted();
  const limit = timeout === undefined ? undefined : AbortSignal.timeout(timeout);
  const ended = AbortSignal.any([signal, limit].filter((one) => one !== undefined));

  log?.write(`$ ${[command, ...args].join(' ')}\n`);
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout = /** @type {string[]} */ ([]);
  let tail = '';
  for (const [stream, lines] of /** @type {const} */ ([
    [child.stdout, stdout],
    [child.stderr, undefined],
  ])) {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      lines?.push(line);
      tail = `${tail}${line}\n`.slice(-4_000);
      log?.write(`${line}\n`);
      onLine?.(line);
    });
  }

  /** @type {(() => void) | undefined} */
  let stop;
  try {
    const status = await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new CommandError(command, null, '', error)));
      child.once('close', resolve);
      stop = () => endProcess(child, finishAlone, () => resolve(null));
      ended.addEventListener('abort', stop, { once: true });
      if (ended.aborted) stop();
    });
    signal?.throwIfAborted();
    if (limit?.aborted) throw new CommandError(command, null, tail, new Error(`no end after ${timeout} ms`));
    if (status !== 0) throw new CommandError(command, status, tail);
    return stdout.join('\n');
  } finally {
    if (stop) ended.removeEventListener('abort', stop);
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} finishAlone
 * @param {() => void} onGivenUp Called when the process did not end in time and is left to itself.
 */
function endProcess(child, finishAlone, onGivenUp) {
  const { pid } = child;
  if (pid === undefined) return;
  signalTo(finishAlone ? pid : -pid, finishAlone ? 'SIGINT' : 'SIGTERM');
  const timer = setTimeout(() => {
    if (!finishAlone) signalTo(-pid, 'SIGKILL');
    // Killed processes end by themselves; one of another user (sudo) or one that may finish alone might not.
    setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      onGivenUp();
    }, END_WITHIN).unref();
  }, END_WITHIN);
  child.once('close', () => clearTimeout(timer));
}

/**
 * @param {number} target
 * @param {NodeJS.Signals} name
 */
function signalTo(target, name) {
  try {
    process.kill(target, name);
  } catch {
    // It has ended already, or belongs to another user (sudo), which we cannot change.
  }
}
