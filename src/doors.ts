import type { Router } from 'express';
import type { AccessTokens } from './access/AccessTokens.ts';
import type { Drain } from './cluster/Drain.ts';
import type { HealthChecks } from './http/HealthChecks.ts';
import { operatorRoutes } from './http/operatorRoutes.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';

export interface DoorsOptions {
  rooms: RoomRegistry;
  drain: Drain;
  tokens: AccessTokens;
  /** Where a door says by a name whether it works. */
  health: Pick<HealthChecks, 'add'>;
}

/** What other systems reach this server by, besides the signaling of its own clients. */
export interface Doors {
  /** In the order in which they are asked. */
  routes: readonly Router[];
}

/** Puts the doors together. */
export function openDoors({ rooms, drain, tokens }: DoorsOptions): Doors {
  const operators = operatorRoutes({
    rooms,
    drain,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
    assertServerAdmin: (token) => tokens.assertServerAdmin(token),
  });
  return { routes: [operators] };
}
