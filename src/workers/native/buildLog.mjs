// @ts-check
import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * A log file that has all that was written to it at any moment, also when the process is interrupted.
 */
export class BuildLog {
  /** @type {number | undefined} */
  #file;

  /** @param {string} path */
  constructor(path) {
    this.#file = openSync(path, 'w');
  }

  /** @param {string} text */
  write(text) {
    // Output of a command that is being ended may come in after the log was closed.
    if (this.#file !== undefined) writeSync(this.#file, text);
  }

  close() {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
