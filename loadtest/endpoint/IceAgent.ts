import { randomBytes } from 'node:crypto';
import { timeout, unavailable } from '../../src/support/errors.ts';
import type { RemoteEndpoint } from './remoteEndpoint.ts';
import { BINDING_REQUEST, BINDING_SUCCESS, bindingRequest, bindingSuccess, readStun } from './stun.ts';

/** ms between the checks of an agent that is not connected yet (RFC 8445, 14.2: at least 50 ms with one pair). */
const CHECK_INTERVAL = 50;
/** ms between consent checks (RFC 7675, 5.1). */
const CONSENT_INTERVAL = 5000;
/** ms without an answer after which there is no consent any more (RFC 7675, 5.1). */
const CONSENT_EXPIRY = 30_000;
/** Checks that are remembered for the round-trip time of their answers. */
const MAX_PENDING = 32;

export interface IceAgentOptions {
  send(datagram: Buffer): void;
  /** Round trip of an answered check, ms. */
  onRoundTrip(took: number): void;
  /** The other side has not answered for 30 s; told with every check until it does. */
  onExpired?(): void;
}

/**
 * ICE with one candidate pair (RFC 8445): nothing is gathered, a server's address is known from signaling.
 *
 * It goes on asking for consent until it is closed, because a server gives up on endpoints that do not.
 */
export class IceAgent {
  readonly usernameFragment = randomBytes(6).toString('base64url');
  readonly password = randomBytes(18).toString('base64url');
  readonly #options: IceAgentOptions;
  readonly #tieBreaker = randomBytes(8);
  readonly #pending = new Map<string, number>();
  #remote: RemoteEndpoint | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #answered = false;
  /** ms of `performance.now()`. */
  #answeredAt = 0;
  #nominated = false;
  #closed = false;

  constructor(options: IceAgentOptions) {
    this.#options = options;
  }

  /**
   * Resolves once the pair works: the other side answered, and when it is the controlling one, nominated the pair.
   * Called again with new credentials it restarts ICE.
   *
   * @throws ParleyError `timeout` after so many ms; `unavailable` when closed.
   */
  async connect(remote: RemoteEndpoint, deadline: number): Promise<void> {
    this.#settle?.reject(unavailable('ICE: started anew'));
    this.#remote = remote;
    this.#answered = false;
    this.#nominated = remote.iceRole === 'controlling';
    clearInterval(this.#timer);
    let giveUp: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = { resolve, reject };
        giveUp = setTimeout(
          () => reject(timeout(`ICE: no answer from ${remote.address}:${remote.port} within ${deadline} ms`)),
          deadline,
        );
        this.#timer = setInterval(() => this.#check(), CHECK_INTERVAL);
        this.#check();
      });
    } finally {
      clearTimeout(giveUp);
      clearInterval(this.#timer);
      this.#settle = undefined;
    }
    if (this.#closed) throw unavailable('ICE: closed');
    this.#timer = setInterval(() => this.#askConsent(), CONSENT_INTERVAL);
  }

  /** A datagram that is STUN, and when it came (ms of `performance.now()`); what does not verify is dropped. */
  receive(datagram: Buffer, arrivedAt: number): void {
    if (!this.#remote) return;
    const type = datagram.readUInt16BE(0);
    const message = readStun(datagram, type === BINDING_REQUEST ? this.password : this.#remote.password);
    if (!message) return;
    if (message.type === BINDING_REQUEST) {
      this.#options.send(bindingSuccess(message.transactionId, this.#remote, this.password));
      if (message.useCandidate) this.#nominated = true;
    } else {
      const key = message.transactionId.toString('latin1');
      const sentAt = this.#pending.get(key);
      if (sentAt === undefined) return;
      this.#pending.delete(key);
      if (message.type === BINDING_SUCCESS) {
        this.#options.onRoundTrip(Math.max(0, arrivedAt - sentAt));
        this.#answered = true;
        this.#answeredAt = performance.now();
      } else {
        this.#settle?.reject(unavailable(`ICE: the server answered ${message.errorCode ?? 'an error'}`));
      }
    }
    if (this.#answered && this.#nominated) this.#settle?.resolve();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#settle?.reject(unavailable('ICE: closed'));
  }

  #askConsent(): void {
    if (performance.now() - this.#answeredAt > CONSENT_EXPIRY) this.#options.onExpired?.();
    this.#check();
  }

  #check(): void {
    const remote = this.#remote;
    if (!remote || this.#closed) return;
    const { message, transactionId } = bindingRequest({
      username: `${remote.usernameFragment}:${this.usernameFragment}`,
      password: remote.password,
      role: remote.iceRole,
      tieBreaker: this.#tieBreaker,
      nominate: remote.iceRole === 'controlling',
    });
    if (this.#pending.size >= MAX_PENDING) this.#pending.clear();
    this.#pending.set(transactionId.toString('latin1'), performance.now());
    this.#options.send(message);
  }
}
