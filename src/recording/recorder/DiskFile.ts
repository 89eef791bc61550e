import { open, type FileHandle } from 'node:fs/promises';

/** Bytes that wait for a slow disk at most. */
const MOST_WAITING = 64 * 1024 * 1024;

/** A new file that only grows. What was written is with the kernel soon after, whatever becomes of this process. */
export class DiskFile {
  readonly #opening: Promise<FileHandle>;
  readonly #onError: (error: unknown) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(path: string, onError: (error: unknown) => void) {
    this.#onError = onError;
    // Of recordings nobody else on the machine needs to know.
    this.#opening = open(path, 'wx', 0o640);
    this.#opening.catch((error: unknown) => this.#fail(error));
  }

  /** Bytes so far, those that wait included. */
  get bytes(): number {
    return this.#bytes;
  }

  write(data: Buffer): void {
    if (this.#failed) return;
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    this.#bytes += data.length;
    if (this.#waitingBytes > MOST_WAITING) this.#fail(new Error('the disk is too slow'));
    else this.#writing ??= this.#write();
  }

  /** Resolves when all is written and the file is closed. */
  async close(): Promise<void> {
    await this.#writing;
    const handle = await this.#opening.catch(() => undefined);
    await handle?.close();
  }

  async #write(): Promise<void> {
    try {
      const handle = await this.#opening;
      while (this.#waiting.length > 0 && !this.#failed) {
        const data = Buffer.concat(this.#waiting);
        this.#waiting = [];
        this.#waitingBytes = 0;
        await handle.writeFile(data);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#writing = undefined;
    }
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#waiting = [];
    this.#onError(error);
  }
}
