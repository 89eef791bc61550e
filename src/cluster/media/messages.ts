import { z } from 'zod';
import { mediaKindSchema, rtpParametersSchema } from '../../protocol/rtpSchemas.ts';
import { badRequest, unavailable } from '../../support/errors.ts';

/*
 * What nodes ask and tell each other about media. What another node says is looked at like what a client says: it may be
 * of another version, and whoever can write to Redis can say anything.
 */

const id = z.string().min(1).max(64);
const room = z.string().min(1).max(256);

/** Producers that one link carries in one direction at most. */
const MOST_CARRIED = 10_000;

const srtpParameters = z.object({
  cryptoSuite: z.enum([
    'AEAD_AES_256_GCM',
    'AEAD_AES_128_GCM',
    'AES_CM_128_HMAC_SHA1_80',
    'AES_CM_128_HMAC_SHA1_32',
  ]),
  keyBase64: z.base64().max(128),
});

/** One end of a link: where it listens, the key of what it sends, and its pulse. */
const linkEnd = z.object({
  id,
  ip: z.union([z.ipv4(), z.ipv6()]),
  port: z.number().int().min(1).max(65_535),
  srtpParameters,
  pulse: rtpParametersSchema,
});
export type LinkEnd = z.output<typeof linkEnd>;

/** Connects two routers: `from` is one of the asking node's, `to` one of the node that is asked. */
export const CONNECT = 'pipeConnect';
export const connectSchema = z.object({ room, from: id, to: id, end: linkEnd });
export const connectAnswerSchema = z.object({ end: linkEnd });

/** Asks for a producer on one of the asking node's routers. */
export const CONSUME = 'pipeConsume';
export const consumeSchema = z.object({ room, producerId: id, router: id });
export const consumeAnswerSchema = z.object({
  /** The publisher's end of the link on which it comes. */
  end: id,
  consumerId: id,
  kind: mediaKindSchema,
  rtpParameters: rtpParametersSchema,
  /** Whether it is muted. */
  paused: z.boolean(),
});
export type ConsumeAnswer = z.output<typeof consumeAnswerSchema>;

/** All that is wanted on a link, which ends what is not named; answers all of it that there is. */
export const SYNC = 'pipeSync';
export const syncSchema = z.object({
  /** The asking node's end. */
  end: id,
  producers: z.array(z.object({ producerId: id, flowing: z.boolean() })).max(MOST_CARRIED),
});
export const syncAnswerSchema = z.object({
  producers: z.array(z.object({ producerId: id, consumerId: id, paused: z.boolean() })).max(MOST_CARRIED),
});
export type SyncAnswer = z.output<typeof syncAnswerSchema>;

/** Something of what a link carries was muted, opened or closed at the publisher's. */
export const CHANGED = 'pipeChanged';
/** An end is gone. */
export const UNLINKED = 'pipeUnlinked';
/** Names the telling node's end. */
export const endSchema = z.object({ end: id });

/** @throws ParleyError `badRequest`. */
export function readRequest<S extends z.ZodType>(schema: S, data: unknown): z.output<S> {
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw badRequest('that is no such request', { cause: parsed.error });
  return parsed.data;
}

/** @throws ParleyError `unavailable`, as for a node that does not answer. */
export function readAnswer<S extends z.ZodType>(schema: S, data: unknown): z.output<S> {
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw unavailable('another node answers what cannot be read', { cause: parsed.error });
  return parsed.data;
}
