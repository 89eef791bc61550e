import { randomUUID } from 'node:crypto';
import type { RoomSettings } from '../protocol/conduct.ts';

/** What was set of who may do what; what is absent is as in a room in which nobody has set anything. */
export interface RoomRules extends Partial<Omit<RoomSettings, 'hasPassword'>> {
  /** Whether the first who comes without an identity is host, where the server is open. Default: true. */
  firstIsHost?: boolean;
}

/** What a room is beside what happens in it; the same on all nodes. */
export interface RoomDefinition {
  readonly name: string;
  /** Tells two rooms apart that bore the same name one after the other. */
  readonly sid: string;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** ms for which it is kept before anybody came. */
  readonly emptyTimeout: number;
  /** ms for which it is kept after everybody left. */
  readonly departureTimeout: number;
  /** Peers that it takes; 0: as many as the server lets into a room. */
  readonly maxPeers: number;
  /** Free text of the application. */
  readonly metadata: string;
  readonly rules?: RoomRules;
  /** See `hashPassword`; empty or absent: none. */
  readonly passwordHash?: string;
}

/** What may be changed of it. */
export type RoomChange = Partial<Omit<RoomDefinition, 'name' | 'sid' | 'createdAt'>>;

/** Of a room that nobody defined. */
export function plainDefinition(name: string, keptFor: number): RoomDefinition {
  return {
    name,
    sid: randomUUID(),
    createdAt: Date.now(),
    emptyTimeout: keptFor,
    departureTimeout: keptFor,
    maxPeers: 0,
    metadata: '',
  };
}

/** Which rooms were defined, for as long as they are there. */
export interface RoomDefinitions {
  get(name: string): Promise<RoomDefinition | undefined>;
  put(definition: RoomDefinition): Promise<void>;
  /** Nothing happens for one that there is not. */
  delete(name: string): Promise<void>;
  list(): Promise<RoomDefinition[]>;
}

/** Those of this process, which end with it. */
export class MemoryRoomDefinitions implements RoomDefinitions {
  readonly #definitions = new Map<string, RoomDefinition>();

  get(name: string): Promise<RoomDefinition | undefined> {
    return Promise.resolve(this.#definitions.get(name));
  }

  put(definition: RoomDefinition): Promise<void> {
    this.#definitions.set(definition.name, definition);
    return Promise.resolve();
  }

  delete(name: string): Promise<void> {
    this.#definitions.delete(name);
    return Promise.resolve();
  }

  list(): Promise<RoomDefinition[]> {
    return Promise.resolve([...this.#definitions.values()]);
  }
}
