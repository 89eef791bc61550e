import type { IceParameters, IceServer } from '../../src/protocol/models.ts';
import type { TransportDirection } from './MediaSession.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** ms for which ICE servers count as fresh; the server's credentials are good for 15 s at least. */
const FRESH_FOR = 10_000;

export interface LateStartParts {
  signaling: SignalingClient;
  /** Those that the transports were built with. */
  iceServers: readonly IceServer[];
  transportId: (direction: TransportDirection) => string;
  restartIce: (transportId: string, parameters: IceParameters, servers: IceServer[]) => Promise<void>;
}

/**
 * Gets fresh ICE servers for a transport that is used for the first time long after it was set up, as of somebody who
 * listens for an hour and then speaks: a browser allocates at TURN servers not before that.
 */
export class LateStart {
  readonly #parts: LateStartParts;
  readonly #setUpAt = performance.now();
  readonly #begun = new Map<TransportDirection, Promise<void> | undefined>();

  constructor(parts: LateStartParts) {
    this.#parts = parts;
  }

  /** To be waited for before a transport is used; undefined when there is nothing to wait for. */
  before(direction: TransportDirection): Promise<void> | undefined {
    if (!this.#begun.has(direction)) {
      this.#begun.set(direction, this.#isFresh ? undefined : this.#refresh(direction));
    }
    return this.#begun.get(direction);
  }

  get #isFresh(): boolean {
    const haveCredentials = this.#parts.iceServers.some(({ credential }) => credential !== undefined);
    return !haveCredentials || performance.now() - this.#setUpAt < FRESH_FOR;
  }

  async #refresh(direction: TransportDirection): Promise<void> {
    const transportId = this.#parts.transportId(direction);
    try {
      const answer = await this.#parts.signaling.request('restartIce', { transportId });
      await this.#parts.restartIce(transportId, answer.iceParameters, answer.iceServers);
    } catch {
      // Then those of the beginning have to do; whoever uses the transport hears what is wrong with it.
    }
  }
}
