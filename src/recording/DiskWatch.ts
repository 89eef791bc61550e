import { statfs } from 'node:fs/promises';
import { unavailable } from '../support/errors.ts';

/** ms between two looks at what is free. */
const LOOKS = 2000;

/** Looks after the disk of a directory while something is written there. */
export class DiskWatch {
  readonly #directory: string;
  readonly #minFree: () => number;
  readonly #onFull: () => void;
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  /** @param options `minFree`: bytes that stay free; `onFull`: called once, when there are fewer. */
  constructor(options: { directory: string; minFree: () => number; onFull: () => void }) {
    this.#directory = options.directory;
    this.#minFree = options.minFree;
    this.#onFull = options.onFull;
    this.#timer = setInterval(() => void this.#look(), LOOKS).unref();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if ((await hasFree(this.#directory, this.#minFree())) || this.#closed) return;
    this.close();
    this.#onFull();
  }
}

/** @throws ParleyError `unavailable` when the disk of a directory has fewer bytes free. */
export async function assertFree(directory: string, bytes: number): Promise<void> {
  if (!(await hasFree(directory, bytes)))
    throw unavailable('the disk for recordings is nearly full (PARLEY_RECORDING_MIN_FREE)');
}

/** Also true where it cannot be told. */
async function hasFree(directory: string, bytes: number): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize >= bytes;
  } catch {
    return true;
  }
}
