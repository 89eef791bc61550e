import { invalidState, timeout, unavailable } from '../../../src/support/errors.ts';
import type { Endpoint } from '../../endpoint/Endpoint.ts';
import { connectEndpoint } from '../connectEndpoint.ts';
import { observedRequest } from '../observedRequest.ts';
import { remoteEndpointOf, type Sdp } from '../sdp/readSdp.ts';
import { localTransport, writeOffer, type OfferedMedia } from '../sdp/writeSdp.ts';
import type { JoinRequest } from '../Target.ts';
import { deleteSession, postOffer, SDP, type CreatedSession } from './http.ts';
import { readAnswer } from './answer.ts';

/** ms that the answer to an offer may take, the time included in which a stream is not there yet. */
const ANSWER_DEADLINE = 15_000;
/** ms that an answer under way, and then the answer to a goodbye, may take when a bot leaves. */
const LEAVE_DEADLINE = 2000;

export interface WhipSessionOptions {
  /** Also the phase under which its errors are told. */
  protocol: 'whip' | 'whep';
  url: string;
  /** Bearer token. */
  token: string | undefined;
  request: JoinRequest;
  /** The server ended the connection, or does not answer any more. */
  onLost: (reason: string) => void;
}

/** One PeerConnection that was negotiated over HTTP (RFC 9725, 4.2): an offer, an answer, and nothing after that. */
export class WhipSession {
  readonly #options: WhipSessionOptions;
  /** Of the offer that is under way. */
  readonly #abort = new AbortController();
  #posting: Promise<CreatedSession> | undefined;
  #resource: string | undefined;
  #endpoint: Endpoint | undefined;
  #closed = false;

  constructor(options: WhipSessionOptions) {
    this.#options = options;
  }

  /**
   * Offers, and connects as the answer says; to be called once.
   *
   * @param read Takes from the answer what it needs, before the first packet can arrive; it may throw.
   * @throws ParleyError by the answer, or `timeout` or `unavailable`.
   */
  async open<T>(
    media: readonly OfferedMedia[],
    read: (answer: Sdp, endpoint: Endpoint) => T,
  ): Promise<{ endpoint: Endpoint; taken: T }> {
    const { protocol, request } = this.#options;
    const { observer } = request;
    const endpoint = await request.createEndpoint();
    this.#endpoint = endpoint;
    if (this.#closed) {
      endpoint.close();
      throw invalidState('the bot has left');
    }
    try {
      const startedAt = performance.now();
      const { answer, taken } = await observedRequest(observer, protocol, {
        isClosed: () => this.#closed,
        request: async () => {
          const sdp = await this.#negotiate(writeOffer(localTransport(endpoint, undefined), media, 1));
          return { answer: remoteEndpointOf(sdp, { offered: false }), taken: read(sdp, endpoint) };
        },
      });
      observer.signaling(performance.now() - startedAt);
      await connectEndpoint(observer, endpoint, answer);
      endpoint.onLost = (reason): void => {
        endpoint.close();
        this.#options.onLost(`${protocol.toUpperCase()}: ${reason}`);
      };
      return { endpoint, taken };
    } catch (error) {
      // Nobody has use of it, and the server would keep it until it misses the checks.
      if (!endpoint.closed) void this.#goodbye();
      throw error;
    }
  }

  /** Ends the session at the server (RFC 9725, 4.2), as soon as that has made it. Idempotent. */
  async leave(): Promise<void> {
    if (this.#closed) return;
    this.#close();
    const giveUp = setTimeout(() => this.#abort.abort(unavailable('the bot has left')), LEAVE_DEADLINE);
    await this.#posting?.catch(() => undefined);
    clearTimeout(giveUp);
    await this.#goodbye();
  }

  /** Ends without a word. Idempotent. */
  vanish(): void {
    this.#close();
    this.#resource = undefined;
    this.#abort.abort(unavailable('the bot has left'));
  }

  async #negotiate(offer: string): Promise<Sdp> {
    const { protocol, url, token, request } = this.#options;
    const { deadline = ANSWER_DEADLINE } = request;
    const late = setTimeout(
      () =>
        this.#abort.abort(timeout(`${protocol.toUpperCase()}: POST ${url}: no answer within ${deadline} ms`)),
      deadline,
    );
    try {
      this.#posting = postOffer({ protocol, url, named: url, token, signal: this.#abort.signal }, offer);
      const { answer, contentType, resource } = await this.#posting;
      if (!this.#abort.signal.aborted) this.#resource = resource;
      if (contentType !== SDP)
        throw unavailable(
          `${protocol.toUpperCase()}: POST ${url} answered with "${contentType}", not ${SDP}`,
        );
      return readAnswer(answer);
    } finally {
      clearTimeout(late);
    }
  }

  async #goodbye(): Promise<void> {
    const { protocol, url, token } = this.#options;
    const resource = this.#resource;
    this.#resource = undefined;
    if (resource === undefined) return;
    const signal = AbortSignal.timeout(LEAVE_DEADLINE);
    try {
      await deleteSession({ protocol, url: resource, named: url, token, signal });
    } catch {
      // Gone already, session or server.
    }
  }

  #close(): void {
    this.#closed = true;
    this.#endpoint?.close();
  }
}
