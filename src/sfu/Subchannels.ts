import { limitExceeded } from '../support/errors.ts';

/** Hands out the numbers by which peers are addressed on the room's data streams (0 to 65535). */
export class Subchannels {
  readonly #used = new Set<number>();
  #next = 0;

  /** The next free number; a returned one is used again as late as possible. */
  take(): number {
    if (this.#used.size > 0xffff) throw limitExceeded('no data subchannel is left');
    while (this.#used.has(this.#next)) this.#next = (this.#next + 1) & 0xffff;
    const taken = this.#next;
    this.#used.add(taken);
    this.#next = (taken + 1) & 0xffff;
    return taken;
  }

  give(subchannel: number): void {
    this.#used.delete(subchannel);
  }
}
