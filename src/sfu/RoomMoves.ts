import type { MediaSetup } from '../protocol/models.ts';
import { invalidState } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { Peer } from './Peer.ts';
import type { Relocation, RoomRouter, RoomRouters } from './RoomRouters.ts';

/** ms for which a move may take before the peer is made to build its media anew. */
export const MOVE_DEADLINE = 10_000;
/** Peers of a room that move at a time: each is sent everything twice meanwhile. */
const AT_A_TIME = 8;

/**
 * How a move ended: the peer uses its new media, goes on with what it had, builds its media anew, or has left.
 */
export const MOVE_RESULTS = ['moved', 'cancelled', 'rebuilt', 'left'] as const;
export type MoveResult = (typeof MOVE_RESULTS)[number];

interface RoomMovesEvents {
  ended: [result: MoveResult];
}

interface Move {
  readonly endsAt: number;
  readonly timer: NodeJS.Timeout;
  /** Once its client has begun. */
  relocation?: Relocation;
  readonly off: (() => void)[];
}

export interface RoomMovesParts {
  routers: RoomRouters;
  /** Builds media on a router beside what the peer has. */
  setUp: (peer: Peer, place: RoomRouter) => Promise<Omit<MediaSetup, 'iceServers'>>;
  /** The peer has no media any more: its client builds it anew. */
  reset: (peer: Peer) => void;
  /** ms, `MOVE_DEADLINE` by default. */
  deadline?: number;
  logger: Logger;
}

/**
 * Moves peers to other workers while their calls go on: the client builds new media beside the old one and lets go of
 * that when the new one is used. Whoever has not done so in time, such as a client that does not know how, builds its
 * media anew as after a worker's death.
 */
export class RoomMoves extends TypedEmitter<RoomMovesEvents> {
  readonly #routers: RoomRouters;
  readonly #setUp: RoomMovesParts['setUp'];
  readonly #reset: (peer: Peer) => void;
  readonly #deadline: number;
  readonly #logger: Logger;
  readonly #moves = new Map<Peer, Move>();
  #waiting: Peer[] = [];
  #closed = false;

  constructor({ routers, setUp, reset, deadline, logger }: RoomMovesParts) {
    super();
    this.#routers = routers;
    this.#setUp = setUp;
    this.#reset = reset;
    this.#deadline = deadline ?? MOVE_DEADLINE;
    this.#logger = logger;
  }

  /** Peers that move, or wait for their turn. */
  get size(): number {
    return this.#moves.size + this.#waiting.length;
  }

  /** ms that a peer has for its move; undefined for one that does not move. */
  endsIn(peer: Peer): number | undefined {
    const move = this.#moves.get(peer);
    return move && Math.max(0, Math.round(move.endsAt - performance.now()));
  }

  /**
   * Moves the room's peers off a worker, a few at a time, and keeps others off it. Returns how many there are to move.
   *
   * @throws ParleyError `notFound` without such a worker, `conflict` without another one.
   */
  vacate(workerIndex: number): number {
    const peers = this.#routers.avoid(workerIndex);
    const known = new Set([...this.#moves.keys(), ...this.#waiting]);
    this.#waiting.push(...peers.filter((peer) => !known.has(peer)));
    this.#logger.info({ worker: workerIndex, peers: peers.length }, 'leaving a worker');
    this.#next();
    return peers.length;
  }

  /**
   * The client builds its new media.
   *
   * @throws ParleyError `invalidState` for a peer that is not to move, or has begun; `unavailable` without a place.
   */
  async begin(peer: Peer): Promise<Omit<MediaSetup, 'iceServers'>> {
    const move = this.#moves.get(peer);
    if (!move) throw invalidState('this peer is not to move');
    if (move.relocation) throw invalidState('this peer is moving already');
    const relocation = await this.#routers.relocate(peer);
    if (this.#moves.get(peer) !== move || this.#hasBegun(move)) {
      relocation.back();
      throw invalidState('the move ended meanwhile');
    }
    move.relocation = relocation;
    try {
      return await this.#setUp(peer, relocation.place);
    } catch (error) {
      this.#cancel(peer, move);
      throw error;
    }
  }

  /** The client uses its new media. @throws ParleyError `invalidState` for one that does not move, or of another epoch. */
  end(peer: Peer, mediaEpoch: number): void {
    const move = this.#moves.get(peer);
    if (!move?.relocation || peer.mediaEpoch !== mediaEpoch) throw invalidState('there is no such move');
    this.#forget(peer, move);
    peer.endMove();
    move.relocation.arrived();
    peer.logger.info('peer moved to another worker');
    this.emit('ended', 'moved');
    this.#next();
  }

  /** The client gave up what it had and builds its media anew, where it is placed by now. */
  rebuilt(peer: Peer): void {
    const move = this.#moves.get(peer);
    if (!move?.relocation) return;
    this.#forget(peer, move);
    move.relocation.arrived();
    this.emit('ended', 'rebuilt');
    this.#next();
  }

  /** The worker died that a peer is on, or moves to. Returns whether it has media all the same, where it was before. */
  lost(peer: Peer): boolean {
    const move = this.#moves.get(peer);
    if (!move) return false;
    this.#forget(peer, move);
    const isBack = peer.cancelMove();
    if (isBack) move.relocation?.back();
    else move.relocation?.arrived();
    this.emit('ended', isBack ? 'cancelled' : 'rebuilt');
    this.#next();
    return isBack;
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    for (const [peer, move] of [...this.#moves]) this.#forget(peer, move);
  }

  #next(): void {
    while (!this.#closed && this.#moves.size < AT_A_TIME) {
      const peer = this.#waiting.shift();
      if (!peer) return;
      if (!peer.closed && this.#routers.isToGo(peer)) this.#start(peer);
    }
  }

  #start(peer: Peer): void {
    const move: Move = {
      endsAt: performance.now() + this.#deadline,
      timer: setTimeout(() => this.#late(peer), this.#deadline).unref(),
      off: [
        peer.once('closed', () => {
          this.#forget(peer, move);
          move.relocation?.arrived();
          this.emit('ended', 'left');
          this.#next();
        }),
        // A client without its socket goes on with what it had; it is asked again when it is back.
        peer.on('disconnected', () => this.#cancel(peer, move)),
      ],
    };
    this.#moves.set(peer, move);
    peer.askToMove(this.#deadline);
  }

  /** It is asked anew, or late. */
  #cancel(peer: Peer, move: Move): void {
    const { relocation } = move;
    if (!relocation) return;
    delete move.relocation;
    if (peer.cancelMove() || peer.transports.size > 0) relocation.back();
    else this.#late(peer);
  }

  #late(peer: Peer): void {
    const move = this.#moves.get(peer);
    if (!move || peer.closed) return;
    this.#forget(peer, move);
    peer.logger.warn({ begun: move.relocation !== undefined }, 'a peer did not move in time');
    peer.transports.lose();
    this.#routers.leave(peer);
    move.relocation?.arrived();
    this.emit('ended', 'rebuilt');
    this.#reset(peer);
    this.#next();
  }

  // A call, because the compiler takes the field for unchanged across an await.
  #hasBegun({ relocation }: Move): boolean {
    return relocation !== undefined;
  }

  #forget(peer: Peer, move: Move): void {
    if (this.#moves.get(peer) === move) this.#moves.delete(peer);
    clearTimeout(move.timer);
    for (const off of move.off) off();
  }
}
