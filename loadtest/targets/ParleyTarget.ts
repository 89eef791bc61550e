import { ParleySeat } from './ParleySeat.ts';
import { ParleySignaling } from './ParleySignaling.ts';
import type { JoinRequest, Seat, Target } from './Target.ts';

export interface ParleyTargetOptions {
  /** An access token, for a server that is not open; undefined where none is needed. */
  token?: (room: string, name: string) => Promise<string | undefined>;
}

/** Parley itself, through the signaling client of its SDK. */
export class ParleyTarget implements Target {
  readonly #options: ParleyTargetOptions;

  constructor(options: ParleyTargetOptions = {}) {
    this.#options = options;
  }

  /** @throws ParleyError with the server's code, or `unavailable` or `timeout` when it cannot be reached. */
  async join(request: JoinRequest): Promise<Seat> {
    const { url, room, name, observer, signal, deadline } = request;
    const token = await this.#options.token?.(room, name);
    const startedAt = performance.now();
    const signaling = await ParleySignaling.open(url, observer, signal, deadline);
    try {
      const answer = await signaling.join(
        {
          room,
          name,
          data: false,
          ...(token === undefined ? {} : { token }),
        },
        signal,
      );
      observer.signaling(performance.now() - startedAt);
      signal.throwIfAborted();
      return new ParleySeat(signaling, answer, request);
    } catch (error) {
      signaling.close();
      throw error;
    }
  }
}
