import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../results/runResult.ts';
import { reportHtml } from './html.ts';
import { reportJson } from './json.ts';
import { junitXml } from './junit.ts';

/** Paths of what was written. */
export interface ReportFiles {
  html: string;
  json: string;
  junit: string;
}

/**
 * Writes `report.html`, `report.json` and `junit.xml` into a directory, which is made if need be. A file that is there
 * is replaced at once: nobody reads half of one. Rejects with the error of the file system.
 */
export async function writeReports(result: RunResult, directory: string): Promise<ReportFiles> {
  await mkdir(directory, { recursive: true });
  // The JSON first: all the others can be made from it.
  return {
    json: await replaceFile(join(directory, 'report.json'), reportJson(result)),
    html: await replaceFile(join(directory, 'report.html'), reportHtml(result)),
    junit: await replaceFile(join(directory, 'junit.xml'), junitXml(result)),
  };
}

/** Writes beside the file and renames, which is atomic within a directory (POSIX rename). Resolves to the path. */
export async function replaceFile(path: string, text: string): Promise<string> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return path;
}
