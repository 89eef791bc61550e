import type { IncomingMessage } from 'node:http';
import type { Router } from 'express';
import type { AccessTokens } from './access/AccessTokens.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Drain } from './cluster/Drain.ts';
import type { SharedRooms } from './cluster/SharedRooms.ts';
import { apiDocsRoutes } from './http/apiDocsRoutes.ts';
import { crossOrigin, failedAuthLimit, guardedPaths } from './http/apiGuards.ts';
import { conductOperations } from './http/conductOperations.ts';
import { conductRoutes } from './http/conductRoutes.ts';
import { eventOperations } from './http/eventOperations.ts';
import { eventRoutes } from './http/eventRoutes.ts';
import type { HealthChecks } from './http/HealthChecks.ts';
import { openApiDocument, type ApiOperation } from './http/openApi.ts';
import { docsOperations, operatorOperations } from './http/operatorOperations.ts';
import { operatorRoutes } from './http/operatorRoutes.ts';
import { plainRtpOperations } from './http/plainRtpOperations.ts';
import { plainRtpRoutes } from './http/plainRtpRoutes.ts';
import { recordingOperations } from './http/recordingOperations.ts';
import { recordingRoutes } from './http/recordingRoutes.ts';
import { twirpRoutes } from './http/twirpRoutes.ts';
import { whipRoutes } from './http/whipRoutes.ts';
import { roomServiceOperations } from './http/roomServiceOperations.ts';
import type { PlainRtp } from './ingest/PlainRtp.ts';
import type { RoomServiceMethod } from './livekit/requests.ts';
import type { RoomService } from './livekit/RoomService.ts';
import type { ServerEvents } from './openEvents.ts';
import type { IceServer } from './protocol/models.ts';
import type { Recordings } from './recording/Recordings.ts';
import type { DefinedRooms } from './sfu/DefinedRooms.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';
import type { Logger } from './support/logger.ts';
import { WhipSessions, type Entrance } from './whip/WhipSessions.ts';

export interface DoorsOptions {
  rooms: RoomRegistry;
  drain: Drain;
  tokens: AccessTokens;
  defined: Pick<DefinedRooms, 'define'>;
  roomService: RoomService;
  events: Pick<ServerEvents, 'receivers'> & { readonly log: Pick<ServerEvents['log'], 'read' | 'lost'> };
  recordings: Recordings;
  plainRtp: PlainRtp;
  /** Where a door says by a name whether it works. */
  health: Pick<HealthChecks, 'add'>;
  /** How rooms are entered. */
  entrance: () => Entrance & { shared: Pick<SharedRooms, 'find' | 'enter' | 'orders'> };
  /** Whose nodes do what is asked of their sessions. */
  cluster: Pick<Cluster, 'nodes' | 'bus'>;
  /** STUN and TURN servers for a peer. */
  iceServersFor: (peerId: string) => IceServer[];
  /** Of pages that may call the API. */
  apiOrigins: readonly string[];
  isOriginAllowed: (origin: string, request: IncomingMessage) => boolean;
  /** Of this very node. */
  publicUrl: string | undefined;
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

/** Puts the doors together. */
export function openDoors(options: DoorsOptions): Doors {
  const { rooms, drain, tokens, roomService, events, recordings, plainRtp, apiOrigins, logger } = options;
  const assertServerAdmin = (token: string | undefined) => tokens.assertServerAdmin(token);
  const operators = operatorRoutes({
    rooms,
    drain,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
    assertServerAdmin,
  });
  const told = eventRoutes({
    read: (after, limit) => events.log.read(after, limit),
    receivers: () => events.receivers,
    lost: () => events.log.lost,
    assertServerAdmin,
  });
  const recorders = recordingRoutes({
    recordings,
    assertRoomRecorder: (room, token) => tokens.assertRoomRecorder(room, token),
  });
  const whip = whipRoutes({
    ...options,
    sessions: new WhipSessions({ ...options, limits: rooms.limits }),
    assertMayEnter: async (room, token) => {
      await tokens.grantFor(room, token);
    },
  });
  const plain = plainRtpRoutes({
    plainRtp,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
  });
  const conduct = conductRoutes({
    shared: () => options.entrance().shared,
    defined: options.defined,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
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
  const operations = [
    ...roomServiceOperations,
    ...operatorOperations,
    ...conductOperations,
    ...eventOperations,
    ...recordingOperations,
    ...plainRtpOperations,
    ...docsOperations,
  ];
  const docs = apiDocsRoutes(openApiDocument(operations, API_VERSION));
  const guards = [crossOrigin(apiOrigins, ['/api', '/twirp']), guardedPaths(['/api'], guard)];
  return { routes: [...guards, docs, operators, conduct, told, recorders, plain, twirp, whip], operations };
}
