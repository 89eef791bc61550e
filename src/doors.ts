import type { Router } from 'express';
import type { AccessTokens } from './access/AccessTokens.ts';
import type { Drain } from './cluster/Drain.ts';
import { operatorRoutes } from './http/operatorRoutes.ts';
import { twirpRoutes } from './http/twirpRoutes.ts';
import type { RoomServiceMethod } from './livekit/requests.ts';
import type { RoomService } from './livekit/RoomService.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';
import type { Logger } from './support/logger.ts';

export interface DoorsOptions {
  rooms: RoomRegistry;
  drain: Drain;
  tokens: AccessTokens;
  roomService: RoomService;
  logger: Logger;
}

/** What other systems reach this server by, besides the signaling of its own clients. */
export interface Doors {
  /** In the order in which they are asked. */
  routes: readonly Router[];
}

/** Puts the doors together. */
export function openDoors({ rooms, drain, tokens, roomService, logger }: DoorsOptions): Doors {
  const operators = operatorRoutes({
    rooms,
    drain,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
    assertServerAdmin: (token) => tokens.assertServerAdmin(token),
  });
  const twirp = twirpRoutes(
    {
      name: 'livekit.RoomService',
      has: (method) => roomService.has(method),
      call: (method, body, token) => roomService.call(method as RoomServiceMethod, body, token),
    },
    logger,
  );
  return { routes: [operators, twirp] };
}
