import type { IncomingMessage } from 'node:http';
import type { Router } from 'express';
import type { AccessTokens } from './access/AccessTokens.ts';
import type { Drain } from './cluster/Drain.ts';
import { eventRoutes } from './http/eventRoutes.ts';
import type { HealthChecks } from './http/HealthChecks.ts';
import { operatorRoutes } from './http/operatorRoutes.ts';
import { recordingRoutes } from './http/recordingRoutes.ts';
import { whipRoutes } from './http/whipRoutes.ts';
import type { ServerEvents } from './openEvents.ts';
import type { IceServer } from './protocol/models.ts';
import type { Recordings } from './recording/Recordings.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';
import type { Logger } from './support/logger.ts';
import { WhipSessions, type Entrance } from './whip/WhipSessions.ts';

export interface DoorsOptions {
  rooms: RoomRegistry;
  drain: Drain;
  tokens: AccessTokens;
  events: ServerEvents;
  recordings: Recordings;
  /** Where a door says by a name whether it works. */
  health: Pick<HealthChecks, 'add'>;
  /** How rooms are entered. @throws ParleyError `unavailable` while the server starts. */
  entrance: () => Entrance;
  /** STUN and TURN servers for a peer. */
  iceServersFor: (peerId: string) => IceServer[];
  isOriginAllowed: (origin: string, request: IncomingMessage) => boolean;
  /** Of this very node. */
  publicUrl: string | undefined;
  logger: Logger;
}

/** What other systems reach this server by, besides the signaling of its own clients. */
export interface Doors {
  /** In the order in which they are asked. */
  routes: readonly Router[];
}

/** Puts the doors together. */
export function openDoors(options: DoorsOptions): Doors {
  const { rooms, drain, tokens, events, recordings } = options;
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
  return { routes: [operators, told, recorders, whip] };
}
