/** A failure of the set-up that its reader can act on: the message says what to do. */
export class SetupError extends Error {
  constructor(message: string, options?: { cause?: unknown; logFile?: string });
  readonly logFile: string | undefined;
}
