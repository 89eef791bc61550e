import { invalidState } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { ClusterRoom, RoomEvents } from '../cluster.ts';
import { toBody } from '../messageBody.ts';
import type { Envelope } from './envelope.ts';
import type { Outbox } from './Outbox.ts';

/** A room in which this node is, or is about to be, registered. */
export class RedisRoom extends TypedEmitter<RoomEvents> implements ClusterRoom {
  readonly name: string;
  readonly #outbox: Outbox;
  readonly #onLeave: () => void;
  readonly #members = new Set<string>();
  #isEntered = false;
  #closed = false;

  constructor(name: string, outbox: Outbox, onLeave: () => void) {
    super();
    this.name = name;
    this.#outbox = outbox;
    this.#onLeave = onLeave;
  }

  get members(): ReadonlySet<string> {
    return this.#members;
  }

  get isEntered(): boolean {
    return this.#isEntered;
  }

  publish(type: string, data: unknown): void {
    if (this.#closed) throw invalidState(`this node has left the room ${this.name}`);
    this.#outbox.post({
      kind: 'room',
      target: this.name,
      body: toBody({ kind: 'message', type, data } satisfies Envelope),
    });
  }

  leave(): void {
    if (this.#closed) return;
    this.close();
    this.#outbox.post({
      kind: 'leave',
      target: this.name,
      body: toBody({ kind: 'left' } satisfies Envelope),
    });
  }

  /** Without telling anybody. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#members.clear();
    this.#onLeave();
  }

  /**
   * Who is in it, as of now. After the first time it is told because something may be missing: this node, or what it
   * should have heard.
   */
  entered(members: readonly string[]): void {
    const isAgain = this.#isEntered;
    this.#isEntered = true;
    for (const id of [...this.#members]) if (!members.includes(id)) this.memberLeft(id);
    for (const id of members) this.memberJoined(id);
    if (isAgain) this.resync(null);
    else if (!this.#closed) this.emit('entered');
  }

  memberJoined(id: string): void {
    if (this.#closed || !this.#isEntered || this.#members.has(id)) return;
    this.#members.add(id);
    this.emit('memberJoined', id);
  }

  memberLeft(id: string): void {
    if (this.#members.delete(id)) this.emit('memberLeft', id);
  }

  /** Messages may be missing. */
  resync(from: string | null): void {
    if (!this.#closed && this.#isEntered) this.emit('resync', from);
  }

  received(from: string, type: string, data: unknown): void {
    if (!this.#closed && this.#isEntered) this.emit('message', { from, type, data });
  }
}
