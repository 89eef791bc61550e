import type { Router } from 'express';
import type { AccessTokens } from './access/AccessTokens.ts';
import type { Drain } from './cluster/Drain.ts';
import { eventRoutes } from './http/eventRoutes.ts';
import { operatorRoutes } from './http/operatorRoutes.ts';
import type { ServerEvents } from './openEvents.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';

export interface DoorsOptions {
  rooms: RoomRegistry;
  drain: Drain;
  tokens: AccessTokens;
  events: ServerEvents;
}

/** What other systems reach this server by, besides the signaling of its own clients. */
export interface Doors {
  /** In the order in which they are asked. */
  routes: readonly Router[];
}

/** Puts the doors together. */
export function openDoors({ rooms, drain, tokens, events }: DoorsOptions): Doors {
  const operators = operatorRoutes({
    rooms,
    drain,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
    assertServerAdmin: (token) => tokens.assertServerAdmin(token),
  });
  const told = eventRoutes({
    read: (after, limit) => events.log.read(after, limit),
    receivers: () => events.receivers,
    lost: () => events.log.lost,
    assertServerAdmin: (token) => tokens.assertServerAdmin(token),
  });
  return { routes: [operators, told] };
}
