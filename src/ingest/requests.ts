import { z } from 'zod';
import { MEDIA_SOURCES } from '../protocol/models.ts';

/*
 * What is asked over HTTP about plain RTP.
 */

const port = z.number().int().min(1).max(65_535);
const payloadType = z.number().int().min(96).max(127);
const ssrc = z.number().int().min(1).max(0xffff_ffff);

/** Bytes of master key and salt (RFC 3711, RFC 7714). */
const KEY_BYTES = {
  AEAD_AES_256_GCM: 44,
  AEAD_AES_128_GCM: 28,
  AES_CM_128_HMAC_SHA1_80: 30,
  AES_CM_128_HMAC_SHA1_32: 30,
} as const;

const srtp = z
  .strictObject({
    cryptoSuite: z.enum(Object.keys(KEY_BYTES) as (keyof typeof KEY_BYTES)[]),
    keyBase64: z.base64().max(64),
  })
  .refine(
    ({ cryptoSuite, keyBase64 }) => Buffer.from(keyBase64, 'base64').length === KEY_BYTES[cryptoSuite],
    'the key has not as many bytes as the suite wants',
  );

const trackSchema = z.strictObject({
  codec: z.enum(['opus', 'VP8', 'VP9', 'H264', 'AV1']),
  payloadType: payloadType.optional(),
  ssrc: ssrc.optional(),
  /** Default: microphone or camera. */
  source: z.enum(MEDIA_SOURCES).optional(),
  channels: z.union([z.literal(1), z.literal(2)]).optional(),
});

export const ingressSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .refine((name) => !/\p{Cc}/u.test(name), 'must not contain control characters'),
  identity: z.string().min(1).max(256).optional(),
  metadata: z.string().max(4096).optional(),
  tracks: z.array(trackSchema).min(1).max(4),
  /** Whether RTCP comes on the port of RTP (RFC 5761); else each track has two ports. */
  rtcpMux: z.boolean().default(true),
  /** The sender's key; without, packets are not encrypted. */
  srtp: srtp.optional(),
});

export const egressSchema = z.strictObject({
  producerId: z.string().min(1).max(64),
  ip: z.string().min(2).max(64),
  port,
  /** When RTCP is wanted on a port of its own. */
  rtcpPort: port.optional(),
  /** The key to encrypt with. */
  srtp: srtp.optional(),
});

export type IngressRequest = z.output<typeof ingressSchema>;
export type IngressTrackRequest = z.output<typeof trackSchema>;
export type EgressRequest = z.output<typeof egressSchema>;
