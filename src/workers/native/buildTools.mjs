// @ts-check
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findProgram, installCommand, installPackages, installedVersions } from './debian/packages.mjs';
import { linkedLibraries, pickLibraries } from './recipe.mjs';
import { runCommand } from './runCommand.mjs';
import { SetupError } from './setupError.mjs';

/** Programs that the build runs, and the Debian packages which have them. */
const PROGRAMS = {
  'g++': 'g++',
  make: 'make',
  patch: 'patch',
  'pkg-config': 'pkg-config',
  meson: 'meson',
  ninja: 'ninja-build',
  flatc: 'flatbuffers-compiler',
  xz: 'xz-utils',
};

/** Those of them that cannot just be unpacked somewhere and run (the compiler brings a whole tree of packages). */
const NEED_INSTALLING = ['g++', 'python3'];

/**
 * The compiler, tools and libraries for the build, installed if this process may, otherwise unpacked for this build
 * alone into `privateDir`.
 *
 * @param {import('./debian/privateApt.mjs').PrivateApt} apt Its lists are there.
 * @param {string} privateDir
 * @param {{ signal?: AbortSignal, log?: import('./buildLog.mjs').BuildLog, onProgress?: (text: string) => void }} options
 * @returns {Promise<{ env: NodeJS.ProcessEnv, meson: string[], libraries: Record<string, string> }>} The environment
 *   to build in, the command that runs Meson, and the versions of the libraries.
 * @throws {SetupError} which names the packages that somebody has to install.
 */
export async function prepareBuildTools(apt, privateDir, { signal, log, onProgress }) {
  const missing = await missingPackages();
  if (missing.length === 0 || (await installPackages(missing, { signal, onProgress }))) {
    const libraries = pickLibraries(await installedVersions(linkedLibraries));
    if (!libraries) throw new SetupError(`please run: ${installCommand(missing)}`);
    return { env: process.env, meson: ['meson'], libraries };
  }

  const needed = NEED_INSTALLING.filter((name) => !findProgram(name));
  if (needed.length > 0) {
    throw new SetupError(
      `building the media worker needs ${needed.join(' and ')}; please run: sudo ${installCommand(missing)}` +
        ' (or set MEDIASOUP_WORKER_BIN to a mediasoup-worker binary)',
    );
  }
  onProgress?.('downloading libraries');
  return unpackTools(apt, privateDir, missing, { signal, log });
}

/** @returns {Promise<string[]>} Names of the Debian packages that the build needs and the machine lacks. */
async function missingPackages() {
  const installed = await installedVersions(linkedLibraries);
  return [
    ...Object.entries(PROGRAMS).flatMap(([program, name]) => (findProgram(program) ? [] : [name])),
    ...linkedLibraries.filter((name) => !installed.has(name)),
  ];
}

/**
 * @param {import('./debian/privateApt.mjs').PrivateApt} apt
 * @param {string} root
 * @param {string[]} missing
 * @param {{ signal?: AbortSignal, log?: import('./buildLog.mjs').BuildLog }} run
 */
async function unpackTools(apt, root, missing, run) {
  mkdirSync(root, { recursive: true });
  // All libraries come from one place, or pkg-config would look for the installed ones under our root.
  const names = [...new Set([...missing, ...linkedLibraries, ...(await apt.missing(missing))])];
  const libraries = pickLibraries(await apt.unpack(names, root));
  if (!libraries) throw new Error(`not among the unpacked packages: ${linkedLibraries.join(', ')}`);

  const usr = join(root, 'usr');
  const triplet = (await runCommand('g++', ['-print-multiarch'], run)).trim();
  const libraryDir = join(usr, 'lib', triplet);
  const env = {
    ...process.env,
    PATH: [join(usr, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
    LD_LIBRARY_PATH: libraryDir,
    // The compiler looks into /usr/include/<triplet> by itself, so pkg-config does not mention it.
    CPATH: join(usr, 'include', triplet),
    PYTHONPATH: join(usr, 'lib', 'python3', 'dist-packages'),
    PKG_CONFIG_LIBDIR: [join(libraryDir, 'pkgconfig'), join(usr, 'share', 'pkgconfig')].join(delimiter),
    PKG_CONFIG_SYSROOT_DIR: root,
  };
  // Meson is Python; its script finds its modules by PYTHONPATH wherever it is unpacked.
  const unpacked = join(usr, 'bin', 'meson');
  return { env, meson: existsSync(unpacked) ? ['python3', unpacked] : ['meson'], libraries };
}
