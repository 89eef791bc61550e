import { z } from 'zod';
import { ATTRIBUTE_LIMITS } from '../protocol/models.ts';
import { roomNameSchema } from '../protocol/requests.ts';

/*
 * The requests of LiveKit's room service (livekit_room.proto) in the JSON of proto3: what is absent has the default of
 * its type, 32 bit integers may be text, enumerations are names or numbers, bytes are Base64.
 */

/** s that a timer takes at most, 24 days. */
const LONGEST = 2_000_000;
/** Characters of a room's or participant's metadata. */
const METADATA = { room: 16_384, participant: 4096 };

const whole = (max: number) =>
  z
    .union([z.number(), z.string().regex(/^\d{1,10}$/)])
    .transform(Number)
    .pipe(z.number().int().min(0).max(max))
    .default(0);
const flag = z.boolean().default(false);
const text = (max: number) => z.string().max(max).default('');
const sid = z.string().max(64);
const sids = z.array(sid).max(256).default([]);
const identity = z.string().min(1).max(256);
const room = roomNameSchema;
const participant = z.object({ room, identity });

const SOURCES = ['UNKNOWN', 'CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO'] as const;
const source = z.union([
  z.enum(SOURCES),
  z
    .number()
    .int()
    .min(0)
    .max(4)
    .transform((number) => SOURCES[number] ?? 'UNKNOWN'),
]);

const permission = z.object({
  canSubscribe: flag,
  canPublish: flag,
  canPublishData: flag,
  canPublishSources: z.array(source).max(16).default([]),
  hidden: flag,
  recorder: flag,
  canUpdateMetadata: flag,
});

export const roomServiceRequests = {
  CreateRoom: z.object({
    name: room,
    /** s for which the room is kept before anybody came; 0: 300. */
    emptyTimeout: whole(LONGEST),
    /** s for which it is kept after everybody left; 0: as the server is configured. */
    departureTimeout: whole(LONGEST),
    /** 0: as many as the server lets into a room. */
    maxParticipants: whole(4_294_967_295),
    metadata: text(METADATA.room),
  }),
  ListRooms: z.object({ names: z.array(z.string().max(256)).max(1000).default([]) }),
  DeleteRoom: z.object({ room }),
  ListParticipants: z.object({ room }),
  GetParticipant: participant,
  RemoveParticipant: participant,
  MutePublishedTrack: participant.extend({ trackSid: sid, muted: flag }),
  /** What is absent or empty stays; an attribute that is empty goes. */
  UpdateParticipant: participant.extend({
    metadata: text(METADATA.participant),
    name: text(64),
    attributes: z.record(z.string().max(256), z.string().max(ATTRIBUTE_LIMITS.characters)).default({}),
    permission: permission.optional(),
  }),
  UpdateSubscriptions: participant.extend({
    trackSids: sids,
    subscribe: flag,
    participantTracks: z
      .array(z.object({ participantSid: text(64), trackSids: sids }))
      .max(256)
      .default([]),
  }),
  SendData: z.object({
    room,
    /** At most 48 KiB. */
    data: z.base64().max(65_536).default(''),
    kind: z.union([z.enum(['RELIABLE', 'LOSSY']), z.number().int().min(0).max(1)]).default('RELIABLE'),
    destinationSids: sids,
    destinationIdentities: z.array(identity).max(256).default([]),
    topic: text(128),
  }),
  UpdateRoomMetadata: z.object({ room, metadata: text(METADATA.room) }),
  MoveParticipant: participant.extend({ destinationRoom: room }),
  ForwardParticipant: participant.extend({ destinationRoom: room }),
} as const;

export type RoomServiceMethod = keyof typeof roomServiceRequests;
export type RoomServiceRequest<M extends RoomServiceMethod> = z.output<(typeof roomServiceRequests)[M]>;

/** Fields that this server does not know, and must not pass over: somebody counts on them. */
export const UNSUPPORTED_FIELDS: Partial<Record<RoomServiceMethod, readonly string[]>> = {
  CreateRoom: ['roomPreset', 'egress', 'minPlayoutDelay', 'maxPlayoutDelay', 'syncStreams', 'agents'],
  RemoveParticipant: ['revokeTokenTs'],
};

/** With the names of fields as JSON has them, where they came as the proto file has them. */
export function camelCased(body: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]: [string, unknown]) => {
      const name = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const isMessage = name === 'permission' && typeof value === 'object' && value !== null;
      const isList = name === 'participantTracks' && Array.isArray(value);
      if (isMessage) return [name, camelCased(value)];
      return [name, isList ? value.map((one: unknown) => camelCased(Object(one) as object)) : value];
    }),
  );
}
