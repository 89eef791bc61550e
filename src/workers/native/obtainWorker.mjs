// @ts-check
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withBuildLock } from './buildLock.mjs';
import { BuildLog } from './buildLog.mjs';
import { prepareBuildTools } from './buildTools.mjs';
import { compileWorker } from './compileWorker.mjs';
import { findProgram } from './debian/packages.mjs';
import { PrivateApt } from './debian/privateApt.mjs';
import { downloadPrebuilt } from './prebuiltWorker.mjs';
import { findMediasoup, workerIdentity } from './recipe.mjs';
import { CommandError, runCommand } from './runCommand.mjs';
import { runsHere } from './runsHere.mjs';
import { SetupError } from './setupError.mjs';
import { addToCache, defaultCacheRoot, findInCache, makeWorkDir } from './workerCache.mjs';

/**
 * @typedef {object} ObtainOptions
 * @property {string} [mediasoupDir] The installed mediasoup package.
 * @property {string} [cacheRoot] Where binaries are kept between starts.
 * @property {NodeJS.ProcessEnv} [env]
 * @property {AbortSignal} [signal] Ends the work; nothing half-made stays.
 * @property {(text: string) => void} [onProgress] What is being done, in a few words, whenever that changes. It is
 *   never called when there is nothing to do.
 */

/** How long the acceptance test may take, in ms; it watches over itself, so this is for the worst. */
const ACCEPTANCE_TIMEOUT = 30_000;

/**
 * The mediasoup worker binary of this machine, if there is one already: the one that MEDIASOUP_WORKER_BIN names, or
 * one that was obtained before. Takes some ten milliseconds.
 *
 * @param {ObtainOptions} [options]
 * @returns {Promise<string | undefined>} Its path.
 * @throws {SetupError} when MEDIASOUP_WORKER_BIN names no worker.
 */
export async function findWorker(options = {}) {
  const { mediasoupDir = findMediasoup(), env = process.env } = options;
  const { cacheRoot = defaultCacheRoot(env) } = options;
  const given = env['MEDIASOUP_WORKER_BIN'];
  if (given) {
    if (await runsHere(resolve(given))) return given;
    throw new SetupError(
      `MEDIASOUP_WORKER_BIN is "${given}", which is no mediasoup worker that runs on this machine`,
    );
  }
  return findInCache(cacheRoot, await workerIdentity(mediasoupDir));
}

/**
 * The mediasoup worker binary of this machine, obtained if need be: downloaded from mediasoup's project if that is in
 * reach, otherwise built from the source in mediasoup's npm package on Debian's libraries, which takes some minutes.
 *
 * @param {ObtainOptions} [options]
 * @returns {Promise<string>} Its path.
 * @throws {SetupError} which says what to do, when there is no way to it.
 */
export async function obtainWorker(options = {}) {
  const { mediasoupDir = findMediasoup(), env = process.env, signal, onProgress = () => {} } = options;
  const { cacheRoot = defaultCacheRoot(env) } = options;
  const find = () => findWorker({ ...options, mediasoupDir, cacheRoot });
  const found = await find();
  if (found) return found;

  await mkdir(cacheRoot, { recursive: true });
  const onWait = () => onProgress('waiting for another process that builds it');
  const obtain = async () => {
    // Whoever had the lock before may have built it.
    const meanwhile = await find();
    return meanwhile ?? makeWorker({ mediasoupDir, cacheRoot, env, signal, onProgress });
  };
  return withBuildLock(cacheRoot, obtain, { signal, onWait });
}

/**
 * @param {Required<Omit<ObtainOptions, 'signal'>> & Pick<ObtainOptions, 'signal'>} options
 * @returns {Promise<string>}
 */
async function makeWorker({ mediasoupDir, cacheRoot, env, signal, onProgress }) {
  const workDir = await makeWorkDir(cacheRoot);
  const logFile = join(cacheRoot, 'failed-build.log');
  const log = new BuildLog(join(workDir, 'build.log'));
  try {
    onProgress('looking for a prebuilt one');
    const downloaded = await downloadPrebuilt(mediasoupDir, workDir, { env, signal, log });
    if (downloaded && (await isAccepted(downloaded, mediasoupDir, { signal, log }))) {
      return await addToCache(cacheRoot, workDir, downloaded, await workerIdentity(mediasoupDir), 'prebuilt');
    }

    requireApt(env);
    onProgress('reading package lists');
    const apt = new PrivateApt(join(workDir, 'apt'), { signal, log });
    await apt.update();
    const tools = await prepareBuildTools(apt, join(workDir, 'tools'), { signal, log, onProgress });
    const binary = await compileWorker({ mediasoupDir, workDir, apt, tools, signal, log, onProgress });
    onProgress('testing it');
    if (!(await isAccepted(binary, mediasoupDir, { signal, log }))) {
      throw new SetupError('the media worker was built, but did not pass its test');
    }
    const identity = { ...(await workerIdentity(mediasoupDir)), libraries: tools.libraries };
    const path = await addToCache(cacheRoot, workDir, binary, identity, 'built');
    await rm(logFile, { force: true });
    return path;
  } catch (error) {
    signal?.throwIfAborted();
    log.write(`${String(error)}\n`);
    await rename(join(workDir, 'build.log'), logFile);
    throw asSetupError(error, logFile);
  } finally {
    log.close();
    await rm(workDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @param {NodeJS.ProcessEnv} env */
function requireApt(env) {
  if (findProgram('apt-get', env) && findProgram('dpkg-query', env)) return;
  throw new SetupError(
    'there is no prebuilt media worker in reach, and building one needs Debian or Ubuntu (apt): please set ' +
      'MEDIASOUP_WORKER_BIN to a mediasoup-worker binary',
  );
}

/**
 * @param {string} binary
 * @param {string} mediasoupDir
 * @param {{ signal?: AbortSignal, log: import('./buildLog.mjs').BuildLog }} run
 */
async function isAccepted(binary, mediasoupDir, run) {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'acceptWorker.mjs');
  try {
    await runCommand(process.execPath, [script, binary, mediasoupDir], {
      ...run,
      timeout: ACCEPTANCE_TIMEOUT,
    });
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

/**
 * @param {unknown} error
 * @param {string} logFile
 */
function asSetupError(error, logFile) {
  if (error instanceof SetupError) return new SetupError(error.message, { cause: error, logFile });
  const reason = error instanceof Error ? error.message : String(error);
  const noSpace = error instanceof CommandError && /No space left on device/i.test(error.output);
  return new SetupError(
    noSpace
      ? `no space left to build the media worker in ${dirname(logFile)}: it takes about 600 MB`
      : `the media worker could not be built: ${reason}`,
    { cause: error, logFile },
  );
}
