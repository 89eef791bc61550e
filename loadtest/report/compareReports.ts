import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { badRequest } from '../../src/support/errors.ts';
import { wantsColor } from '../view/createView.ts';
import type { ViewOutput } from '../view/LiveView.ts';
import { compareRuns, type NamedRun } from './compare.ts';
import { compareHtml } from './compareHtml.ts';
import { compareText } from './compareText.ts';
import { readReport } from './json.ts';
import { replaceFile } from './writeReports.ts';

export interface CompareOptions {
  /** Where the comparison is written as an HTML page, too. */
  out?: string | undefined;
  /** What the text is for: it has colours, and an end to each line, on a terminal alone. */
  output: ViewOutput;
  environment?: NodeJS.ProcessEnv;
}

/**
 * Compares two `report.json`; resolves with the text of it.
 *
 * @throws ParleyError `badRequest` when a file cannot be read or written, or is no report.
 */
export async function compareReports(
  before: string,
  after: string,
  { out, output, environment = process.env }: CompareOptions,
): Promise<string> {
  const [a, b] = namesOf(before, after);
  const comparison = compareRuns(await read(before, a), await read(after, b));
  if (out !== undefined) {
    await replaceFile(out, compareHtml(comparison)).catch((cause: unknown) => {
      throw badRequest(`cannot write ${out}: ${reasonOf(cause)}`, { cause });
    });
  }
  const width = output.isTTY === true ? output.columns : undefined;
  return compareText(comparison, {
    color: wantsColor(output, environment),
    ...(width === undefined ? {} : { width }),
  });
}

async function read(file: string, name: string): Promise<NamedRun> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw badRequest(`cannot read ${file}: ${reasonOf(cause)}`, { cause });
  });
  return { name, result: readReport(text, file) };
}

/** What tells the files apart: their names, or their folders when they are called the same. */
function namesOf(before: string, after: string): [string, string] {
  const nameOf = (file: string): string => basename(file).replace(/\.json$/, '');
  const folderOf = (file: string): string => basename(dirname(resolve(file)));
  if (nameOf(before) !== nameOf(after)) return [nameOf(before), nameOf(after)];
  const folders: [string, string] = [folderOf(before), folderOf(after)];
  return folders[0] === folders[1] ? ['before', 'after'] : folders;
}

function reasonOf(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return code ?? String(cause);
}
