// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { installedVersions } from './debian/packages.mjs';
import { hashRecipe } from './recipeHash.mjs';

/** Debian packages of the libraries that become part of the binary: a newer one (a security fix) asks for a rebuild. */
export const linkedLibraries = ['libabsl-dev', 'libflatbuffers-dev', 'libssl-dev', 'libuv1-dev'];

/** The shared OpenSSL, on every machine: it tells of a security fix where its -dev package is not installed. */
const sharedOpenssl = ['libssl3', 'libssl3t64'];

/**
 * What a worker binary is made of.
 *
 * @typedef {object} WorkerIdentity
 * @property {string} mediasoup Version of the mediasoup package.
 * @property {string} arch CPU architecture, as Node names it.
 * @property {string} recipe Hash of the recipe's files.
 * @property {string} openssl Version of the machine's shared OpenSSL package; empty where there is none.
 * @property {Record<string, string> | undefined} libraries Versions of the linked libraries by package name; undefined
 *   when not all are installed.
 */

/**
 * The directory of the installed mediasoup package.
 *
 * @param {string | URL} [from] The module on whose behalf it is looked up.
 */
export function findMediasoup(from = import.meta.url) {
  // Its package.json is not among its exports, so find it from the main file: <package>/node/lib/index.js.
  return join(dirname(createRequire(from).resolve('mediasoup')), '..', '..');
}

/**
 * What a worker built here and now would be made of. Takes one dpkg-query call.
 *
 * @param {string} mediasoupDir
 * @returns {Promise<WorkerIdentity>}
 */
export async function workerIdentity(mediasoupDir) {
  const { version } = JSON.parse(readFileSync(join(mediasoupDir, 'package.json'), 'utf8'));
  const installed = await installedVersions([...linkedLibraries, ...sharedOpenssl]);
  return {
    mediasoup: version,
    arch: process.arch,
    recipe: hashRecipe(),
    openssl: sharedOpenssl.map((name) => installed.get(name) ?? '').join(''),
    libraries: pickLibraries(installed),
  };
}

/**
 * @param {ReadonlyMap<string, string>} versions
 * @returns {Record<string, string> | undefined} undefined when one of the linked libraries is not among them.
 */
export function pickLibraries(versions) {
  if (!linkedLibraries.every((name) => versions.has(name))) return undefined;
  return Object.fromEntries(linkedLibraries.map((name) => [name, versions.get(name) ?? '']));
}

/**
 * The name under which the cache keeps a binary built from these.
 *
 * @param {WorkerIdentity} identity
 */
export function identityName({ mediasoup, arch, recipe, libraries }) {
  const hash = createHash('sha256').update(JSON.stringify([mediasoup, arch, recipe, libraries]));
  return `${mediasoup}-${hash.digest('hex').slice(0, 16)}`;
}
