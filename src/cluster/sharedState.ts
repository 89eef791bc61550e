import { z } from 'zod';
import type { MediaCloseReason } from '../protocol/events.ts';
import { MEDIA_SOURCES, PEER_CLOSE_REASONS, VIDEO_CODECS } from '../protocol/models.ts';

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

const peer = z.object({
  peerId: z.string(),
  name: z.string(),
  identity: z.string().exactOptional(),
  metadata: z.string().exactOptional(),
  joinedAt: z.number(),
  producers: z.array(producer),
});

const chatMessage = z.object({
  messageId: z.string(),
  peerId: z.string(),
  name: z.string(),
  text: z.string(),
  sentAt: z.number(),
});

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

const decoders = z.array(z.array(z.string()));

const fact = z.discriminatedUnion('fact', [
  /** A peer is like this now; `closed` says why producers of it are gone. */
  z.object({
    fact: z.literal('peer'),
    peer,
    closed: z.record(z.string(), z.enum(MEDIA_CLOSE_REASONS)).exactOptional(),
  }),
  z.object({ fact: z.literal('left'), peerId: z.string(), reason: z.enum(PEER_CLOSE_REASONS) }),
  z.object({ fact: z.literal('chat'), message: chatMessage }),
  z.object({ fact: z.literal('heard'), heard }),
  z.object({ fact: z.literal('settings'), settings }),
  z.object({ fact: z.literal('decoders'), decoders }),
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
  peers: z.array(peer),
  heard,
  settings,
  decoders,
  chat: z.array(chatMessage),
});

const stateRequest = z.object({
  room: z.string(),
  /** Chat of all senders, or of this node's own since then, ms by its clock. */
  chat: z.union([z.literal('all'), z.object({ since: z.number() })]),
});

const removal = z.object({ room: z.string(), id: z.string() });

export type SharedFact = z.output<typeof fact>;
export type SharedSettings = z.output<typeof settings>;
export type SharedState = z.output<typeof state>;
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
export const readStateRequest = (data: unknown): StateRequest | undefined =>
  stateRequest.safeParse(data).data;
export const readRemoval = (data: unknown): z.output<typeof removal> | undefined =>
  removal.safeParse(data).data;
