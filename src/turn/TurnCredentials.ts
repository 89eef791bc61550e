import { createHmac } from 'node:crypto';
import type { IceServer } from '../protocol/models.ts';

export interface TurnCredentialsOptions {
  /** RFC 7064 and RFC 7065; at least one of a TURN server. */
  urls: readonly string[];
  /** What the TURN server calls `static-auth-secret`. */
  secret: string;
  /** ms for which an allocation may be made with them. */
  lifetime: number;
  /** ms since 1970; the TURN server's clock has to agree. */
  now?: () => number;
}

/**
 * Short-lived credentials of a TURN server with which this one shares a secret.
 *
 * Their name is `<unix time of expiry>:<id>` and their password the base64 of its HMAC-SHA1
 * (draft-uberti-behave-turn-rest-00 section 2.2). The TURN server counts allocations by the id, and looks at the time
 * only when one is made: what goes on is not cut off.
 */
export class TurnCredentials {
  readonly #turn: string[];
  readonly #stun: string[];
  readonly #secret: string;
  readonly #lifetime: number;
  readonly #now: () => number;

  constructor({ urls, secret, lifetime, now = Date.now }: TurnCredentialsOptions) {
    this.#turn = urls.filter((url) => url.startsWith('turn'));
    this.#stun = urls.filter((url) => !url.startsWith('turn'));
    this.#secret = secret;
    this.#lifetime = lifetime;
    this.#now = now;
  }

  /** The servers with fresh credentials for whoever has this id. */
  iceServersFor(id: string): IceServer[] {
    const username = `${Math.floor((this.#now() + this.#lifetime) / 1000)}:${id}`;
    const credential = createHmac('sha1', this.#secret).update(username).digest('base64');
    return [
      ...(this.#stun.length > 0 ? [{ urls: [...this.#stun] }] : []),
      { urls: [...this.#turn], username, credential },
    ];
  }
}
