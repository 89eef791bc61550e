// @ts-check
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { identityName } from './recipe.mjs';
import { runsHere } from './runsHere.mjs';

/** @typedef {import('./recipe.mjs').WorkerIdentity} WorkerIdentity */

/** The binary's name, and that of the note beside it which says what it was made of. */
const BINARY = 'mediasoup-worker';
const NOTE = 'made-of.json';

/** What the names of half-made directories begin with; the id of the process that makes it follows. */
const UNFINISHED = '.building-';

/** Other builds that are kept: another clone may be at an older version. Each has about 8 MB. */
const KEEP_OTHERS = 4;

/** Where binaries are kept between starts and shared by all clones of one user. */
export function defaultCacheRoot(env = process.env) {
  const base = env['PARLEY_CACHE_DIR'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'parley');
  return join(base, 'worker');
}

/**
 * The binary for this identity, if the cache has one that is whole and runs on this machine.
 *
 * @param {string} root
 * @param {WorkerIdentity} identity
 * @returns {Promise<string | undefined>} Its path.
 */
export async function findInCache(root, identity) {
  for (const entry of await candidates(root, identity)) {
    const binary = join(root, entry, BINARY);
    const note = await readNote(join(root, entry));
    if (note && (await hashFile(binary)) === note.sha256 && (await runsHere(binary))) return binary;
    // Damaged, or from a machine with another C library: of no use to anyone here.
    await rm(join(root, entry), { recursive: true, force: true });
  }
  return undefined;
}

/**
 * @param {string} root
 * @param {WorkerIdentity} identity
 * @returns {Promise<string[]>} Names of entries that fit, best first.
 */
async function candidates(root, identity) {
  const entries = await list(root);
  const fitting = identity.libraries
    ? [identityName(identity)]
    : await builtWithoutInstalling(root, entries, identity);
  return [...fitting, prebuiltName(identity)].filter((entry) => entries.includes(entry));
}

/**
 * Where the libraries are not installed (a build without root keeps them to itself, a slim container has dropped
 * them), a binary counts as current as long as the machine's shared OpenSSL is the one of its time.
 *
 * @param {string} root
 * @param {string[]} entries
 * @param {WorkerIdentity} identity
 */
async function builtWithoutInstalling(root, entries, identity) {
  const fitting = [];
  for (const entry of entries) {
    const { madeOf, at = 0 } = (await readNote(join(root, entry))) ?? {};
    if (
      madeOf?.libraries &&
      madeOf.mediasoup === identity.mediasoup &&
      madeOf.arch === identity.arch &&
      madeOf.recipe === identity.recipe &&
      madeOf.openssl === identity.openssl
    ) {
      fitting.push({ entry, at });
    }
  }
  return fitting.sort((a, b) => b.at - a.at).map(({ entry }) => entry);
}

/** @param {WorkerIdentity} identity */
function prebuiltName({ mediasoup, arch }) {
  return `${mediasoup}-prebuilt-${process.platform}-${arch}`;
}

/**
 * Puts a finished binary into the cache, in one step: others see all of it or nothing.
 *
 * @param {string} root
 * @param {string} dir A directory from `makeWorkDir`, in which `file` is; only its name is taken away.
 * @param {string} file The binary.
 * @param {WorkerIdentity} identity
 * @param {'built' | 'prebuilt'} origin
 * @returns {Promise<string>} Its path in the cache.
 */
export async function addToCache(root, dir, file, identity, origin) {
  const name = origin === 'built' ? identityName(identity) : prebuiltName(identity);
  const ready = join(dir, 'ready');
  await mkdir(ready);
  await rename(file, join(ready, BINARY));
  await chmod(join(ready, BINARY), 0o755);
  const madeOf = origin === 'built' ? identity : { ...identity, libraries: undefined };
  const note = { origin, at: Date.now(), sha256: await hashFile(join(ready, BINARY)), madeOf };
  await writeFile(join(ready, NOTE), `${JSON.stringify(note, null, 2)}\n`);
  const target = join(root, name);
  await rm(target, { recursive: true, force: true });
  await rename(ready, target);
  await forgetOldest(root, name);
  return join(target, BINARY);
}

/**
 * A private directory to work in, on the cache's own file system. What builds that were killed have left is removed.
 *
 * @param {string} root
 */
export async function makeWorkDir(root) {
  await mkdir(root, { recursive: true });
  for (const entry of await list(root)) {
    if (entry.startsWith(UNFINISHED) && !isAlive(Number.parseInt(entry.slice(UNFINISHED.length), 10))) {
      await rm(join(root, entry), { recursive: true, force: true });
    }
  }
  return mkdtemp(join(root, `${UNFINISHED}${process.pid}-`));
}

/**
 * @param {string} root
 * @param {string} current
 */
async function forgetOldest(root, current) {
  const others = [];
  for (const entry of await list(root)) {
    const note = entry === current ? undefined : await readNote(join(root, entry));
    if (note) others.push({ entry, at: note.at });
  }
  others.sort((a, b) => b.at - a.at);
  for (const { entry } of others.slice(KEEP_OTHERS)) {
    await rm(join(root, entry), { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @returns {Promise<string[]>}
 */
async function list(root) {
  return readdir(root).catch(() => []);
}

/**
 * @param {string} dir
 * @returns {Promise<{ origin: string, at: number, sha256: string, madeOf: WorkerIdentity } | undefined>}
 */
async function readNote(dir) {
  try {
    return JSON.parse(await readFile(join(dir, NOTE), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} file */
async function hashFile(file) {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
