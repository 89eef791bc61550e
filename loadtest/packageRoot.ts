import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { notFound } from '../src/support/errors.ts';

/** The project's root, looked for from here upwards, because this runs from the sources and from `dist/`. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw notFound('package.json is missing');
    folder = above;
  }
  return folder;
}

/** The project's version, which is the tool's too. */
export function toolVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
