import { ParleyError } from '../../src/support/errors.ts';
import { connectionTrouble } from './iceAttempt.ts';
import type { MediaSession, TransportDirection } from './MediaSession.ts';
import type { ConnectionTrouble } from './publicTypes.ts';
import type { SignalingClient } from './SignalingClient.ts';

export interface TransportWatchParts {
  signaling: SignalingClient;
  session: MediaSession;
  /** Whether a transport is in trouble changed. */
  onChange: () => void;
  /** Why media does not get through; null once it does. */
  onTrouble: (trouble: ConnectionTrouble | null) => void;
  /** ICE restarts did not help: the transports must be built anew. */
  onGiveUp: () => void;
}

interface Trouble {
  attempts: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** ms that a disconnected transport may come back by itself (it often does within seconds). */
const PATIENCE = 2500;
/** ms until the next attempt when one did not help, doubled each time. */
const NEXT_ATTEMPT = 3000;
/** ms within which a transport that can connect has done so, through a TURN server over TLS as well. */
const FIRST_CONNECTION = 10_000;
const MAX_ATTEMPTS = 4;

/** Watches the two transports of one media session and restarts ICE where one lost its way. */
export class TransportWatch {
  readonly #parts: TransportWatchParts;
  readonly #troubles = new Map<TransportDirection, Trouble>();
  /** Of those that are connecting for the first time. */
  readonly #beginnings = new Map<TransportDirection, ReturnType<typeof setTimeout>>();
  readonly #unlisten: () => void;
  #closed = false;

  constructor(parts: TransportWatchParts) {
    this.#parts = parts;
    this.#unlisten = parts.session.on('transportState', (direction, state) => {
      clearTimeout(this.#beginnings.get(direction));
      if (state === 'connected') this.#recovered(direction);
      else if (state === 'connecting') this.#begun(direction);
      else if (state === 'failed') this.#failed(direction);
      else if (state === 'disconnected') this.#restartAfter(direction, PATIENCE);
    });
  }

  /** Media does not flow in at least one direction. */
  get troubled(): boolean {
    return [...this.#troubles.values()].some(({ attempts }) => attempts > 0);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unlisten();
    for (const timer of this.#beginnings.values()) clearTimeout(timer);
    for (const { timer } of this.#troubles.values()) clearTimeout(timer);
    this.#troubles.clear();
  }

  #recovered(direction: TransportDirection): void {
    const trouble = this.#troubles.get(direction);
    if (trouble) {
      clearTimeout(trouble.timer);
      this.#troubles.delete(direction);
    }
    // Also of an earlier session, whose trouble went on until this one was through.
    if (this.#troubles.size === 0) this.#parts.onTrouble(null);
    if (trouble) this.#parts.onChange();
  }

  /** Chromium goes on for minutes where nothing is ever answered, and does not call that failed. */
  #begun(direction: TransportDirection): void {
    if (this.#troubles.has(direction)) return;
    this.#beginnings.set(
      direction,
      setTimeout(() => this.#failed(direction), FIRST_CONNECTION),
    );
  }

  #failed(direction: TransportDirection): void {
    // What was tried is asked before the restart, with which the browser forgets it.
    const { session, onTrouble } = this.#parts;
    session.getReports().then(
      (reports) => {
        if (this.#closed || session.transportState(direction) === 'connected') return;
        const trouble = connectionTrouble(reports[direction], session.offered);
        if (trouble) onTrouble(trouble);
      },
      // The session was closed; there is nothing left to tell.
      () => undefined,
    );
    this.#restartAfter(direction, 0);
  }

  #restartAfter(direction: TransportDirection, delay: number): void {
    const trouble = this.#troubles.get(direction) ?? { attempts: 0, timer: undefined };
    this.#troubles.set(direction, trouble);
    clearTimeout(trouble.timer);
    trouble.timer = setTimeout(() => void this.#restart(direction, trouble), delay);
  }

  async #restart(direction: TransportDirection, trouble: Trouble): Promise<void> {
    const { signaling, session } = this.#parts;
    trouble.attempts += 1;
    if (trouble.attempts === 1) this.#parts.onChange();
    if (trouble.attempts > MAX_ATTEMPTS) {
      this.#parts.onGiveUp();
      return;
    }
    // Without a socket the resume that follows brings new credentials by itself.
    if (!signaling.connected) {
      trouble.attempts -= 1;
    } else {
      try {
        const transportId = session.transportId(direction);
        const { iceParameters, iceServers } = await signaling.request('restartIce', { transportId });
        if (this.#closed) return;
        await session.restartIce(transportId, iceParameters, iceServers);
      } catch (error) {
        if (this.#closed) return;
        if (!this.#canGoOn(error)) {
          this.#parts.onGiveUp();
          return;
        }
      }
    }
    if (this.#closed || this.#troubles.get(direction) !== trouble) return;
    if (session.transportState(direction) === 'connected') this.#recovered(direction);
    else this.#restartAfter(direction, NEXT_ATTEMPT * 2 ** Math.max(trouble.attempts - 1, 0));
  }

  #canGoOn(error: unknown): boolean {
    if (!(error instanceof ParleyError)) return false;
    // Media and socket share the network: a silent socket is most likely as dead as the media.
    if (error.code === 'timeout') this.#parts.signaling.reconnect();
    return error.code === 'timeout' || error.code === 'unavailable' || error.code === 'limitExceeded';
  }
}
