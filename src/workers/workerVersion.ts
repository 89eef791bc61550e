import { basename, dirname } from 'node:path';
import { version as libraryVersion, workerBin, type types } from 'mediasoup';
import { unavailable } from '../support/errors.ts';

/** The one mediasoup that Parley is built and tested with; `package.json` pins it. */
export const MEDIASOUP_VERSION = '3.27.1';

/**
 * Checks, before anything is built on a worker, that library and binary belong together.
 *
 * A mediasoup worker does not know its own version: what it logs at start is the `MEDIASOUP_VERSION` that
 * the library put into its environment. So three things are checked instead:
 * - the library is `MEDIASOUP_VERSION`;
 * - the binary's folder, when it is named after a version as in Parley's cache (`3.27.1-<recipe hash>`),
 *   names the same one. A binary elsewhere (`MEDIASOUP_WORKER_BIN`) is its owner's word;
 * - the process understands the library: a request and its answer pass, and the answer holds the right pid.
 *
 * @throws ParleyError `unavailable`
 */
export async function assertWorkerVersion(worker: types.Worker): Promise<void> {
  const mismatch = versionMismatch(libraryVersion, workerBin);
  if (mismatch !== undefined) throw unavailable(mismatch);
  const { pid } = await worker.dump();
  if (pid !== worker.pid) {
    throw unavailable(
      `${workerBin} is not a mediasoup ${MEDIASOUP_VERSION} worker: it answers in another form`,
    );
  }
}

/** What is wrong with a library's version and a binary's path; `undefined` when nothing is. */
export function versionMismatch(library: string, binary: string): string | undefined {
  if (library !== MEDIASOUP_VERSION) {
    return `mediasoup ${library} is installed, ${MEDIASOUP_VERSION} is required; run npm ci`;
  }
  const named = /^(\d+\.\d+\.\d+)(-|$)/.exec(basename(dirname(binary)))?.[1];
  if (named !== undefined && named !== MEDIASOUP_VERSION) {
    return `${binary} is a mediasoup ${named} worker, ${MEDIASOUP_VERSION} is required`;
  }
  return undefined;
}
