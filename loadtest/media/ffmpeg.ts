import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { internal, unavailable } from '../../src/support/errors.ts';

const execute = promisify(execFile);

/**
 * Runs ffmpeg and waits for its end.
 *
 * @returns what it printed on stdout.
 * @throws ParleyError `unavailable` when there is no ffmpeg, `internal` when it failed, with its last words.
 */
export async function runFfmpeg(args: readonly string[], signal?: AbortSignal): Promise<string> {
  try {
    const command = ['-hide_banner', '-nostdin', '-v', 'error', '-y', ...args];
    const { stdout } = await execute('ffmpeg', command, {
      signal,
      env: process.env,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: unknown };
    if (code === 'ENOENT') {
      throw unavailable(
        'ffmpeg is needed once to make what the bots send, and was not found: apt-get install ffmpeg',
        { cause: error },
      );
    }
    if (signal?.aborted) throw error;
    const words = typeof stderr === 'string' && stderr !== '' ? stderr.trim() : String(error);
    throw internal(`ffmpeg failed: ${words.slice(-1000)}`, { cause: error });
  }
}

/** Whether this ffmpeg's VP8 encoder makes temporal layers (since 4.4). */
export async function hasTemporalLayers(signal?: AbortSignal): Promise<boolean> {
  return (await runFfmpeg(['-h', 'encoder=libvpx'], signal)).includes('ts-parameters');
}
