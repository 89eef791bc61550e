import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { WebRtcTransport } from 'mediasoup/types';
import type { Peer } from '../sfu/Peer.ts';
import { callMediasoup } from '../sfu/mediasoupCalls.ts';
import { invalidState } from '../support/errors.ts';
import { TaskQueue } from '../support/TaskQueue.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { readIceFragment, writeIceFragment } from './negotiation/iceFragment.ts';
import type { Offer } from './negotiation/offer.ts';
import { WhipProblem } from './WhipProblem.ts';

interface HttpSessionEvents {
  /** Once: its peer is gone, and with it all of its media. */
  closed: [];
}

export interface HttpSessionParts {
  peer: Peer;
  /** The one that carries its media. */
  transport: WebRtcTransport;
  offer: Offer;
  /** With which it was made. */
  token: string | undefined;
}

/** What a `PATCH` comes to: candidates that were taken, or new credentials of this side. */
export interface Patched {
  /** Of the ICE session as it is then. */
  entityTag: string;
  /** Of a restart. */
  fragment?: string;
}

/**
 * What stands behind the URL of a WHIP or WHEP session (RFC 9725 section 4.2): a peer, and the transport of its media.
 *
 * There is no socket that would show whether somebody is there. Media does: while it is not connected, at the beginning
 * and later, the peer is kept for the grace period; a client that ends DTLS has left.
 */
export class HttpSession extends TypedEmitter<HttpSessionEvents> {
  /** 192 random bits: whoever knows the URL is taken for who made it, if no token is needed. */
  readonly id = randomBytes(24).toString('base64url');
  readonly peer: Peer;
  readonly #transport: WebRtcTransport;
  readonly #token: Buffer | undefined;
  readonly #mid: string;
  readonly #queue = new TaskQueue();
  #remote: { iceUfrag: string; icePwd: string };
  #entityTag = newEntityTag();
  #isConnected = false;

  constructor({ peer, transport, offer, token }: HttpSessionParts) {
    super();
    if (peer.closed || transport.closed) throw invalidState('removed while joining');
    this.peer = peer;
    this.#transport = transport;
    this.#token = token === undefined ? undefined : Buffer.from(digestOf(token), 'base64url');
    this.#mid = offer.sections.find(({ direction }) => direction !== 'inactive')?.mid ?? '';
    this.#remote = offer;
    peer.disconnected();
    transport.on('icestatechange', () => this.#look());
    transport.on('dtlsstatechange', (state) => {
      if (state === 'closed' || state === 'failed') peer.close('left');
      else this.#look();
    });
    // A worker that died takes its media with it, and an answer cannot be given twice.
    transport.observer.once('close', () => peer.close('timeout'));
    peer.on('mediaReset', () => peer.close('timeout'));
    peer.once('closed', () => {
      this.#queue.close();
      transport.close();
      this.emit('closed');
    });
  }

  /** Of the ICE session (RFC 9725 section 4.3.1), quoted. */
  get entityTag(): string {
    return this.#entityTag;
  }

  /**
   * Whether the bearer of this token made the session; everybody, where none was needed.
   *
   * @param digest As `digestOf` has it.
   */
  isOf(digest: string | undefined): boolean {
    if (!this.#token) return true;
    const given = Buffer.from(digest ?? '', 'base64url');
    return given.length === this.#token.length && timingSafeEqual(given, this.#token);
  }

  /**
   * Takes candidates, or restarts ICE for `If-Match: *`.
   *
   * @throws WhipProblem 428 without a tag, 412 for that of another ICE session, 400 for what is no fragment, 422 for a
   * restart that is none.
   */
  async patch(ifMatch: string | undefined, text: string): Promise<Patched> {
    if (ifMatch === undefined)
      throw new WhipProblem(428, 'If-Match is needed: the ETag of the ICE session, or *');
    return this.#queue.push('patch', () => {
      const isRestart = ifMatch.trim() === '*';
      if (!isRestart && !tagsOf(ifMatch).includes(this.#entityTag))
        throw new WhipProblem(412, 'the ICE session is another one by now', {
          headers: { ETag: this.#entityTag },
        });
      const { iceUfrag = this.#remote.iceUfrag, icePwd = this.#remote.icePwd } = readIceFragment(text);
      const isSame = iceUfrag === this.#remote.iceUfrag && icePwd === this.#remote.icePwd;
      if (isSame === isRestart)
        throw new WhipProblem(
          422,
          isRestart ? 'an ICE restart has new credentials' : 'an ICE restart needs If-Match: *',
        );
      return isRestart ? this.#restart({ iceUfrag, icePwd }) : { entityTag: this.#entityTag };
    });
  }

  /** As its client asks, or the server. Idempotent. */
  close(): void {
    this.peer.close('left');
  }

  async #restart(remote: { iceUfrag: string; icePwd: string }): Promise<Patched> {
    const transport = this.#transport;
    const iceParameters = await callMediasoup('restartIce', () => transport.restartIce());
    this.#remote = remote;
    this.#entityTag = newEntityTag();
    const { iceCandidates, dtlsParameters } = transport;
    return {
      entityTag: this.#entityTag,
      fragment: writeIceFragment({ iceParameters, iceCandidates, dtlsParameters }, this.#mid),
    };
  }

  #look(): void {
    const { iceState, dtlsState } = this.#transport;
    const isConnected = dtlsState === 'connected' && (iceState === 'connected' || iceState === 'completed');
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (isConnected) this.peer.reconnected();
    else this.peer.disconnected();
  }
}

const newEntityTag = (): string => `"${randomBytes(12).toString('base64url')}"`;

/** RFC 9110 section 13.1.1: weak ones never match. */
const tagsOf = (ifMatch: string): string[] => ifMatch.split(',').map((tag) => tag.trim());

/** By which a token is known again, also on another node, without being kept. */
export const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
