import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A file of the project. @param path From the project's root. */
export const projectFile = (path: string): string =>
  readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');

/** The rows of all tables on a page (Markdown), as trimmed cells. */
export function tableRows(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
