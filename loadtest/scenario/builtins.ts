import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { notFound } from '../../src/support/errors.ts';
import { didYouMean } from '../nearest.ts';
import { packageRoot } from '../packageRoot.ts';

const folder = (): string => join(packageRoot, 'loadtest', 'scenarios');

/** Scenarios that come with the tool, by name. */
export function builtinNames(): string[] {
  return readdirSync(folder())
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/**
 * The YAML of a scenario that comes with the tool.
 *
 * @throws ParleyError `notFound`.
 */
export function builtinText(name: string): string {
  const names = builtinNames();
  if (!names.includes(name)) throw notFound(`there is no scenario ${name}${didYouMean(name, names)}`);
  return readFileSync(join(folder(), `${name}.yaml`), 'utf8');
}
