import type { Router } from 'express';
import type { AccessTokens } from './access/AccessTokens.ts';
import type { Drain } from './cluster/Drain.ts';
import { plainRtpRoutes } from './http/plainRtpRoutes.ts';
import { recordingRoutes } from './http/recordingRoutes.ts';
import { operatorRoutes } from './http/operatorRoutes.ts';
import type { PlainRtp } from './ingest/PlainRtp.ts';
import type { Recordings } from './recording/Recordings.ts';
import type { RoomRegistry } from './sfu/RoomRegistry.ts';

export interface DoorsOptions {
  rooms: RoomRegistry;
  drain: Drain;
  tokens: AccessTokens;
  recordings: Recordings;
  plainRtp: PlainRtp;
}

/** What other systems reach this server by, besides the signaling of its own clients. */
export interface Doors {
  /** In the order in which they are asked. */
  routes: readonly Router[];
}

/** Puts the doors together. */
export function openDoors({ rooms, drain, tokens, recordings, plainRtp }: DoorsOptions): Doors {
  const operators = operatorRoutes({
    rooms,
    drain,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
    assertServerAdmin: (token) => tokens.assertServerAdmin(token),
  });
  const recorders = recordingRoutes({
    recordings,
    assertRoomRecorder: (room, token) => tokens.assertRoomRecorder(room, token),
  });
  const plain = plainRtpRoutes({
    plainRtp,
    assertRoomAdmin: (room, token) => tokens.assertRoomAdmin(room, token),
  });
  return { routes: [operators, recorders, plain] };
}
