// @ts-check
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CommandError, runCommand } from '../../src/workers/native/runCommand.mjs';
import { SetupError } from '../../src/workers/native/setupError.mjs';

/** Kept in a build's output: the hash of what it was built from. */
const STAMP = '.built-from';

/**
 * Something that is built from sources into a directory of `dist/`.
 *
 * @typedef {object} Target
 * @property {string} name
 * @property {string} output Directory under `dist/`.
 * @property {string[]} inputs Files and directories, relative to the repository.
 * @property {(root: string, output: string, signal: AbortSignal) => Promise<void>} build Fills `output`.
 */

/** @type {Target} */
export const serverTarget = {
  name: 'server',
  output: 'server',
  inputs: ['src', 'tsconfig.base.json', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
  async build(root, output, signal) {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    await runNode([tsc, '-p', 'tsconfig.build.json', '--outDir', output, '--pretty', 'false'], root, signal);
    // Plain JavaScript and the worker's recipe, which tsc leaves where they are.
    const native = join('src', 'workers', 'native');
    cpSync(join(root, native), join(output, native), { recursive: true });
  },
};

/** @type {Target} */
export const loadtestTarget = {
  name: 'load test',
  output: 'loadtest',
  inputs: [
    'loadtest',
    'client/lib',
    'src',
    'tsconfig.base.json',
    'tsconfig.json',
    'tsconfig.loadtest.json',
    'package-lock.json',
  ],
  async build(root, output, signal) {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    await runNode(
      [tsc, '-p', 'tsconfig.loadtest.json', '--outDir', output, '--pretty', 'false'],
      root,
      signal,
    );
  },
};

/** @type {Target} */
export const clientTarget = {
  name: 'client',
  output: 'client',
  inputs: ['client', 'src/protocol', 'src/support', 'tsconfig.base.json', 'package-lock.json'],
  async build(root, output, signal) {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const config = join(root, 'client', 'vite.config.ts');
    const options = ['--config', config, '--outDir', output, '--emptyOutDir', '--logLevel', 'warn'];
    await runNode([vite, 'build', ...options], root, signal);
  },
};

/**
 * Whether `dist/` has this target as of the present sources. Takes some ten milliseconds.
 *
 * @param {string} root The repository.
 * @param {Target} target
 */
export function isBuilt(root, target) {
  try {
    return readFileSync(join(root, 'dist', target.output, STAMP), 'utf8') === hashInputs(root, target.inputs);
  } catch {
    return false;
  }
}

/**
 * Builds a target beside its old output and then puts it in that one's place, so that neither a failed nor an
 * interrupted build is ever taken for a finished one.
 *
 * @param {string} root
 * @param {Target} target
 * @param {{ signal: AbortSignal, report: (text: string) => void }} options
 */
export async function buildTarget(root, target, { signal, report }) {
  report('compiling');
  const dist = join(root, 'dist');
  const fresh = join(dist, `.new-${target.output}`);
  const old = join(dist, `.old-${target.output}`);
  const final = join(dist, target.output);
  const hash = hashInputs(root, target.inputs);
  try {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { recursive: true });
    await target.build(root, fresh, signal);
    writeFileSync(join(fresh, STAMP), hash);
    rmSync(old, { recursive: true, force: true });
    if (statSync(final, { throwIfNoEntry: false })) renameSync(final, old);
    renameSync(fresh, final);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetupError(`the ${target.name} does not build:\n${error.output.trim()}`, { cause: error });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {string} cwd
 * @param {AbortSignal} signal
 */
async function runNode(args, cwd, signal) {
  await runCommand(process.execPath, args, { cwd, signal });
}

/**
 * @param {string} root
 * @param {string[]} inputs
 */
function hashInputs(root, inputs) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((input) => listFiles(root, input))) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {string[]}
 */
function listFiles(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => listFiles(root, join(path, name)));
}
