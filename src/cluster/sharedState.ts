import { z } from 'zod';
import type { MediaCloseReason } from '../protocol/events.ts';
import { PEER_ROLES } from '../protocol/conduct.ts';
import { MEDIA_SOURCES, PEER_CLOSE_REASONS, SENDER_LIMITS, VIDEO_CODECS } from '../protocol/models.ts';
import { RECORDING_END_REASONS } from '../protocol/recordingEnds.ts';

/* What nodes tell each other of a room. Other nodes may run another version, so what they tell is checked. */

const MEDIA_CLOSE_REASONS = [
  'closed',
  'transportClosed',
  'peerLeft',
  'removed',
  'notNeeded',
  'mediaReset',
] as const satisfies readonly MediaCloseReason[];

const producer = z.object({
  producerId: z.string(),
  peerId: z.string(),
  kind: z.enum(['audio', 'video']),
  source: z.enum(MEDIA_SOURCES),
  paused: z.boolean(),
  label: z.string().exactOptional(),
  replaces: z.string().exactOptional(),
});

const standing = {
  role: z.enum(PEER_ROLES).exactOptional(),
  handRaisedAt: z.number().exactOptional(),
  spotlightAt: z.number().exactOptional(),
  unattended: z.literal(true).exactOptional(),
};

export const peerSchema = z.object({
  ...standing,
  peerId: z.string(),
  name: z.string(),
  identity: z.string().exactOptional(),
  metadata: z.string().exactOptional(),
  attributes: z.record(z.string(), z.string()).exactOptional(),
  joinedAt: z.number(),
  forwarded: z.literal(true).exactOptional(),
  producers: z.array(producer),
});

export const permissionsSchema = z.object({
  canPublish: z.boolean(),
  canPublishSources: z.array(z.enum(MEDIA_SOURCES)).exactOptional(),
  canSubscribe: z.boolean(),
  canPublishData: z.boolean(),
  canUpdateOwnMetadata: z.boolean(),
  roomAdmin: z.boolean(),
  hidden: z.boolean().exactOptional(),
  recorder: z.boolean().exactOptional(),
});

const rules = z.object({
  webinar: z.boolean().exactOptional(),
  locked: z.boolean().exactOptional(),
  waitingRoom: z.boolean().exactOptional(),
  chat: z.boolean().exactOptional(),
  screenShare: z.boolean().exactOptional(),
  unmute: z.boolean().exactOptional(),
  maxFileSize: z.number().exactOptional(),
  firstIsHost: z.boolean().exactOptional(),
});

/** Of a room that several nodes have: who says it last wins, and of two at a time the greater node. */
const definition = z.object({
  revision: z.number().int(),
  by: z.string(),
  values: z.object({
    sid: z.string(),
    createdAt: z.number(),
    emptyTimeout: z.number().min(0),
    departureTimeout: z.number().min(0),
    maxPeers: z.number().int().min(0),
    metadata: z.string(),
    rules: rules.exactOptional(),
    passwordHash: z.string().exactOptional(),
  }),
});

const chatMessage = z.object({
  messageId: z.string(),
  peerId: z.string(),
  name: z.string(),
  text: z.string(),
  sentAt: z.number(),
  to: z.string().exactOptional(),
  replyTo: z.string().exactOptional(),
});

const waiting = z.array(
  z.object({
    knockId: z.string(),
    name: z.string(),
    identity: z.string().exactOptional(),
    since: z.number(),
  }),
);
const former = z.array(
  z.object({ key: z.string(), standing: z.object(standing), wasLost: z.boolean(), leftAt: z.number() }),
);

const heard = z.object({
  dominantPeerId: z.string().nullable(),
  levels: z.array(z.object({ peerId: z.string(), level: z.number() })),
});

const settings = z.object({
  /** Grows with each change; of two that are the same that of the greater node counts. */
  revision: z.number().int(),
  by: z.string(),
  values: z.object({
    loudest: z.number().int(),
    lastN: z.number().int(),
    dynacast: z.boolean(),
    videoCodecs: z.array(z.enum(VIDEO_CODECS)),
    audioBitrate: z.number().int(),
    maxOutgoingBitrate: z.number().int(),
  }),
});

/** That a node makes; null: none. */
const recording = z.object({ recordingId: z.string(), startedAt: z.number() }).nullable();

const decoders = z.array(z.array(z.string()));

