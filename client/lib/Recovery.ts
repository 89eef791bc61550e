import type { JoinAnswer, ResumeAnswer } from '../../src/protocol/requests.ts';
import type { MediaSetup } from '../../src/protocol/models.ts';
import { ParleyError, timeout } from '../../src/support/errors.ts';
import { closeSoon } from './closeSoon.ts';
import { ComebackTurn } from './ComebackTurn.ts';
import { Entrance } from './Entrance.ts';
import { RoomToken } from './RoomToken.ts';
import { MediaMoves } from './MediaMoves.ts';
import type { MediaSession } from './MediaSession.ts';
import { isTransient, Reconciler } from './Reconciler.ts';
import type { RecoveryParts } from './recoveryParts.ts';
import { settledWithin } from './settledWithin.ts';
import { StaleSources } from './StaleSources.ts';
import { TransportWatch } from './TransportWatch.ts';
import { toError } from './toError.ts';

/**
 * ms that somebody who joins waits for the others' media at most before publishing. A browser negotiates on one thread:
 * both at once would take each of the two as long as both one after the other.
 */
const PUBLISH_AFTER = 500;

/**
 * Keeps the client in its room: joins, resumes after a lost socket, rebuilds media that died.
 *
 * One reconciler owns the way from whatever is missing (membership on this socket, a media session of the
 * current epoch) to being connected; events only note what is missing and poke it.
 */
