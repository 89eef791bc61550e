import { conflict, invalidState } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { ClusterRoom, ClusterRooms, RoomEvents } from '../cluster.ts';
import { toBody } from '../messageBody.ts';
import { assertRoomName } from '../roomNames.ts';

/** A room that is on one node. */
class LocalRoom extends TypedEmitter<RoomEvents> implements ClusterRoom {
  readonly name: string;
  readonly isEntered = true;
  readonly members: ReadonlySet<string> = new Set();
  readonly #onLeave: () => void;
  #left = false;

  constructor(name: string, onLeave: () => void) {
    super();
    this.name = name;
    this.#onLeave = onLeave;
  }

  publish(type: string, data: unknown): void {
    if (this.#left) throw invalidState(`this node has left the room ${this.name}`);
    // Nobody hears it, but a mistake shows.
    toBody({ type, data });
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#onLeave();
  }
}

/** Rooms that end where the node ends. */
export class LocalRooms implements ClusterRooms {
  readonly #id: string;
  readonly #rooms = new Map<string, LocalRoom>();
  #closed = false;

  constructor(id: string) {
    this.#id = id;
  }

  enter(name: string): ClusterRoom {
    this.#assertOpen();
    assertRoomName(name);
    if (this.#rooms.has(name)) throw conflict(`this node is in the room ${name} already`);
    const room = new LocalRoom(name, () => this.#rooms.delete(name));
    this.#rooms.set(name, room);
    return room;
  }

  async locate(name: string): Promise<string[]> {
    await Promise.resolve();
    this.#assertOpen();
    assertRoomName(name);
    return this.#rooms.has(name) ? [this.#id] : [];
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    for (const room of [...this.#rooms.values()]) room.leave();
  }

  #assertOpen(): void {
    if (this.#closed) throw invalidState('this node has left the cluster');
  }
}
