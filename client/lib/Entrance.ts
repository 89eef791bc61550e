import type { JoinAnswer, RequestPayload } from '../../src/protocol/requests.ts';
import { ParleyError } from '../../src/support/errors.ts';
import type { ConnectOptions } from './publicTypes.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** The way into a room: on the server that is asked, or on the node that it sends us to. */
export class Entrance {
  readonly #signaling: SignalingClient;
  /** A node has sent us on and nobody has let us in since, so nobody else may: we would go round in circles. */
  #placed = false;

  constructor(signaling: SignalingClient) {
    this.#signaling = signaling;
  }

  /**
   * Undefined when we were not let in here: join again once the signaling client is connected, which may be elsewhere.
   *
   * @throws ParleyError as the server answered.
   */
  async join(options: ConnectOptions): Promise<JoinAnswer | undefined> {
    const { room, name, token, metadata, attributes, data, region } = options;
    const request: RequestPayload<'join'> = {
      room,
      ...(name === undefined ? {} : { name }),
      ...(token === undefined ? {} : { token }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(attributes === undefined ? {} : { attributes: { ...attributes } }),
      ...(data === undefined ? {} : { data }),
      ...(region === undefined ? {} : { region }),
      ...(this.#placed ? { placed: true } : {}),
    };
    try {
      const answer = await this.#signaling.request('join', request);
      this.#placed = false;
      return answer;
    } catch (error) {
      if (this.#signaling.closed || !(error instanceof ParleyError)) throw error;
      const goesOn = this.#placed ? this.#turnedAway(error) : this.#sentOn(error);
      if (!goesOn) throw error;
      return undefined;
    }
  }

  #sentOn({ code, url }: ParleyError): boolean {
    if (code !== 'redirected' || url === undefined) return false;
    this.#placed = true;
    // Where we cannot go there, we are served here after all.
    this.#signaling.moveTo(url);
    return true;
  }

  /** A node that was the best one a moment ago has no place, or ends: home leads to others. */
  #turnedAway({ code }: ParleyError): boolean {
    return (code === 'unavailable' || code === 'limitExceeded') && this.#signaling.goHome();
  }
}
