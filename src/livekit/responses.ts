import { z } from 'zod';
import { SOURCE_NAMES, type LiveKitParticipant, type LiveKitRoom, type LiveKitTrack } from './infos.ts';
import type { RoomServiceMethod } from './requests.ts';

/* What the room service answers, for whoever reads about it. */

const int64 = z.string().regex(/^\d+$/);
const source = z.enum(Object.values(SOURCE_NAMES));

const room = z.object({
  sid: z.string(),
  name: z.string(),
  creationTime: int64.describe('s since the epoch'),
  creationTimeMs: int64,
  emptyTimeout: z.number().int().describe('s'),
  departureTimeout: z.number().int().describe('s'),
  maxParticipants: z.number().int(),
  metadata: z.string(),
  numParticipants: z.number().int(),
  numPublishers: z.number().int(),
  activeRecording: z.boolean(),
}) satisfies z.ZodType<LiveKitRoom>;

const layer = z.object({
  quality: z.enum(['LOW', 'MEDIUM', 'HIGH']),
  width: z.number().int(),
  height: z.number().int(),
  spatialLayer: z.number().int(),
});

const track = z.object({
  sid: z.string(),
  type: z.enum(['AUDIO', 'VIDEO']),
  source,
  name: z.string(),
  muted: z.boolean(),
  mimeType: z.string().exactOptional(),
  width: z.number().int().exactOptional(),
  height: z.number().int().exactOptional(),
  simulcast: z.boolean().exactOptional(),
  codecs: z.array(z.object({ mimeType: z.string(), layers: z.array(layer) })).exactOptional(),
}) satisfies z.ZodType<LiveKitTrack>;

const participant = z.object({
  sid: z.string(),
  identity: z.string(),
  state: z.enum(['ACTIVE', 'DISCONNECTED']),
  name: z.string(),
  metadata: z.string(),
  attributes: z.record(z.string(), z.string()),
  permission: z
    .object({
      canSubscribe: z.boolean(),
      canPublish: z.boolean(),
      canPublishData: z.boolean(),
      canPublishSources: z.array(source),
      hidden: z.boolean(),
      recorder: z.boolean(),
      canUpdateMetadata: z.boolean(),
    })
    .exactOptional(),
  joinedAt: int64.describe('s since the epoch'),
  joinedAtMs: int64,
  isPublisher: z.boolean(),
  kind: z.literal('STANDARD'),
  kindDetails: z
    .tuple([z.literal('FORWARDED')])
    .readonly()
    .exactOptional(),
  tracks: z.array(track),
  disconnectReason: z.string().exactOptional(),
}) satisfies z.ZodType<LiveKitParticipant>;

const nothing = z.object({});

export const roomServiceResponses: Record<RoomServiceMethod, z.ZodType> = {
  CreateRoom: room,
  ListRooms: z.object({ rooms: z.array(room) }),
  DeleteRoom: nothing,
  ListParticipants: z.object({ participants: z.array(participant) }),
  GetParticipant: participant,
  RemoveParticipant: nothing,
  MutePublishedTrack: z.object({ track }),
  UpdateParticipant: participant,
  UpdateSubscriptions: nothing,
  SendData: nothing,
  UpdateRoomMetadata: room,
  MoveParticipant: nothing,
  ForwardParticipant: nothing,
};

/** What each method does, and what a token must grant for it. */
export const roomServiceNotes: Record<RoomServiceMethod, readonly [summary: string, grant: string]> = {
  CreateRoom: ['Makes a room, or changes one that is there', '`roomCreate`'],
  ListRooms: ['The rooms that there are, or those of these names', '`roomList`'],
  DeleteRoom: ['Ends a room for everybody', '`roomCreate`'],
  ListParticipants: ['Who is in a room', '`roomAdmin` for the room'],
  GetParticipant: ['One participant, with its tracks', '`roomAdmin` for the room'],
  RemoveParticipant: ['Puts a participant out', '`roomAdmin` for the room'],
  MutePublishedTrack: ['Mutes a track; only its publisher unmutes it', '`roomAdmin` for the room'],
  UpdateParticipant: ['Changes name, metadata, attributes and rights', '`roomAdmin` for the room'],
  UpdateSubscriptions: ['Has a participant receive tracks, or not', '`roomAdmin` for the room'],
  SendData: ['Sends data to everybody, or to some', '`roomAdmin` for the room'],
  UpdateRoomMetadata: ['Changes what is said of a room', '`roomAdmin` for the room'],
  MoveParticipant: ['Sends a participant to another room', '`roomAdmin` for the room, and `destinationRoom`'],
  ForwardParticipant: [
    'Has a participant heard and seen in another room too',
    '`roomAdmin` for the room, and `destinationRoom`',
  ],
};