/** By producer id; -1: nothing. */
const needs = z.record(z.string(), z.number().int().min(-1).max(9));
const description = z.object({
  type: z.enum(['simple', 'simulcast', 'svc']),
  codec: z.string(),
  picture: z
    .object({
      width: z.number(),
      height: z.number(),
      scales: z.array(z.number().positive()).min(1).max(9).readonly(),
    })
    .exactOptional(),
});
const tracks = z.record(z.string(), description);
const sending = z.record(
  z.string(),
  z.object({
    sent: z.array(z.number().int()).readonly(),
    limitedBy: z.enum(SENDER_LIMITS),
    link: z.object({ up: z.number(), roundTrip: z.number() }),
  }),
);
/** dBov by producer id. */
const voices = z.record(z.string(), z.number());
const connections = z.array(z.object({ peerId: z.string(), score: z.number() }));
const mediaState = z.object({ tracks, sending, needs, voices, connections });

const fact = z.discriminatedUnion('fact', [
  /** A peer is like this now; `closed` says why producers of it are gone. */
  z.object({
    fact: z.literal('peer'),
    peer: peerSchema,
    closed: z.record(z.string(), z.enum(MEDIA_CLOSE_REASONS)).exactOptional(),
    tracks: tracks.exactOptional(),
    permissions: permissionsSchema.exactOptional(),
  }),
  z.object({ fact: z.literal('left'), peerId: z.string(), reason: z.enum(PEER_CLOSE_REASONS) }),
  z.object({ fact: z.literal('chat'), message: chatMessage }),
  z.object({ fact: z.literal('reaction'), peerId: z.string(), reaction: z.string() }),
  /** Those who wait on that node to be let in. */
  z.object({ fact: z.literal('lobby'), waiting }),
  z.object({ fact: z.literal('heard'), heard }),
  z.object({ fact: z.literal('settings'), settings }),
  z.object({ fact: z.literal('definition'), definition }),
  z.object({ fact: z.literal('decoders'), decoders }),
  z.object({
    fact: z.literal('recording'),
    recording,
    endReason: z.enum(RECORDING_END_REASONS).exactOptional(),
  }),
  /** What its peers need of the videos of others: what is different. */
  z.object({ fact: z.literal('needs'), needs }),
  /** The loudest of its microphones; those not named are not among them. */
  z.object({ fact: z.literal('voices'), levels: voices }),
  /** How its tracks arrive: what is different. */
  z.object({ fact: z.literal('sending'), tracks: sending }),
  /** How its peers are connected: what is different. */
  z.object({ fact: z.literal('connections'), peers: connections }),
]);

const batch = z.object({
  /** Id of the sender's room: another one knows nothing of what was before. */
  epoch: z.string(),
  /** Without a gap within an epoch. */
  version: z.number().int(),
  facts: z.array(z.unknown()),
});

const state = z.object({
  epoch: z.string(),
  /** Of the last batch that is in it. */
  version: z.number().int(),
  createdAt: z.number(),
  peers: z.array(peerSchema),
  /** By peer id. */
  permissions: z.record(z.string(), permissionsSchema).exactOptional(),
  definition: definition.exactOptional(),
  recording: recording.exactOptional(),
  waiting: waiting.exactOptional(),
  /** Those who are not in the room any more. */
  former: former.exactOptional(),
  heard,
  settings,
  decoders,
  chat: z.array(chatMessage),
  media: mediaState,
});

/** A data message of one of its peers, as the others get it. */
const dataMessage = z.object({
  /** Base64. */
  frame: z.string(),
  reliable: z.boolean(),
  to: z.array(z.string()).exactOptional(),
});

const stateRequest = z.object({
  room: z.string(),
  /** Chat of all senders, or of this node's own since then, ms by its clock. */
  chat: z.union([z.literal('all'), z.object({ since: z.number() })]),
});

const removal = z.object({ room: z.string(), id: z.string() });
const whisper = z.object({ room: z.string(), message: chatMessage, to: z.string() });

export type SharedFact = z.output<typeof fact>;
export type SharedSettings = z.output<typeof settings>;
export type SharedDefinition = z.output<typeof definition>;
export type SharedState = z.output<typeof state>;
export type SharedMediaState = z.output<typeof mediaState>;
export type SharedData = z.output<typeof dataMessage>;
export type StateRequest = z.output<typeof stateRequest>;

export interface Batch {
  epoch: string;
  version: number;
  facts: SharedFact[];
}

/** Facts that this version does not know are left out; undefined for what is no batch. */
export function readBatch(data: unknown): Batch | undefined {
  const read = batch.safeParse(data).data;
  return read && { ...read, facts: read.facts.flatMap((one) => fact.safeParse(one).data ?? []) };
}

/** Undefined for what is none. */
export const readState = (data: unknown): SharedState | undefined => state.safeParse(data).data;
export const readData = (data: unknown): SharedData | undefined => dataMessage.safeParse(data).data;
export const readStateRequest = (data: unknown): StateRequest | undefined =>
  stateRequest.safeParse(data).data;
export const readWhisper = (data: unknown): z.output<typeof whisper> | undefined =>
  whisper.safeParse(data).data;
export const readRemoval = (data: unknown): z.output<typeof removal> | undefined =>
  removal.safeParse(data).data;
