import { ParleyError } from '../../src/support/errors.ts';
import type { ConnectOptions } from './publicTypes.ts';

/** ms that a token has to be good for, or another one is asked for. */
const SHORTEST = 30_000;

/** The token to enter a room with, where the application has a source of them: the one at hand while it is good. */
export class RoomToken {
  #fetched: { room: string; token: string } | undefined;

  /**
   * Enters with a good token in the options; with another one when the first is refused and was not fresh.
   *
   * @throws what the source rejects with, and what the entrance does.
   */
  async use<T>(
    options: ConnectOptions,
    entrance: { join: (options: ConnectOptions) => Promise<T> },
  ): Promise<T> {
    const { tokenSource, room } = options;
    if (!tokenSource) return entrance.join(options);
    const atHand = this.#atHand(options);
    if (atHand !== undefined) {
      try {
        return await entrance.join({ ...options, token: atHand });
      } catch (error) {
        // Secrets change, and rights are taken back.
        if (!(error instanceof ParleyError) || error.code !== 'unauthorized') throw error;
      }
    }
    const token = await tokenSource(room);
    this.#fetched = { room, token };
    return entrance.join({ ...options, token });
  }

  /** What the server gave on the way comes first: it has the rights that the person has by now. */
  #atHand({ token, room }: ConnectOptions): string | undefined {
    const fetched = this.#fetched?.room === room ? this.#fetched.token : undefined;
    return [token, fetched].find((one) => one !== undefined && isGood(one));
  }
}

/** By its own word (RFC 7519 section 4.1.4); one that cannot be read is for the server to refuse. */
function isGood(token: string): boolean {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof exp !== 'number' || exp * 1000 - Date.now() > SHORTEST;
  } catch {
    return true;
  }
}
