// @ts-check
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import { CommandError, runCommand } from './runCommand.mjs';
import { runsHere } from './runsHere.mjs';

/** How long the download may take in all, in ms: where its host is out of reach, the build should not wait for it. */
const DOWNLOAD_TIMEOUT = 8_000;

/**
 * Downloads the worker that mediasoup's project has built for this platform, as mediasoup's own install script does,
 * but once and briefly. Honours the script's variables MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL and
 * MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD.
 *
 * @param {string} mediasoupDir
 * @param {string} workDir
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal, log?: import('./buildLog.mjs').BuildLog }} [options]
 * @returns {Promise<string | undefined>} The path of a binary that runs here, or undefined.
 */
export async function downloadPrebuilt(mediasoupDir, workDir, { env = process.env, signal, log } = {}) {
  if (env['MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD']) return undefined;
  const limit = AbortSignal.timeout(DOWNLOAD_TIMEOUT);
  const archive = join(workDir, 'prebuilt.tgz');
  try {
    const url = prebuiltUrl(mediasoupDir, env);
    log?.write(`GET ${url}\n`);
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, limit]) : limit });
    if (!response.ok) throw new Error(`status ${response.status}`);
    await writeFile(archive, Buffer.from(await response.arrayBuffer()));
    await runCommand('tar', ['-xzf', archive, 'mediasoup-worker'], { cwd: workDir, signal, log });
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
    log?.write(`no prebuilt worker: ${String(error)} ${cause}\n`);
    if (error instanceof CommandError) log?.write(error.output);
    return undefined;
  }
  const binary = join(workDir, 'mediasoup-worker');
  return (await runsHere(binary)) ? binary : undefined;
}

/**
 * @param {string} mediasoupDir
 * @param {NodeJS.ProcessEnv} env
 */
function prebuiltUrl(mediasoupDir, env) {
  // As `npm-scripts.mjs` of mediasoup makes it.
  const { version, repository } = JSON.parse(readFileSync(join(mediasoupDir, 'package.json'), 'utf8'));
  const project = String(repository.url)
    .replace(/^git\+/, '')
    .replace(/\.git$/, '');
  const base = env['MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL'] || `${project}/releases/download`;
  const kernel = platform() === 'linux' ? `-kernel${release().split('.')[0]}` : '';
  return `${base}/${version}/mediasoup-worker-${version}-${platform()}-${arch()}${kernel}.tgz`;
}
