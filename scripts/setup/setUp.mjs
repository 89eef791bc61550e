// @ts-check
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withBuildLock } from '../../src/workers/native/buildLock.mjs';
import { obtainWorker } from '../../src/workers/native/obtainWorker.mjs';
import { SetupError } from '../../src/workers/native/setupError.mjs';
import { buildTarget, clientTarget, isBuilt, loadtestTarget, serverTarget } from './build.mjs';
import { areDependenciesInstalled, installDependencies } from './dependencies.mjs';
import { Progress } from './progress.mjs';
import { sdkTarget } from './sdkTarget.mjs';

/** The repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Signals that end the set-up. */
const END_SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * What can be set up, in this order.
 *
 * @typedef {'dependencies' | 'worker' | 'server' | 'client' | 'sdk' | 'loadtest'} Part
 */
export const allParts = /** @type {const} */ ([
  'dependencies',
  'worker',
  'server',
  'client',
  'sdk',
  'loadtest',
]);

/**
 * Sets up what is not yet, and returns at once when all is. Sets MEDIASOUP_WORKER_BIN in this process's environment
 * when the worker is among the parts.
 *
 * On a signal, and on a failure (which it prints), it ends this process, and leaves nothing half-made.
 *
 * @param {readonly Part[]} parts
 * @param {(step: StepContext) => Promise<void>} [more] Further set-up of the caller's own.
 * @param {NodeJS.WriteStream} [output] Where it says what it does.
 */
export async function setUp(parts, more, output = process.stdout) {
  const abort = new AbortController();
  /** @type {NodeJS.Signals | undefined} */
  let ended;
  /** @param {NodeJS.Signals} name */
  const end = (name) => {
    ended ??= name;
    abort.abort(new Error(`ended by ${name}`));
  };
  for (const name of END_SIGNALS) process.on(name, end);

  try {
    const context = { progress: new Progress('Parley set-up', output), signal: abort.signal };
    for (const part of allParts) {
      if (parts.includes(part)) await steps[part](context);
    }
    await more?.(context);
  } catch (error) {
    if (!ended) fail(error);
  } finally {
    // From here on, signals are for whatever runs next.
    for (const name of END_SIGNALS) process.removeListener(name, end);
  }
  if (ended) await dieOf(ended);
}

/**
 * Ends this process by a signal whose default action is in force again, so that whoever started it sees why it ended.
 *
 * @param {NodeJS.Signals} name
 * @returns {Promise<never>}
 */
function dieOf(name) {
  process.kill(process.pid, name);
  return new Promise(() => setTimeout(() => process.exit(1), 1_000));
}

/**
 * @typedef {object} StepContext
 * @property {Progress} progress
 * @property {AbortSignal} signal
 */

/** @type {Record<Part, (context: StepContext) => Promise<void>>} */
const steps = {
  dependencies: (context) =>
    once(context, 'dependencies', () => areDependenciesInstalled(root), installDependencies),
  worker: ({ progress, signal }) =>
    progress.step('media worker', async (report) => {
      process.env['MEDIASOUP_WORKER_BIN'] = await obtainWorker({ signal, onProgress: report });
    }),
  server: (context) =>
    once(
      context,
      'server',
      () => isBuilt(root, serverTarget),
      (_, o) => buildTarget(root, serverTarget, o),
    ),
  client: (context) =>
    once(
      context,
      'client',
      () => isBuilt(root, clientTarget),
      (_, o) => buildTarget(root, clientTarget, o),
    ),
  sdk: (context) =>
    once(
      context,
      'SDK package',
      () => isBuilt(root, sdkTarget),
      (_, o) => buildTarget(root, sdkTarget, o),
    ),
  loadtest: (context) =>
    once(
      context,
      'load test',
      () => isBuilt(root, loadtestTarget),
      (_, o) => buildTarget(root, loadtestTarget, o),
    ),
};

/**
 * A step that changes the clone: done when it is not done yet, by one process at a time.
 *
 * @param {StepContext} context
 * @param {string} name
 * @param {() => boolean} isDone
 * @param {(root: string, options: { signal: AbortSignal, report: (text: string) => void }) => Promise<void>} action
 */
async function once({ progress, signal }, name, isDone, action) {
  if (isDone()) return;
  await progress.step(name, (report) =>
    withBuildLock(
      root,
      async () => {
        if (!isDone()) await action(root, { signal, report });
      },
      { signal, onWait: () => report('waiting for another set-up of this clone') },
    ),
  );
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function fail(error) {
  if (error instanceof SetupError) {
    console.error(`\nParley set-up failed: ${error.message}`);
    if (error.logFile) console.error(`The full output is in ${error.logFile}`);
  } else {
    console.error(error);
  }
  process.exit(1);
}
