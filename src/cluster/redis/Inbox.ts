import type { Logger } from '../../support/logger.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import { readEnvelope, type Envelope } from './envelope.ts';
import type { Heartbeat } from './Heartbeat.ts';
import type { RedisConnection } from './RedisConnection.ts';
import { READ_BLOCK } from './times.ts';

/** Entries that are read at a time. */
const COUNT = 200;

interface InboxEvents {
  /** In order per sender, each once. Without a room it was sent to this node. */
  received: [envelope: Envelope, from: string, room: string];
  /** Messages are missing here: this node was away for longer than they are kept. */
  gap: [];
}

/** Reads what the others put into this node's stream, on a connection of its own, which waits for it. */
export class Inbox extends TypedEmitter<InboxEvents> {
  readonly #stream: string;
  readonly #connection: RedisConnection;
  readonly #heartbeat: Heartbeat;
  readonly #logger: Logger;
  /** Of the stream's ids, `<generation>-<number>`. */
  #generation = 0;
  #number = 0;
  /** The last number of each sender. */
  readonly #numbers = new Map<string, number>();
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(options: { id: string; connection: RedisConnection; heartbeat: Heartbeat; logger: Logger }) {
    super();
    this.#stream = `parley:inbox:${options.id}`;
    this.#connection = options.connection;
    this.#heartbeat = options.heartbeat;
    this.#logger = options.logger;
    options.connection.on('up', () => this.#wake?.());
    void this.#follow();
  }

  /** Number of the last entry that was read. */
  get read(): number {
    return this.#number;
  }

  /** The stream is empty, and numbered from 1 again. */
  restart(generation: string): void {
    this.#generation = Number(generation);
    this.#number = 0;
  }

  /** That node sends nothing more. */
  forget(sender: string): void {
    this.#numbers.delete(sender);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed()) {
      if (this.#isAway()) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      // Redis may be another one than before: nothing is read from it until its state was compared with ours.
      if (!(await this.#heartbeat.checked())) return;
      try {
        while (!this.#isClosed() && this.#take(await this.#readOn()));
      } catch (error) {
        if (this.#isClosed() || this.#isAway()) continue;
        this.#logger.error({ error }, 'reading what other nodes sent failed');
        await this.#heartbeat.next('checked');
      }
    }
  }

  #readOn(): Promise<[string, string[]][]> {
    return this.#connection.read(this.#stream, `${this.#generation}-${this.#number}`, COUNT, READ_BLOCK);
  }

  /** Whether reading goes on from there. */
  #take(entries: readonly [string, string[]][]): boolean {
    for (const [id, fields] of entries) {
      if (this.#isClosed()) return false;
      const [generation = 0, number = 0] = id.split('-').map(Number);
      if (generation < this.#generation) continue;
      // This node was made known anew, and has not yet heard that it was done.
      if (generation > this.#generation) return false;
      const isGap = number !== this.#number + 1;
      this.#number = number;
      if (isGap) {
        this.#logger.warn('messages of other nodes were missed');
        this.emit('gap');
      }
      this.#deliver(fields);
    }
    return true;
  }

  #deliver(fields: readonly string[]): void {
    const [, from = '', , seq = '', , room = '', , body = ''] = fields;
    const number = Number(seq);
    // Sent again, because nobody knew whether it had arrived.
    if (number <= (this.#numbers.get(from) ?? 0)) return;
    this.#numbers.set(from, number);
    const envelope = readEnvelope(body);
    if (envelope) this.emit('received', envelope, from, room);
    else this.#logger.warn({ from }, 'another node sent what this one does not know');
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #isAway(): boolean {
    return !this.#connection.isUp;
  }
}
