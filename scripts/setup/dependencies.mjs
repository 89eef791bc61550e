// @ts-check
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CommandError, runCommand } from '../../src/workers/native/runCommand.mjs';
import { SetupError } from '../../src/workers/native/setupError.mjs';

/** Says what node_modules was installed from. While an install is going on it says something else. */
const STAMP = join('node_modules', '.parley-stamp');
const INSTALLING = 'installing\n';

/**
 * Whether node_modules is what package-lock.json asks for, on this version of Node.
 *
 * @param {string} root The repository.
 */
export function areDependenciesInstalled(root) {
  const wanted = stampFor(root);
  const stamp = readText(join(root, STAMP));
  if (stamp === wanted) return true;
  // Somebody may have run npm by hand. If that gave what we would install, for the same Node, it is good.
  const sameNode = stamp === undefined || stamp.endsWith(` ${nodeIdentity()}\n`);
  if (!sameNode || !isTreeComplete(root)) return false;
  writeFileSync(join(root, STAMP), wanted);
  return true;
}

/**
 * Installs the packages of package-lock.json, without their install scripts: mediasoup's would try to obtain its
 * worker, which is a step of our own (see `src/workers/native`), and no other package needs its script.
 *
 * It is `npm install` and not `npm ci` because the latter refuses a lock file that lacks an optional package for some
 * other platform, which a lock file made against a partial mirror of the registry does. What `npm ci` would check
 * besides is checked here.
 *
 * @param {string} root
 * @param {{ signal: AbortSignal, report: (text: string) => void }} options
 */
export async function installDependencies(root, { signal, report }) {
  report('installing packages');
  requireMatchingLock(root);
  // What an interrupted install has left is not worth mending.
  if (readText(join(root, STAMP)) === INSTALLING)
    rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, STAMP), INSTALLING);
  // Development packages are asked for in so many words, because the build needs them even where NODE_ENV says
  // production; errors only, because some packages declare a newer Node than they need.
  const args = ['install', '--no-save', '--ignore-scripts', '--include=dev', '--engine-strict=false'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  const [program = 'npm', ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  try {
    await runCommand(program, [...first, ...args, ...quiet], { cwd: root, signal });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetupError(`the packages could not be installed:\n${error.output.trim() || error.message}`, {
      cause: error,
    });
  }
  writeFileSync(join(root, STAMP), stampFor(root));
}

/**
 * @param {string} root
 * @throws {SetupError} when package.json asks for something else than what package-lock.json was made for.
 */
function requireMatchingLock(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages[''];
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    if (isDeepStrictEqual(manifest[group] ?? {}, locked[group] ?? {})) continue;
    throw new SetupError(
      `package.json and package-lock.json differ in their ${group}; please run: npm install --ignore-scripts`,
    );
  }
}

/** @param {string} root */
function stampFor(root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return `${lock} ${nodeIdentity()}\n`;
}

function nodeIdentity() {
  return `node-${process.versions.modules}-${process.platform}-${process.arch}`;
}

/**
 * Compares what npm says it has installed (its hidden lock file, written at the end of an install) with
 * package-lock.json.
 *
 * @param {string} root
 */
function isTreeComplete(root) {
  const hidden = readText(join(root, 'node_modules', '.package-lock.json'));
  if (hidden === undefined) return false;
  const installed = JSON.parse(hidden).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return true;
    const there = installed[path];
    return there ? there.version === version : Boolean(optional || devOptional || peer);
  });
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
