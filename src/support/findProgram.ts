import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of an installed program, looked for in `path` unless it is a path itself; undefined when it is not there. */
export function findProgram(name: string, path = process.env['PATH']): string | undefined {
  if (name.includes('/')) return isProgram(name) ? name : undefined;
  // Where servers are, which not every PATH has.
  const directories = [...(path ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.map((directory) => join(directory, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
