import { invalidState, notFound, ParleyError } from '../support/errors.ts';
import type { Room } from './Room.ts';
import type { RoomChange, RoomDefinition, RoomDefinitions } from './RoomDefinition.ts';
import type { RoomRegistry } from './RoomRegistry.ts';

/** Rooms by what was said of them beforehand: it is kept for as long as they are there, and while no node runs. */
export class DefinedRooms {
  readonly #rooms: Pick<RoomRegistry, 'rooms' | 'getOrCreate'>;
  readonly #definitions: RoomDefinitions;

  constructor(rooms: Pick<RoomRegistry, 'rooms' | 'getOrCreate' | 'on'>, definitions: RoomDefinitions) {
    this.#rooms = rooms;
    this.#definitions = definitions;
    rooms.on('roomCreated', (room) => {
      room.once('closed', (reason) => {
        const isElsewhere = reason === 'empty' && room.elsewhere.peers.size > 0;
        if (reason === 'serverClosed' || isElsewhere) return;
        definitions.delete(room.name).catch((error: unknown) => {
          room.logger.error({ error }, 'the definition of a room that ended is still there');
        });
      });
    });
  }

  /** The room of that name, made when it is not there. @throws ParleyError as `RoomRegistry.getOrCreate`. */
  async open(name: string): Promise<Room> {
    const room = this.#rooms.rooms.get(name);
    return room ?? this.#rooms.getOrCreate(name, await this.#known(name));
  }

  /** What was said of a room; while that cannot be read, people meet all the same. */
  async #known(name: string): Promise<RoomDefinition | undefined> {
    try {
      return await this.#definitions.get(name);
    } catch (error) {
      if (error instanceof ParleyError && (error.code === 'unavailable' || error.code === 'timeout'))
        return undefined;
      throw error;
    }
  }

  /**
   * Changes what a room is, and keeps it.
   *
   * @throws ParleyError `invalidState` when it was closed meanwhile; whatever the store throws, with the room as it was.
   */
  async define(room: Room, change: RoomChange): Promise<void> {
    await this.#definitions.put(kept({ ...room.definition, ...change }));
    if (room.closed) {
      await this.#definitions.delete(room.name);
      throw invalidState('the room is closed');
    }
    room.define(change);
  }

  /**
   * The same on the word of somebody in the room: it is kept where the room is, and counts in any case.
   *
   * @throws ParleyError `invalidState` when the room was closed meanwhile.
   */
  async adjust(room: Room, change: RoomChange): Promise<void> {
    try {
      if (await this.#definitions.get(room.name))
        await this.#definitions.put(kept({ ...room.definition, ...change }));
    } catch (error) {
      room.logger.warn({ error }, 'what was set of a room is not kept');
    }
    if (room.closed) throw invalidState('the room is closed');
    room.define(change);
  }

  /** Ends a room for everybody. @throws ParleyError `notFound`. */
  end(name: string): void {
    const room = this.#rooms.rooms.get(name);
    if (!room) throw notFound('no such room');
    room.close('roomClosed');
  }

  /** Opens the rooms that were defined when this process began. */
  async restore(): Promise<void> {
    for (const definition of await this.#definitions.list())
      this.#rooms.getOrCreate(definition.name, definition);
  }
}

/** A lock is about this very call: whoever comes back to the room after a restart is a stranger to it. */
function kept(definition: RoomDefinition): RoomDefinition {
  const { rules } = definition;
  return rules?.locked ? { ...definition, rules: { ...rules, locked: false } } : definition;
}