export class Recovery {
  readonly #parts: RecoveryParts;
  readonly #reconciler: Reconciler;
  readonly #entrance: Entrance;
  readonly #token = new RoomToken();
  readonly #turn: ComebackTurn;
  /** Secret of the membership; undefined before the first join, and when the server forgot us. */
  #sessionToken: string | undefined;
  /** The membership is bound to the socket that is open now. */
  #present = false;
  #session: MediaSession | undefined;
  #watch: TransportWatch | undefined;
  /** The highest epoch that a `mediaReset` of this membership named. */
  #resetEpoch = 0;
  #everConnected = false;
  #closed = false;
  readonly #stale: StaleSources;
  readonly #moves: MediaMoves;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
    this.#entrance = new Entrance(parts.signaling, () => this.#refreshStatus());
    this.#turn = new ComebackTurn(parts.signaling);
    this.#stale = new StaleSources(parts.signaling, parts.store);
    this.#moves = new MediaMoves({
      ...parts,
      session: () => this.#session,
      use: (session) => this.#use(session),
      isPresent: () => this.#present,
      entered: (answer) => this.#movedTo(answer),
      lost: () => this.#loseMedia(),
    });
    this.#reconciler = new Reconciler(() => this.#pass(), {
      retryDelay: 300,
      onError: (error) => this.#giveUp(toError(error)),
    });
    parts.signaling.on('connected', () => this.#reconciler.poke());
    parts.signaling.on('disconnected', () => this.#socketLost());
    parts.signaling.on('refused', (error) => this.#refused(error));
    parts.signaling.on('unreachable', (error) => this.#giveUp(error));
    parts.signaling.on('mediaReset', ({ mediaEpoch }) => this.#mediaReset(mediaEpoch));
  }

  /** Whether what the server tells is told to this membership, and after what its state said. */
  get present(): boolean {
    return this.#present;
  }

  get session(): MediaSession | undefined {
    return this.#session;
  }

  /** Leaves the room for the one that the join options name now, and comes back as somebody who was never here. */
  enterAnew(): void {
    if (this.#closed) return;
    this.#parts.signaling.request('leave', {}).catch(() => undefined);
    this.#sessionToken = undefined;
    this.#socketLost();
    this.#loseMedia();
  }

  /** Idempotent; whatever is under way ends at its next step. */
  close(): void {
    this.#closed = true;
    this.#stale.close();
    this.#turn.close();
    this.#moves.close();
    this.#reconciler.close();
    this.#dropSession()?.close();
  }

  async #pass(): Promise<void> {
    const { signaling } = this.#parts;
    // Each step may find that the one before was undone while it ran: a second drop, another reset.
    while (!this.#closed && signaling.connected) {
      if (!this.#present) await this.#enter();
      else if (!this.#session) await this.#rebuildMedia();
      else break;
    }
    this.#refreshStatus();
  }

  async #enter(): Promise<void> {
    try {
      if (this.#sessionToken === undefined) await this.#join();
      else await this.#resume(this.#sessionToken);
    } catch (error) {
      if (this.#closed) return;
      // The server may have acted without our hearing of it; only a new socket makes sure.
      if (error instanceof ParleyError && (error.code === 'timeout' || error.code === 'invalidState')) {
        this.#parts.signaling.reconnect();
        throw timeout('entering the room failed', { cause: error });
      }
      throw error;
    }
  }

  async #join(): Promise<void> {
    this.#resetEpoch = 0;
    const answer = await this.#token.use(this.#parts.joinOptions(), this.#entrance);
    if (this.#closed || !answer) return;
    this.#sessionToken = answer.sessionToken;
    const { peerId, permissions, snapshot, media } = answer;
    const missing = this.#turn.take() ? 'serverClosed' : 'left';
    this.#parts.store.dispatch({ type: 'entered', peerId, permissions, snapshot, missing });
    if (!this.#bind()) return;
    await this.#useMedia(media, PUBLISH_AFTER);
  }

  async #resume(sessionToken: string): Promise<void> {
    const { signaling, store, publications, subscriptions } = this.#parts;
    let answer: ResumeAnswer;
    try {
      answer = await signaling.request('resume', {
        sessionToken,
        mediaEpoch: this.#session?.mediaEpoch ?? 0,
      });
    } catch (error) {
      if (this.#closed || !isForgotten(error)) throw error;
      // The grace period is over or the server is another one: the next step joins anew.
      this.#sessionToken = undefined;
      this.#loseMedia();
      await this.#turn.come();
      return;
    }
    if (this.#closed) return;
    const { snapshot, permissions, consumerIds, iceParameters, iceServers } = answer;
    const session = this.#session;
    const transportsLive =
      session?.mediaEpoch === snapshot.mediaEpoch &&
      Object.keys(iceParameters).filter((transportId) => session.hasTransport(transportId)).length === 2;
    if (!transportsLive && session) this.#loseMedia();
    store.dispatch({ type: 'entered', peerId: store.state.peerId, permissions, snapshot });
    if (session && transportsLive) {
      const own = snapshot.peers.find((peer) => peer.peerId === store.state.peerId);
      publications.compare(own?.producers ?? []);
      subscriptions.compare(consumerIds);
      for (const [transportId, parameters] of Object.entries(iceParameters)) {
        session
          .restartIce(transportId, parameters, iceServers)
          .catch((error: unknown) => this.#broken(session, error));
      }
    }
    this.#bind();
  }

  /** Another node has this client now, as who it is. Until its transports are there nothing is asked of that node. */
  #movedTo({ peerId, permissions, snapshot, sessionToken }: JoinAnswer): void {
    this.#sessionToken = sessionToken;
    this.#resetEpoch = 0;
    this.#turn.take();
    this.#setOnline(false);
    this.#parts.store.dispatch({ type: 'entered', peerId, permissions, snapshot });
    this.#present = this.#parts.signaling.connected;
  }

  /** Notes that the membership is on the open socket; false when that was lost again meanwhile. */
  #bind(): boolean {
    this.#present = this.#parts.signaling.connected;
    this.#setOnline(this.#present);
    return this.#present;
  }

  async #rebuildMedia(): Promise<void> {
    const setup = await this.#parts.signaling.request('setUpMedia', {});
    // After a media reset everybody waits for everybody's media.
    if (!this.#closed) await this.#useMedia(setup, 0);
  }

  async #useMedia(setup: MediaSetup, publishAfter: number): Promise<void> {
    // Died again while the answer was under way.
    if (setup.mediaEpoch < this.#resetEpoch) return;
    const session = await this.#parts.createSession(setup);
    if (this.#closed || setup.mediaEpoch < this.#resetEpoch) {
      session.close();
      return;
    }
    this.#use(session);
    for (const follower of this.#parts.followers) follower.attach(session);
    const received = this.#parts.subscriptions.attach(session);
    const publish = (): void => {
      if (this.#session === session) this.#parts.publications.attach(session);
    };
    if (publishAfter > 0) void settledWithin(received, publishAfter).then(publish);
    else publish();
  }

  #use(session: MediaSession): void {
    this.#session = session;
    session.on('broken', (error) => this.#broken(session, error));
    this.#watch?.close();
    this.#watch = new TransportWatch({
      session,
      signaling: this.#parts.signaling,
      onChange: () => this.#refreshStatus(),
      onTrouble: (trouble) => this.#parts.store.dispatch({ type: 'trouble', trouble }),
      onGiveUp: () => this.#broken(session, undefined),
    });
  }

  #socketLost(): void {
    if (this.#closed) return;
    this.#moves.cancel();
    this.#present = false;
    this.#setOnline(false);
    this.#refreshStatus();
  }

  #mediaReset(mediaEpoch: number): void {
    if (this.#closed) return;
    this.#resetEpoch = Math.max(this.#resetEpoch, mediaEpoch);
    if (this.#session && this.#session.mediaEpoch >= mediaEpoch) return;
    this.#loseMedia();
  }

  /** These transports cannot be saved; the others' are fine. */
  #broken(session: MediaSession, error: unknown): void {
    if (this.#closed || this.#session !== session) return;
    if (error !== undefined && !isTransient(error)) this.#parts.onError(toError(error));
    this.#loseMedia();
  }

  /** The next step builds it anew. */
  #loseMedia(): void {
    const former = this.#dropSession();
    this.#parts.store.dispatch({ type: 'mediaLost' });
    this.#refreshStatus();
    this.#reconciler.poke();
    closeSoon(former);
  }

  /** Nothing is sent or received by the session any more; it is still to be closed. */
  #dropSession(): MediaSession | undefined {
    const session = this.#session;
    this.#moves.abandon();
    this.#watch?.close();
    this.#watch = undefined;
    const { followers, subscriptions, publications } = this.#parts;
    for (const part of [...followers, subscriptions, publications]) part.detach();
    this.#session = undefined;
    return session;
  }

  #setOnline(online: boolean): void {
    const { publications, subscriptions, followers } = this.#parts;
    for (const part of [publications, ...followers, subscriptions]) part.setOnline(online);
  }

  #refreshStatus(): void {
    if (this.#closed) return;
    const connected = this.#present && this.#session !== undefined && !this.#watch?.troubled;
    this.#everConnected ||= connected;
    const coming = this.#entrance.isWaiting ? 'waiting' : 'connecting';
    const lost = this.#everConnected && coming !== 'waiting' ? 'reconnecting' : coming;
    this.#parts.store.dispatch({ type: 'status', status: connected ? 'connected' : lost });
  }

  #refused(error: ParleyError): void {
    if (this.#closed) return;
    // "Come back later" is an answer too, but Socket.IO does not ask again by itself after one.
    if (isTransient(error)) setTimeout(() => this.#parts.signaling.open(), 2000);
    else this.#giveUp(error);
  }

  #giveUp(error: Error): void {
    if (!this.#closed) this.#parts.onGiveUp('connectionLost', error);
  }
}

function isForgotten(error: unknown): boolean {
  return error instanceof ParleyError && (error.code === 'notFound' || error.code === 'unauthorized');
}
