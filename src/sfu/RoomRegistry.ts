import { limitExceeded, unavailable } from '../support/errors.ts';
import { outsideLogContext } from '../support/logContext.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import type { ForwardingSettings } from '../protocol/models.ts';
import { defaultForwarding } from './forwarding/forwardingSettings.ts';
import type { Limits } from './limits.ts';
import { defaultPlacement, type PlacementSettings } from './placement.ts';
import { Room } from './Room.ts';
import { plainDefinition, type RoomDefinition } from './RoomDefinition.ts';
import { ServerCapacity } from './ServerCapacity.ts';
import { ServerLoad, type OverloadThresholds } from './ServerLoad.ts';

interface RoomRegistryEvents {
  roomCreated: [room: Room];
}

/** All rooms of this node, by name. */
export class RoomRegistry extends TypedEmitter<RoomRegistryEvents> {
  readonly limits: Limits;
  readonly #forwarding: ForwardingSettings;
  readonly #placement: PlacementSettings;
  readonly #firstIsHost: boolean;
  readonly #pool: WorkerPool;
  readonly #logger: Logger;
  readonly #rooms = new Map<string, Room>();
  readonly #capacity: ServerCapacity;
  readonly #load: ServerLoad;
  #closed = false;

  constructor(options: {
    pool: WorkerPool;
    limits: Limits;
    /** What rooms begin with. */
    forwarding?: Partial<ForwardingSettings>;
    /** Which workers the peers of a room go to. */
    placement?: Partial<PlacementSettings>;
    /** Whether the first who comes into a room is its host. Default: only whom a token makes one. */
    firstIsHost?: boolean;
    /** From where on the server is told to be overloaded. */
    overload?: Partial<OverloadThresholds>;
    logger: Logger;
  }) {
    super();
    this.limits = options.limits;
    this.#forwarding = { ...defaultForwarding, ...options.forwarding };
    this.#placement = { ...defaultPlacement, ...options.placement };
    this.#firstIsHost = options.firstIsHost ?? false;
    this.#pool = options.pool;
    this.#logger = options.logger;
    this.#load = new ServerLoad(options.overload);
    this.#capacity = new ServerCapacity(options.limits, options.pool, this.#load, () => this.#rooms.values());
  }

  get rooms(): ReadonlyMap<string, Room> {
    return this.#rooms;
  }

  /** Peers in all rooms. */
  get peerCount(): number {
    let count = 0;
    for (const room of this.#rooms.values()) count += room.peers.size;
    return count;
  }

  /** The room of that name, made when it is not there, by its definition if it has one. @throws ParleyError `limitExceeded`, `unavailable`. */
  getOrCreate(name: string, definition?: RoomDefinition): Room {
    if (this.#closed) throw unavailable('the server is shutting down');
    const existing = this.#rooms.get(name);
    if (existing) return existing;
    if (this.#rooms.size >= this.limits.maxRooms) this.#makeRoom();
    // Others use it after the one whose request this is.
    const room = outsideLogContext(() =>
      this.#create(definition ?? plainDefinition(name, this.limits.emptyRoomGrace)),
    );
    room.logger.info('room created');
    return room;
  }

  #create(definition: RoomDefinition): Room {
    const { name } = definition;
    const room = new Room({
      definition,
      pool: this.#pool,
      limits: this.limits,
      forwarding: this.#forwarding,
      placement: this.#placement,
      firstIsHost: this.#firstIsHost,
      capacity: this.#capacity,
      logger: this.#logger,
    });
    this.#rooms.set(name, room);
    room.once('closed', () => this.#rooms.delete(name));
    this.emit('roomCreated', room);
    return room;
  }

  /** Closes the oldest of the rooms that are only kept for those who may come back. */
  #makeRoom(): void {
    for (const room of this.#rooms.values()) {
      if (
        room.occupancy > 0 ||
        (room.isReserved && room.definition.emptyTimeout > this.limits.emptyRoomGrace)
      )
        continue;
      room.close('empty');
      return;
    }
    throw limitExceeded('the server has no room left');
  }

  /** Idempotent. Every room closes with `serverClosed`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const room of [...this.#rooms.values()]) room.close('serverClosed');
    this.#load.close();
  }
}
