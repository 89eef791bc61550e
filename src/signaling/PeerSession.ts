import type { EventName, EventPayloads } from '../protocol/events.ts';
import type { Answer } from '../protocol/requests.ts';
import type { PeerCloseReason } from '../protocol/models.ts';
import { invalidState, notFound, ParleyError } from '../support/errors.ts';
import { inLogContext } from '../support/logContext.ts';
import type { Logger } from '../support/logger.ts';
import { TaskQueue } from '../support/TaskQueue.ts';
import type { Knock } from '../sfu/conduct/Lobby.ts';
import type { NetworkTest } from '../sfu/networkTest/NetworkTest.ts';
import { dispatch } from './dispatch.ts';
import { Knocking } from './Knocking.ts';
import type { Seat } from './Sessions.ts';
import type { SignalingServices } from './SignalingServer.ts';
import { peerChannel, roomChannel, type SignalingSocket } from './sockets.ts';

/** ms within which a new socket must have joined or resumed. */
const JOIN_DEADLINE = 30_000;

/** One socket: takes its requests one after another, and tells it what concerns its peer alone. */
export class PeerSession {
  readonly services: SignalingServices;
  readonly #socket: SignalingSocket;
  readonly #queue = new TaskQueue();
  readonly #logger: Logger;
  /** Requests that it sent. */
  #requests = 0;
  /** When somebody came with it who is to join. */
  #cameAt: number | undefined = performance.now();
  #joinTimer: NodeJS.Timeout | undefined;
  #seat: Seat | undefined;
  /** While it waits to be let in. */
  #knocking: Knocking | undefined;
  /** Before it joins. */
  #networkTest: NetworkTest | undefined;
  /** Whose peer was told that the node ends, or is about to be. */
  #farewellTo: Seat | undefined;
  #unsubscribe: (() => void)[] = [];
  #closed = false;

