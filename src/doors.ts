import type { Router } from 'express';
import type { AccessTokens } from './access/AccessTokens.ts';
import type { Drain } from './cluster/Drain.ts';
import { crossOrigin, failedAuthLimit, guardedPaths } from './http/apiGuards.ts';
import { apiDocsRoutes } from './http/apiDocsRoutes.ts';
import { openApiDocument, type ApiOperation } from './http/openApi.ts';
import { docsOperations, operatorOperations } from './http/operatorOperations.ts';
import { operatorRoutes } from './http/operatorRoutes.ts';
import { twirpRoutes } from './http/twirpRoutes.ts';
import { roomServiceRequests, type RoomServiceMethod } from './livekit/requests.ts';
import { roomServiceNotes, roomServiceResponses } from './livekit/responses.ts';
import type { RoomService } from './livekit/RoomService.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';
import type { Logger } from './support/logger.ts';

export interface DoorsOptions {
  rooms: RoomRegistry;
  drain: Drain;
  tokens: AccessTokens;
  roomService: RoomService;
  /** Of pages that may call the API. */
  apiOrigins: readonly string[];
  logger: Logger;
}

/** What other systems reach this server by, besides the signaling of its own clients. */
export interface Doors {
  /** In the order in which they are asked. */
  routes: readonly Router[];
  /** The routes of the API, for its document. */
  operations: readonly ApiOperation[];
}

/** Of the API; it grows when a route or a field goes. */
const API_VERSION = '1.0.0';

const roomServiceOperations = (Object.keys(roomServiceRequests) as RoomServiceMethod[]).map(
  (method): ApiOperation => ({
    method: 'post',
    path: `/twirp/livekit.RoomService/${method}`,
    tag: 'Rooms and participants',
    summary: roomServiceNotes[method][0],
    grant: roomServiceNotes[method][1],
    request: roomServiceRequests[method],
    status: 200,
    response: roomServiceResponses[method],
    errors: 'twirp',
  }),
);

/** Puts the doors together. */
export function openDoors({ rooms, drain, tokens, roomService, apiOrigins, logger }: DoorsOptions): Doors {
  const operators = operatorRoutes({
    rooms,
    drain,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
    assertServerAdmin: (token) => tokens.assertServerAdmin(token),
  });
  const guard = failedAuthLimit();
  const twirp = twirpRoutes(
    {
      name: 'livekit.RoomService',
      has: (method) => roomService.has(method),
      call: (method, body, token) => roomService.call(method as RoomServiceMethod, body, token),
    },
    { guard, logger },
  );
  const operations = [...roomServiceOperations, ...operatorOperations, ...docsOperations];
  const docs = apiDocsRoutes(openApiDocument(operations, API_VERSION));
  const guards = [crossOrigin(apiOrigins, ['/api', '/twirp']), guardedPaths(['/api'], guard)];
  return { routes: [...guards, docs, operators, twirp], operations };
}
