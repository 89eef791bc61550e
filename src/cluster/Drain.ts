import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

interface DrainEvents {
  /** From now on nobody is let in. Whoever empties this node listens here. */
  began: [];
}

export interface DrainOptions {
  rooms: Pick<RoomRegistry, 'rooms' | 'peerCount'>;
  /** ms that calls go on once it has begun, at most. */
  deadline: number;
  logger: Logger;
}

/**
 * The end of this node, announced: nobody else is let in, those who are in go on until the deadline.
 *
 * It is over as soon as everybody is gone, whoever saw to that: people leave, and whatever moves them elsewhere begins
 * with `began`.
 */
export class Drain extends TypedEmitter<DrainEvents> {
  /** Resolves once it is over, with whether everybody was gone by then; never, when it does not begin. */
  readonly over: Promise<boolean>;
  readonly #rooms: DrainOptions['rooms'];
  readonly #deadline: number;
  readonly #logger: Logger;
  /** On the clock of `performance.now()`. */
  #endsAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Who was let in and is not in a room yet. */
  #entering = 0;
  #resolve: (everybodyIsGone: boolean) => void = () => undefined;
  #isOver = false;

  constructor({ rooms, deadline, logger }: DrainOptions) {
    super();
    this.#rooms = rooms;
    this.#deadline = deadline;
    this.#logger = logger;
    this.over = new Promise((resolve) => (this.#resolve = resolve));
  }

  get begun(): boolean {
    return this.#endsAt !== undefined;
  }

  /** ms that calls go on at most; of a drain that has not begun, as from now. */
  get endsIn(): number {
    return this.#endsAt === undefined
      ? this.#deadline
      : Math.max(0, Math.round(this.#endsAt - performance.now()));
  }

  /**
   * Every way into a room leads through here, so that the drain waits for those who are on it.
   *
   * @throws ParleyError `unavailable` once it has begun, and whatever `enter` throws.
   */
  async admit<T>(enter: () => Promise<T>): Promise<T> {
    if (this.begun) throw unavailable('the server is about to end and lets nobody in; try again in a moment');
    this.#entering += 1;
    try {
      return await enter();
    } finally {
      this.#entering -= 1;
      this.#look();
    }
  }

  /** Idempotent. */
  begin(): void {
    if (this.begun) return;
    this.#endsAt = performance.now() + this.#deadline;
    const { peerCount: peers, rooms } = this.#rooms;
    this.#logger.info({ rooms: rooms.size, peers, deadline: this.#deadline }, 'draining');
    // There will be no other rooms.
    for (const room of rooms.values()) room.on('peerLeft', () => this.#look());
    this.#timer = setTimeout(() => this.cutShort(), this.#deadline);
    this.emit('began');
    this.#look();
  }

  /** Ends it now, if it has begun; those who are still in are cut off. Idempotent. */
  cutShort(): void {
    if (this.begun) this.#end();
  }

  #look(): void {
    if (this.begun && this.#isEmpty()) this.#end();
  }

  #isEmpty(): boolean {
    return this.#entering === 0 && this.#rooms.peerCount === 0;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const everybodyIsGone = this.#isEmpty();
    if (everybodyIsGone) this.#logger.info('drained: everybody is gone');
    else this.#logger.warn({ peers: this.#rooms.peerCount }, 'drained: those who are still in are cut off');
    this.#resolve(everybodyIsGone);
  }
}
