type Closing = () => unknown;

/** What was opened so far, to be closed the other way round: what was opened last comes first. */
export class Opened {
  readonly #closings: Closing[] = [];

  /** Takes a part in, with how it is closed; returns the part. */
  add<T>(part: T, close: (part: T) => unknown): T {
    this.#closings.push(() => close(part));
    return part;
  }

  /**
   * Closes all parts, each when the one before is closed, and the others as well when one cannot be. Idempotent.
   *
   * @throws AggregateError of what went wrong.
   */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.#closings.pop(); close; close = this.#closings.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'not everything could be closed');
  }
}
