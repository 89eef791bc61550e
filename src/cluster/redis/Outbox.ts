import { invalidState, ParleyError } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import type { Heartbeat } from './Heartbeat.ts';
import { shed, type Outgoing } from './outgoing.ts';
import type { RedisConnection } from './RedisConnection.ts';
import { POST } from './scripts.ts';
import { KEEP } from './times.ts';

/** Entries that an inbox keeps, about: those of a node which does not read for a while. */
export const INBOX_LENGTH = 10_000;

/** What may wait while Redis is away. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

/** What goes to Redis at a time; it serves nobody else meanwhile. */
const BATCH = 256;
const BATCH_BYTES = 512 * 1024;

interface Numbered extends Outgoing {
  number: number;
}

/**
 * Everything that this node does to others, one batch after the other, so that it arrives in the order in which it was
 * asked for.
 *
 * A batch of which it is not known whether Redis took it is sent again; receivers tell by the numbers.
 */
export class Outbox {
  readonly #id: string;
  readonly #connection: RedisConnection;
  readonly #heartbeat: Heartbeat;
  readonly #logger: Logger;
  #waiting: Outgoing[] = [];
  #waitingBytes = 0;
  /** How many may wait before something is shed. */
  #limit = MAX_WAITING;
  #batch: Numbered[] = [];
  #number = 0;
  #sent = 0;
  #isPumping = false;
  #closed = false;
  #onIdle: (() => void)[] = [];

  constructor(options: { id: string; connection: RedisConnection; heartbeat: Heartbeat; logger: Logger }) {
    this.#id = options.id;
    this.#connection = options.connection;
    this.#heartbeat = options.heartbeat;
    this.#logger = options.logger;
  }

  /** Number of the last message that Redis took. */
  get sent(): number {
    return this.#sent;
  }

  /** A number for a message that goes another way; it is greater than all that were sent. */
  nextNumber(): number {
    this.#number += 1;
    return this.#number;
  }

  /** @throws ParleyError `invalidState` once closed. */
  post(outgoing: Outgoing): void {
    if (this.#closed) throw invalidState('this node has left the cluster');
    this.#waiting.push(outgoing);
    this.#waitingBytes += outgoing.body.length;
    if (this.#waiting.length > this.#limit || this.#waitingBytes > MAX_WAITING_BYTES) this.#shed();
    if (!this.#isPumping) void this.#pump();
  }

  /** Resolves when nothing waits, or it was closed. */
  async idle(): Promise<void> {
    if (this.#closed || !this.#isPumping) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** What waits is dropped. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#batch = [];
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    // Whoever posts a lot in one go has it sent in one go.
    await Promise.resolve();
    while (!this.#closed && (this.#batch.length > 0 || this.#waiting.length > 0)) {
      if (this.#batch.length === 0) this.#takeBatch();
      if (this.#batch.length > 0) await this.#send();
    }
    this.#isPumping = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #takeBatch(): void {
    let bytes = 0;
    let count = 0;
    for (const outgoing of this.#waiting) {
      if (count === BATCH || (count > 0 && bytes + outgoing.body.length > BATCH_BYTES)) break;
      count += 1;
      bytes += outgoing.body.length;
      if (outgoing.isWanted?.() === false) continue;
      this.#batch.push({ ...outgoing, number: this.nextNumber() });
    }
    this.#waiting.splice(0, count);
    this.#waitingBytes -= bytes;
    if (this.#waiting.length === 0) this.#limit = MAX_WAITING;
  }

  async #send(): Promise<void> {
    // Of one that is sent again: whoever was refused meanwhile must not find it done in the end.
    const batch = this.#batch.filter(({ isWanted }) => isWanted?.() !== false);
    this.#batch = batch;
    if (batch.length === 0) return;
    const last = batch.at(-1)?.number ?? 0;
    let answer: [string, ...number[]];
    try {
      answer = (await this.#connection.run(POST, [
        this.#id,
        this.#connection.runId,
        INBOX_LENGTH,
        KEEP,
        last,
        ...batch.flatMap(({ kind, target, number, body }) => [kind, target, number, body]),
      ])) as typeof answer;
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof ParleyError && error.code !== 'unavailable') {
        this.#logger.error({ error }, 'Redis does not take what goes to other nodes');
        // In its own time, for it will hardly help to ask at once.
        await this.#heartbeat.next('checked');
      } else {
        await this.#heartbeat.checked();
      }
      return;
    }
    // Redis has forgotten something; the next beat mends it.
    if (answer[0] !== 'ok') {
      await this.#heartbeat.checked();
      return;
    }
    this.#sent = last;
    this.#batch = [];
    batch.forEach(({ onDelivered }, i) => onDelivered?.(Number(answer[i + 1])));
  }

  #shed(): void {
    const before = this.#waiting.length;
    this.#waiting = shed(this.#waiting);
    this.#waitingBytes = this.#waiting.reduce((sum, { body }) => sum + body.length, 0);
    // Where that many rooms are left, it is not tried again for each.
    this.#limit = Math.max(MAX_WAITING, this.#waiting.length * 2);
    this.#logger.warn(
      { before, after: this.#waiting.length },
      'too much waits for Redis; the others will ask for the state again',
    );
  }
}
