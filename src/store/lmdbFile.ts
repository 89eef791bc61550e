import { accessSync, closeSync, constants, mkdirSync, openSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { invalidState, unavailable } from '../support/errors.ts';

export const STORE_FILE = 'parley.mdb';

/** In the first page, after its header (`mdb_magic` of LMDB's mdb.c). */
const MAGIC = { at: 24, value: 0xbeefc0de };

/**
 * Copies the state in a directory to a file as it is at one moment, also while a server uses it.
 *
 * @throws ParleyError `unavailable` when there is none, or the file cannot be written; `invalidState` when it is damaged.
 */
export async function copyStore(directory: string, file: string): Promise<void> {
  const root = openFile(resolve(directory), true);
  try {
    await root.backup(file, true);
  } catch (error) {
    throw unavailable(`the copy cannot be written to ${file}: ${(error as Error).message}`);
  } finally {
    await root.close();
  }
}

/** @throws ParleyError `unavailable` when it is not to be had. */
export function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw unavailable(
      `the directory ${directory} cannot be used (${code}): give the server one that it may write to (PARLEY_DATA_DIR)`,
    );
  }
}

/** @throws ParleyError `unavailable` when it cannot be opened, `invalidState` when it is damaged. */
export function openFile(directory: string, readOnly: boolean): RootDatabase<string, string> {
  const path = join(directory, STORE_FILE);
  assertUndamaged(path, readOnly);
  try {
    return open<string, string>(path, {
      encoding: 'string',
      maxDbs: 8,
      noSubdir: true,
      readOnly,
      // What was answered to be done is on disk.
      overlappingSync: false,
    });
  } catch (error) {
    throw unavailable(`${path} cannot be opened: ${(error as Error).message}`);
  }
}

/** LMDB takes the process with it when it opens a file that is something else. */
function assertUndamaged(path: string, mustExist: boolean): void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !mustExist) return;
    throw unavailable(`${path} cannot be read (${code ?? ''})`);
  }
  try {
    const page = Buffer.alloc(MAGIC.at + 4);
    const length = readSync(file, page, 0, page.length, 0);
    if (length === 0 && !mustExist) return;
    if (length < page.length || page.readUInt32LE(MAGIC.at) !== MAGIC.value) {
      throw invalidState(`${path} is damaged, or something else; restore a backup`);
    }
  } finally {
    closeSync(file);
  }
}
