import type { Room } from '../sfu/Room.ts';
import type { RoomDefinition } from '../sfu/RoomDefinition.ts';
import type { SharedDefinition } from './sharedState.ts';

/**
 * What a room is, kept the same on all nodes that have it: each change counts one up, and the higher count wins. Of rooms
 * that nobody changed the older one is the room.
 */
export class OwnDefinition {
  readonly #room: Room;
  readonly #node: string;
  readonly #off: () => void;
  #revision = 0;
  #by: string;

  /** @param tell Has it told to the other nodes. */
  constructor(room: Room, node: string, tell: () => void) {
    this.#room = room;
    this.#node = node;
    this.#by = node;
    this.#off = room.on('defined', (_definition, by) => {
      if (by === 'elsewhere') return;
      this.#revision += 1;
      this.#by = this.#node;
      tell();
    });
  }

  get shared(): SharedDefinition {
    return { revision: this.#revision, by: this.#by, values: valuesOf(this.#room.definition) };
  }

  /** Takes over another node's, when that counts more. */
  take({ revision, by, values }: SharedDefinition): void {
    const { createdAt } = this.#room.definition;
    const isNewer =
      revision > this.#revision || (revision === this.#revision && revision > 0 && by > this.#by);
    const isOlderRoom = revision === this.#revision && revision === 0 && values.createdAt < createdAt;
    if (isNewer || isOlderRoom) {
      this.#revision = revision;
      this.#by = by;
      this.#room.define(values, 'elsewhere');
    } else if (values.createdAt < createdAt) {
      const { sid } = values;
      this.#room.define({ sid, createdAt: values.createdAt }, 'elsewhere');
    }
  }

  /** Idempotent. */
  close(): void {
    this.#off();
  }
}

function valuesOf(definition: RoomDefinition): SharedDefinition['values'] {
  const { sid, createdAt, emptyTimeout, departureTimeout, maxPeers, metadata } = definition;
  const { rules, passwordHash } = definition;
  return {
    ...{ sid, createdAt, emptyTimeout, departureTimeout, maxPeers, metadata },
    ...(rules === undefined ? {} : { rules }),
    ...(passwordHash === undefined ? {} : { passwordHash }),
  };
}
