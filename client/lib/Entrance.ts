import type { JoinAnswer, RequestPayload } from '../../src/protocol/requests.ts';
import type { KnockAnswer } from '../../src/protocol/conduct.ts';
import { ParleyError, unavailable } from '../../src/support/errors.ts';
import type { ConnectOptions } from './publicTypes.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** The way into a room: on the server that is asked, or on the node that it sends us to; past a host who lets us in. */
export class Entrance {
  readonly #signaling: SignalingClient;
  readonly #onWaiting: () => void;
  /** A node has sent us on and nobody has let us in since, so nobody else may: we would go round in circles. */
  #placed = false;
  /** Shows who we were, when we were in the room last. */
  #proof: string | undefined;
  /** Shows that we knocked. */
  #knock: string | undefined;
  #isWaiting = false;

  /** @param onWaiting A host has to let us in; called again after each lost connection. */
  constructor(signaling: SignalingClient, onWaiting: () => void) {
    this.#signaling = signaling;
    this.#onWaiting = onWaiting;
  }

  /** Whether a host has to let us in, who has not done so yet. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /**
   * Undefined when we were not let in here: join again once the signaling client is connected, which may be elsewhere.
   *
   * @throws ParleyError as the server answered; `denied` or `notAnswered` by hosts.
   */
  async join(options: ConnectOptions): Promise<JoinAnswer | undefined> {
    const { room, name, token, metadata, attributes, data, region, password } = options;
    const who = {
      room,
      ...(name === undefined ? {} : { name }),
      ...(token === undefined ? {} : { token }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(attributes === undefined ? {} : { attributes: { ...attributes } }),
      ...(password === undefined ? {} : { password }),
      ...(this.#proof === undefined ? {} : { proof: this.#proof }),
      ...(this.#knock === undefined ? {} : { knock: this.#knock }),
    };
    const request: RequestPayload<'join'> = {
      ...who,
      ...(data === undefined ? {} : { data }),
      ...(region === undefined ? {} : { region }),
      ...(this.#placed ? { placed: true } : {}),
    };
    try {
      const answer = await this.#signaling.request('join', request);
      this.#placed = false;
      this.#isWaiting = false;
      this.#knock = undefined;
      this.#proof = answer.proof;
      return answer;
    } catch (error) {
      if (this.#signaling.closed || !(error instanceof ParleyError)) throw error;
      if (error.code === 'waitingRoom') {
        await this.#wait(who);
        return undefined;
      }
      const goesOn = this.#placed ? this.#turnedAway(error) : this.#sentOn(error);
      if (!goesOn) throw error;
      return undefined;
    }
  }

  /** Knocks, and waits until somebody opens. @throws ParleyError `unavailable` when the connection is lost meanwhile. */
  async #wait(who: RequestPayload<'knock'>): Promise<void> {
    this.#isWaiting = true;
    this.#onWaiting();
    const answered = this.#answer();
    try {
      this.#knock = (await this.#signaling.request('knock', who)).knock;
      const answer = await answered.promise;
      if (answer === 'admitted') return;
      this.#knock = undefined;
      if (answer === 'roomClosed') throw unavailable('the room was closed meanwhile');
      this.#isWaiting = false;
      if (answer === 'timeout') throw new ParleyError('notAnswered', 'no host let this client in');
      throw new ParleyError('denied', 'a host did not let this client in');
    } finally {
      answered.end();
    }
  }

  #answer(): { promise: Promise<KnockAnswer>; end: () => void } {
    const offs: (() => void)[] = [];
    const promise = new Promise<KnockAnswer>((resolve, reject) => {
      offs.push(
        this.#signaling.on('knockAnswered', ({ answer }) => resolve(answer)),
        this.#signaling.on('disconnected', () => reject(unavailable('the connection was lost'))),
      );
    });
    // Nobody asks for it when the knock itself fails.
    promise.catch(() => undefined);
    return { promise, end: () => offs.forEach((off) => off()) };
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
