import { z } from 'zod';

/*
 * The door for everything that describes media. mediasoup validates meaning; these schemas bound size and
 * shape first, so that nothing unexpected reaches it. Source: mediasoup "RTP Parameters and Capabilities".
 */

const shortString = z.string().max(256);
const ssrc = z.number().int().min(0).max(0xffffffff);
const payloadType = z.number().int().min(0).max(127);
const parameterValue = z.union([z.string().max(1024), z.number(), z.boolean(), z.null()]);
const codecParameters = z.record(z.string().max(64), parameterValue.optional());

/**
 * W3C "Scalable Video Coding (SVC) Extension for WebRTC", section 6, up to 8 layers of a kind: mediasoup would take
 * 99, and keep counters for each pair.
 */
const scalabilityMode = z
  .string()
  .regex(/^[LS][1-8]T[1-8]h?(_KEY(_SHIFT)?)?$/, 'must be a scalability mode such as L3T3_KEY');

const rtcpFeedback = z.object({ type: shortString, parameter: shortString.optional() });

export const mediaKindSchema = z.enum(['audio', 'video']);

const codecBase = {
  mimeType: z.string().max(64),
  clockRate: z.number().int().min(1).max(1_000_000),
  channels: z.number().int().min(1).max(8).optional(),
  parameters: codecParameters.optional(),
  rtcpFeedback: z.array(rtcpFeedback).max(16).optional(),
};

/** What an endpoint can receive (mediasoup `RtpCapabilities`). */
export const rtpCapabilitiesSchema = z.object({
  codecs: z
    .array(z.object({ ...codecBase, kind: mediaKindSchema, preferredPayloadType: payloadType }))
    .max(64)
    .optional(),
  headerExtensions: z
    .array(
      z.object({
        kind: mediaKindSchema,
        uri: shortString,
        preferredId: z.number().int().min(1).max(255),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(64)
    .optional(),
});

/** What an endpoint is about to send (mediasoup `RtpSendParameters`). */
export const rtpParametersSchema = z.object({
  mid: z.string().max(64).optional(),
  codecs: z
    .array(z.object({ ...codecBase, payloadType }))
    .min(1)
    .max(16),
  headerExtensions: z
    .array(
      z.object({
        uri: shortString,
        id: z.number().int().min(1).max(255),
        encrypt: z.boolean().optional(),
        parameters: codecParameters.optional(),
      }),
    )
    .max(32)
    .optional(),
  encodings: z
    .array(
      z.looseObject({
        ssrc: ssrc.optional(),
        rid: z.string().max(64).optional(),
        codecPayloadType: payloadType.optional(),
        rtx: z.object({ ssrc }).optional(),
        dtx: z.boolean().optional(),
        scalabilityMode: scalabilityMode.optional(),
        maxBitrate: z.number().int().min(0).optional(),
      }),
    )
    .min(1)
    .max(8)
    .optional(),
  rtcp: z.object({ cname: shortString.optional(), reducedSize: z.boolean().optional() }).optional(),
  msid: shortString.optional(),
});

/** RFC 8122 fingerprints and the DTLS role (mediasoup `DtlsParameters`). */
export const dtlsParametersSchema = z.object({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z
          .string()
          .max(256)
          .regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})+$/),
      }),
    )
    .min(1)
    .max(8),
});

/** RFC 8832 stream parameters (mediasoup `SctpStreamParameters`). */
export const sctpStreamParametersSchema = z
  .object({
    streamId: z.number().int().min(0).max(65534),
    ordered: z.boolean().optional(),
    maxPacketLifeTime: z.number().int().min(0).max(60_000).optional(),
    maxRetransmits: z.number().int().min(0).max(65_535).optional(),
  })
  .refine((p) => p.maxPacketLifeTime === undefined || p.maxRetransmits === undefined, {
    message: 'maxPacketLifeTime and maxRetransmits exclude each other',
  });
