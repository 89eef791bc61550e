import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { internal, timeout, unavailable } from '../support/errors.ts';

/** Characters of what a program says that are kept: its last words. */
const LAST_WORDS = 2000;
/** Of what it prints. */
const MOST_OUTPUT = 4 * 1024 * 1024;
/** After whatever calls need; with 15, where cores are busy, it did not keep up with a clip in real time. */
const NICENESS = 5;

export interface ProgramOptions {
  /** ms after which it is killed. */
  deadline: number;
  signal?: AbortSignal;
  /** Told what it is started as. */
  onStart?: (child: ChildProcess) => void;
}

/** Before every input: no network, no devices, no playlists that name other files, and nothing to ask. */
export const FFMPEG_QUIET = ['-nostdin', '-hide_banner', '-v', 'error'] as const;
export const FILES_ONLY = ['-protocol_whitelist', 'file,pipe'] as const;

/** Times that something is tried whose ffmpeg was killed, perhaps by somebody who needs its memory. */
const ATTEMPTS = 3;

/**
 * Runs ffmpeg or ffprobe to its end, without a shell and with a low priority; resolves with what it printed, the last 4 MB.
 *
 * @throws ParleyError `unavailable` when it is not installed or somebody killed it, `timeout` after the deadline, `internal`
 * with its last words when it fails.
 */
export async function runProgram(
  program: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
  options: ProgramOptions,
): Promise<string> {
  return outputOf(program, await run(program, args, options));
}

/** The same for what can be done anew: when somebody kills it, it is tried again. */
export async function runPersistently(
  program: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
  options: ProgramOptions,
): Promise<string> {
  let result = await run(program, args, options);
  for (let attempt = 2; 'killedBy' in result && attempt <= ATTEMPTS && !options.signal?.aborted; attempt++)
    result = await run(program, args, options);
  return outputOf(program, result);
}

type Result = { output: string } | { killedBy: string };

function outputOf(program: string, result: Result): string {
  if ('killedBy' in result) throw unavailable(`${program} was killed (${result.killedBy})`);
  return result.output;
}

async function run(
  program: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
  { deadline, signal, onStart }: ProgramOptions,
): Promise<Result> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of the server's settings concerns it.
    env: { PATH: process.env['PATH'] },
  });
  let output = '';
  let words = '';
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-MOST_OUTPUT)));
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-LAST_WORDS)));
  if (child.pid !== undefined) {
    try {
      setPriority(child.pid, NICENESS);
    } catch {
      // It has ended already, or may not be slowed down.
    }
    onStart?.(child);
  }
  const lateAt = performance.now() + deadline;
  const kill = (): void => void child.kill('SIGKILL');
  const timer = setTimeout(kill, deadline);
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) kill();
  try {
    const ended = await new Promise<string>((resolve, reject) => {
      child.once('error', (error) => {
        const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
        reject(isMissing ? notInstalled(error) : internal(`${program} does not start`, { cause: error }));
      });
      child.once('close', (code, by) => resolve(by ?? `status ${code ?? 0}`));
    });
    if (ended === 'SIGKILL' && performance.now() >= lateAt)
      throw timeout(`${program} took longer than ${deadline / 1000} s`);
    if (ended.startsWith('SIG')) return { killedBy: ended };
    if (ended !== 'status 0') throw internal(`${program} ended with ${ended}: ${words.trim()}`);
    return { output };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}

const notInstalled = (cause?: unknown) =>
  unavailable('ffmpeg is needed for this and was not found; it is in the Debian package ffmpeg', { cause });

/** @throws ParleyError `unavailable` when there is no ffmpeg, or no ffprobe. */
export async function assertFfmpeg(): Promise<void> {
  for (const program of ['ffmpeg', 'ffprobe'] as const) {
    await runProgram(program, ['-version'], { deadline: 10_000 });
  }
}
