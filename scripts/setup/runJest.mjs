// @ts-check
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SUMMARY_FILE } from './jestSummary.mjs';

/** How long Jest may go on after the last test, in ms, before we take it that a test left something open. */
const LINGER_LIMIT = 20_000;

/** Arguments with which Jest does not run tests once and end, so there is nothing to count. */
const OTHER_MODES = [
  '--help',
  '-h',
  '--version',
  '-v',
  '--listTests',
  '--showConfig',
  '--clearCache',
  '--init',
];
const WATCH_MODES = ['--watch', '--watchAll'];

/**
 * Runs Jest, and prints as the last line how many tests passed, failed and were skipped.
 *
 * @param {string} root The repository.
 * @param {string[]} args Arguments for Jest.
 * @returns {Promise<number>} The exit status: 0 only if at least one test ran, all passed, and nothing was left open.
 */
export async function runJest(root, args) {
  const dir = mkdtempSync(join(tmpdir(), 'parley-test-'));
  const file = join(dir, 'summary.json');
  const watches = args.some((arg) => WATCH_MODES.includes(arg));
  try {
    const reporter = fileURLToPath(new URL('./jestSummary.mjs', import.meta.url));
    const reporters = [
      '--reporters',
      reporter,
      ...(args.some(isReporters) ? [] : ['--reporters', 'default']),
    ];
    // Jest takes `--x a b` as two values, so ours come last and cannot swallow a path.
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const flags = ['--experimental-vm-modules', '--no-warnings'];
    const { status, lingered } = await runToEnd(root, [...flags, jest, ...args, ...reporters], file, watches);
    if (watches || args.some((arg) => OTHER_MODES.includes(arg))) return status;

    const { passed, failed, skipped } = readSummary(file) ?? { passed: 0, failed: 0, skipped: 0 };
    if (lingered) {
      console.log(
        '\nJest did not end by itself: a test left something open. Find it with --detectOpenHandles.',
      );
    }
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    return status === 0 && !lingered && failed === 0 && passed > 0 ? 0 : status || 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @param {string} arg */
function isReporters(arg) {
  return arg === '--reporters' || arg.startsWith('--reporters=');
}

/**
 * @param {string} root
 * @param {string[]} args
 * @param {string} summaryFile
 * @param {boolean} watches
 * @returns {Promise<{ status: number, lingered: boolean }>}
 */
async function runToEnd(root, args, summaryFile, watches) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, [SUMMARY_FILE]: summaryFile },
  });
  let lingered = false;
  /** @type {number | undefined} */
  let finishedAt;
  const timer = setInterval(() => {
    // A system clock that is set on meanwhile must not look like a test that lingers.
    const now = performance.now();
    if (finishedAt === undefined && readSummary(summaryFile)) finishedAt = now;
    if (watches || finishedAt === undefined || now - finishedAt < LINGER_LIMIT) return;
    lingered = true;
    child.kill('SIGKILL');
  }, 500);
  // On a terminal Ctrl-C reaches Jest too; a signal sent to us alone has to be handed on. Either way Jest ends first.
  const forward = /** @param {NodeJS.Signals} name */ (name) => void child.kill(name);
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(name, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => resolve({ status: status ?? 1, lingered }));
    });
  } finally {
    clearInterval(timer);
    for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.removeListener(name, forward);
  }
}

/**
 * @param {string} file
 * @returns {import('./jestSummary.mjs').Summary | undefined}
 */
function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
