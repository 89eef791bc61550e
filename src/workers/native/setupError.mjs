// @ts-check

/**
 * A failure of the set-up that its reader can act on: the message says what to do, so nobody needs a stack trace.
 */
export class SetupError extends Error {
  /**
   * @param {string} message What is wrong and what to do about it.
   * @param {{ cause?: unknown, logFile?: string }} [options] `logFile` holds the full output, where there is one.
   */
  constructor(message, { cause, logFile } = {}) {
    super(message, { cause });
    this.name = 'SetupError';
    this.logFile = logFile;
  }
}
