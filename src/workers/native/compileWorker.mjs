// @ts-check
import { cpSync, readFileSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { buildLibsrtp } from './libsrtp.mjs';
import { mesonOptions } from './recipe/options.mjs';
import { recipeDir } from './recipeHash.mjs';
import { runCommand } from './runCommand.mjs';

/** What one compiler process needs at most, in bytes. */
const MEMORY_PER_JOB = 700 * 1024 * 1024;

/**
 * Compiles mediasoup's worker from the source in its npm package, on the distribution's libraries. Nothing is
 * downloaded but the source of libsrtp, through apt; mediasoup's own directory is left as it is.
 *
 * @param {object} options
 * @param {string} options.mediasoupDir
 * @param {string} options.workDir Everything happens in here.
 * @param {import('./debian/privateApt.mjs').PrivateApt} options.apt
 * @param {{ env: NodeJS.ProcessEnv, meson: string[] }} options.tools
 * @param {AbortSignal} [options.signal]
 * @param {import('./buildLog.mjs').BuildLog} options.log
 * @param {(text: string) => void} options.onProgress
 * @returns {Promise<string>} The path of the binary.
 */
export async function compileWorker({ mediasoupDir, workDir, apt, tools, signal, log, onProgress }) {
  const source = join(workDir, 'worker');
  const output = join(workDir, 'out');
  const run = { signal, log, env: { ...tools.env, LC_ALL: 'C' } };

  cpSync(join(mediasoupDir, 'worker'), source, { recursive: true });
  cpSync(join(recipeDir, 'subprojects'), join(source, 'subprojects'), { recursive: true });
  cpSync(join(recipeDir, 'pch'), join(source, 'pch'), { recursive: true });
  await runCommand('patch', ['-p1', '--fuzz=0', '-i', join(recipeDir, 'worker.patch')], {
    ...run,
    cwd: source,
  });

  onProgress('building libsrtp');
  const wrapper = join(source, 'subprojects', srtpDirectory(source));
  const srtpVersion = await buildLibsrtp(apt, join(workDir, 'libsrtp'), wrapper, run);
  log.write(`libsrtp2 ${srtpVersion}\n`);

  onProgress('configuring');
  const [meson = 'meson', ...mesonArgs] = tools.meson;
  await runCommand(meson, [...mesonArgs, 'setup', ...mesonOptions, output, source], run);

  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / MEMORY_PER_JOB)));
  await runCommand('ninja', ['-C', output, '-j', String(jobs), 'mediasoup-worker'], {
    ...run,
    env: { ...run.env, NINJA_STATUS: '[%f/%t] ' },
    onLine: (line) => {
      const done = /^\[(\d+\/\d+)\]/.exec(line)?.[1];
      if (done) onProgress(`compiling ${done}`);
    },
  });

  const binary = join(output, 'mediasoup-worker');
  await runCommand('strip', [binary], run);
  return binary;
}

/**
 * The directory where this version of the worker looks for libsrtp. The recipe has to have a wrapper of that name,
 * and Meson would start a download if it had not, so better look first.
 *
 * @param {string} source
 */
function srtpDirectory(source) {
  const wrap = readFileSync(join(source, 'subprojects', 'libsrtp3.wrap'), 'utf8');
  const directory = /^directory\s*=\s*(\S+)$/m.exec(wrap)?.[1];
  if (!directory) throw new Error('no directory in libsrtp3.wrap');
  return directory;
}
