import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { internal } from '../src/support/errors.ts';

/** Parley's own directory, looked for from here upwards, because this runs from the sources and from `dist/`. */
export const packageRoot: string = findRoot(import.meta.dirname);

/** What Parley's package.json says. */
export function packageJson(): { version: string; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as ReturnType<
    typeof packageJson
  >;
}

/** The project's version, which is the tool's too. */
export function toolVersion(): string {
  return packageJson().version;
}

function findRoot(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw internal('package.json is in no directory above this file');
  return findRoot(parent);
}