  constructor(socket: SignalingSocket, services: SignalingServices) {
    this.#socket = socket;
    this.services = services;
    this.#logger = services.logger.child({ session: socket.id });
    this.#startJoinTimer();
    // Socket.IO lets numbers pass as names.
    socket.onAny((event: string | number, ...args: unknown[]) => void this.#receive(event, args));
    socket.once('disconnect', (reason) =>
      inLogContext({ session: socket.id }, () => this.#socketGone(reason)),
    );
  }

  /** Of the client, past the proxies in front. */
  get address(): string {
    return this.services.addressOf(this.#socket.request);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** When somebody came who joins now: with the socket, or with this request where another peer was here before. */
  get cameAt(): number {
    this.#cameAt ??= performance.now();
    return this.#cameAt;
  }

  get seated(): boolean {
    return this.#seat !== undefined;
  }

  /** @throws ParleyError `invalidState` before `join` or `resume`. */
  get seat(): Seat {
    if (!this.#seat) throw invalidState('join a room first');
    return this.#seat;
  }

  /**
   * From now on this socket speaks for the peer; another that did so before is dismissed.
   *
   * Synchronous, so that a snapshot taken in the same turn and the facts that follow fit together.
   */
  sit(seat: Seat): void {
    const { peer, room } = seat;
    seat.session?.dismiss();
    seat.session = this;
    this.#seat = seat;
    this.stopWaiting();
    this.tests(undefined);
    clearTimeout(this.#joinTimer);
    peer.reconnected();
    void this.#socket.join([roomChannel(room), peerChannel(peer.id)]);
    this.#unsubscribe = [
      peer.on('mediaReset', (mediaEpoch) => this.#tell('mediaReset', { mediaEpoch })),
      peer.on('moving', (endsIn) => this.#tell('moving', { endsIn })),
      peer.on('moveCancelled', (mediaEpoch) => this.#tell('moveCancelled', { mediaEpoch })),
      peer.on('closed', (reason) => this.#peerClosed(reason)),
      peer.on('permissionsChanged', (permissions) => {
        this.#tell('permissionsChanged', { permissions });
        this.#withToken(seat, room.name, (token) => this.#tell('tokenRenewed', { token }));
      }),
      peer.on('sentTo', (destination) =>
        this.#withToken(seat, destination, (token) => this.#tell('sentToRoom', { room: destination, token })),
      ),
      peer.on('subscriptionsAsked', (producerIds, subscribe) =>
        this.#tell('subscriptionsAsked', { producerIds: [...producerIds], subscribe }),
      ),
      peer.on('updated', () => this.#updated(seat)),
      peer.conduct.on('unmuteAsked', (by) => this.#tell('unmuteAsked', { by })),
      peer.producers.on('muted', (producerId) => this.#tell('producerMuted', { producerId })),
      peer.producers.on('demandChanged', (producerId, spatialLayer) =>
        this.#tell('demandChanged', { producerId, spatialLayer }),
      ),
      peer.consumers.on('created', (consumer) => this.#tell('newConsumer', { consumer })),
      peer.consumers.on('closed', (consumerId, producerId, reason) =>
        this.#tell('consumerClosed', { consumerId, producerId, reason }),
      ),
      peer.quality.on('changed', (change) => this.#tell('qualityChanged', change)),
      peer.quality.on('audioOnlyChanged', (audioOnly) => this.#tell('audioOnlyChanged', { audioOnly })),
    ];
    peer.producers.retellDemand();
    peer.quality.retell();
    room.forwarding.quality.touch();
    const endsIn = room.media.moves.endsIn(peer);
    if (endsIn !== undefined) this.#tell('moving', { endsIn });
    this.farewell();
    this.move();
  }

  /** @throws ParleyError `notFound` where there is none, or it is over. */
  get networkTest(): NetworkTest {
    if (!this.#networkTest || this.#networkTest.closed) throw notFound('there is no test, or it is over');
    return this.#networkTest;
  }

  /** It tests its network, until it joins or is gone; a former test ends. */
  tests(test: NetworkTest | undefined): void {
    this.#networkTest?.close();
    this.#networkTest = test;
  }

  /** From now on this socket hears whether somebody is let in who knocked. */
  waitsFor(knock: Knock): void {
    this.#knocking?.lose();
    clearTimeout(this.#joinTimer);
    this.#knocking = new Knocking(knock, (answer) => {
      this.#startJoinTimer();
      this.#tell('knockAnswered', { answer });
    });
  }

  /** It does not wait any more, to come in or to go. Returns whether it did. */
  stopWaiting(): boolean {
    const knocking = this.#knocking;
    this.#knocking = undefined;
    knocking?.end();
    if (knocking) this.#startJoinTimer();
    return knocking !== undefined;
  }

  /** Tells the peer to go to another node, if it should. */
  move(): void {
    const moving = this.#seat && this.services.handoffs.forSeat(this.#seat);
    if (moving) this.#tell('moving', moving);
  }

  /** Tells the peer that the node is about to end, if it is, and nobody else takes the peer. */
  farewell(): void {
    const seat = this.#seat;
    if (!seat || this.#farewellTo === seat || this.services.handoffs.isAwaited(seat)) return;
    this.#farewellTo = seat;
    this.services.farewells.forSeat(seat).then(
      (farewell) => {
        if (!farewell) this.#farewellTo = undefined;
        else if (this.#seat === seat) this.#tell('draining', farewell);
      },
      (error: unknown) => this.#logger.error({ error }, 'a peer could not be told to come back'),
    );
  }

  /** Nobody is told of a hidden peer, but itself. */
  #updated({ peer }: Seat): void {
    if (!peer.permissions.hidden) return;
    const { peerId, name, metadata, attributes } = peer.info();
    const said = { ...(metadata === undefined ? {} : { metadata }), ...(attributes ? { attributes } : {}) };
    this.#tell('peerUpdated', { peerId, name, ...said });
  }

  #withToken(seat: Seat, room: string, tell: (token: string) => void): void {
    this.services.farewells.tokenFor(seat, room).then(
      (token) => {
        if (this.#seat === seat) tell(token);
      },
      (error: unknown) => this.#logger.error({ error }, 'a token could not be made for a peer'),
    );
  }

  /** Another socket speaks for the peer now. */
  dismiss(): void {
    this.#stand();
    this.#socket.disconnect(true);
  }

  async #receive(event: string | number, args: unknown[]): Promise<void> {
    const acknowledge = args.at(-1);
    if (typeof acknowledge !== 'function') {
      this.#logger.debug({ event }, 'a request without acknowledgement is dropped');
      return;
    }
    const answer = acknowledge as (answer: Answer<unknown>) => void;
    const startedAt = performance.now();
    this.#requests += 1;
    const code = await inLogContext({ session: this.#socket.id, request: this.#requests }, async () => {
      try {
        await this.services.rates.consume(this.#socket.id, event);
        const payload = args.length > 1 ? args[0] : {};
        await dispatch(this, this.#queue, event, payload, (data) => answer({ ok: true, data }));
        return 'ok' as const;
      } catch (error) {
        const wireError = this.#wireError(event, error).toWire();
        answer({ ok: false, error: wireError });
        return wireError.code;
      }
    });
    this.services.activity.requestAnswered(String(event), code, performance.now() - startedAt);
  }

  /** What it logs has the session by its context. */
  #wireError(event: string | number, error: unknown): ParleyError {
    const { logger } = this.services;
    if (error instanceof ParleyError) {
      logger.debug({ event, code: error.code, reason: error.message }, 'request refused');
      return error;
    }
    logger.error({ event, error }, 'request failed');
    return new ParleyError('internal', 'the server failed');
  }

  #tell<E extends EventName>(event: E, payload: EventPayloads[E]): void {
    const emit = this.#socket.emit.bind(this.#socket) as (name: E, payload: EventPayloads[E]) => void;
    emit(event, payload);
  }

  #peerClosed(reason: PeerCloseReason): void {
    if (reason !== 'left') this.#tell('removed', { reason });
    this.#stand();
    this.#cameAt = undefined;
    this.#startJoinTimer();
  }

  #socketGone(reason: string): void {
    this.#closed = true;
    clearTimeout(this.#joinTimer);
    this.#queue.close();
    this.#knocking?.lose();
    this.tests(undefined);
    const peer = this.#seat?.peer;
    this.#stand();
    if (peer && !peer.closed) {
      peer.logger.info({ reason }, 'socket lost, keeping the peer for the grace period');
      peer.disconnected();
    }
  }

  #stand(): void {
    for (const off of this.#unsubscribe) off();
    this.#unsubscribe = [];
    const seat = this.#seat;
    this.#seat = undefined;
    if (!seat) return;
    if (seat.session === this) seat.session = undefined;
    void this.#socket.leave(roomChannel(seat.room));
    void this.#socket.leave(peerChannel(seat.peer.id));
  }

  #startJoinTimer(): void {
    clearTimeout(this.#joinTimer);
    if (this.#closed) return;
    this.#joinTimer = setTimeout(() => this.#socket.disconnect(true), JOIN_DEADLINE);
    this.#joinTimer.unref();
  }
}
