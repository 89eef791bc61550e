// @ts-check
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { keptTypes } from './keptTypes.mjs';

/** What can be imported of the package, and the module that it is. */
export const entryPoints = {
  '.': './client/lib/parley',
  './react': './client/react/react',
  './vue': './client/vue/vue',
};

/**
 * Makes the package of what tsc has put into `output`.
 *
 * @param {string} root The repository.
 * @param {string} output
 */
export function finishSdkPackage(root, output) {
  const packages = keepReachable(output);
  const manifest = manifestOf(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')), packages);
  writeFileSync(join(output, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(join(root, 'client', 'package.md'), join(output, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(output, 'LICENSE'));
}

/**
 * Takes away what no entry point leads to.
 *
 * @param {string} output
 * @returns {Set<string>} The packages that are imported.
 */
function keepReachable(output) {
  const entries = Object.values(entryPoints).map((module) => posix.normalize(module));
  const types = keptTypes((module) => join(output, `${module}.d.ts`), entries);
  const modules = reachable(output, entries);
  for (const entry of readdirSync(output, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = posix.join(entry.parentPath, entry.name);
    const [, module = '', isTypes] =
      /^(.+?)(?:(\.d\.ts)|\.js(?:\.map)?)$/.exec(posix.relative(output, path)) ?? [];
    const text = types.files.get(module);
    if (isTypes && text !== undefined) writeFileSync(path, text);
    else if (isTypes || !modules.files.has(module)) rmSync(path);
  }
  return new Set([...types.packages, ...modules.packages].map(packageOf));
}

/**
 * @param {string} output
 * @param {readonly string[]} entries
 * @returns {{ files: Set<string>, packages: Set<string> }} JavaScript that entry points load, and packages.
 */
function reachable(output, entries) {
  /** @type {Set<string>} */
  const files = new Set();
  /** @type {Set<string>} */
  const packages = new Set();
  /** @param {string} module */
  const visit = (module) => {
    if (files.has(module)) return;
    files.add(module);
    const { importedFiles } = ts.preProcessFile(readFileSync(join(output, `${module}.js`), 'utf8'));
    for (const { fileName } of importedFiles) {
      if (!fileName.startsWith('.')) packages.add(fileName);
      else visit(posix.join(posix.dirname(module), fileName.replace(/\.js$/, '')));
    }
  };
  entries.forEach(visit);
  return { files, packages };
}

/**
 * @param {string} specifier
 * @returns {string} Such as `@scope/name` of `@scope/name/part`.
 */
function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * @param {{ version: string, license: string, dependencies: Record<string, string> }} repository Our package.json.
 * @param {Set<string>} packages Those that the modules import.
 */
function manifestOf({ version, license, dependencies }, packages) {
  // Patches alone: minor versions of mediasoup-client have changed what its handlers do.
  const needed = [...packages]
    .filter((name) => name in dependencies)
    .sort()
    .map((name) => [name, `~${dependencies[name]}`]);
  return {
    name: '@parley/client',
    version,
    description: 'The SDK of Parley, a self-hosted conference server: rooms without a user interface.',
    license,
    type: 'module',
    sideEffects: false,
    exports: {
      ...Object.fromEntries(
        Object.entries(entryPoints).map(([name, module]) => [
          name,
          { types: `${module}.d.ts`, default: `${module}.js` },
        ]),
      ),
      './package.json': './package.json',
    },
    // For tools that do not read `exports`.
    main: `${entryPoints['.']}.js`,
    types: `${entryPoints['.']}.d.ts`,
    files: ['client', 'src'],
    dependencies: Object.fromEntries(needed),
    peerDependencies: { react: '>=18', vue: '>=3.5' },
    peerDependenciesMeta: { react: { optional: true }, vue: { optional: true } },
  };
}
