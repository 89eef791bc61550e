import { z } from 'zod';
import {
  dtlsParametersSchema,
  mediaKindSchema,
  rtpCapabilitiesSchema,
  rtpParametersSchema,
  sctpStreamParametersSchema,
} from './rtpSchemas.ts';
import {
  ATTRIBUTE_LIMITS,
  IMPORTANCES,
  MAX_CHAT_LENGTH,
  MEDIA_SOURCES,
  SENDER_LIMITS,
  VIDEO_CODECS,
  type ChatMessage,
  type ConsumerInfo,
  type ForwardingSettings,
  type IceParameters,
  type IceServer,
  type MediaSetup,
  type Permissions,
  type RecordingInfo,
  type RoomSnapshot,
} from './models.ts';
import { conductSchemas, passwordSchema, type ConductAnswers } from './conductRequests.ts';
import type { WireError } from './errors.ts';
import { networkTestSchemas, type NetworkTestAnswers } from './networkTestRequests.ts';
import { roomNameSchema } from './roomNameSchema.ts';

export { roomNameSchema } from './roomNameSchema.ts';

/** Ids in one batched request. */
export const MAX_BATCH = 256;

/** bps (RFC 7587 section 3.1.1). */
export const MAX_AUDIO_BITRATE = 510_000;
/** bps of video that a downlink may be limited to: less shows nothing. */
const CEILING = { least: 50_000, most: 1_000_000_000 };

const id = z.string().min(1).max(64);
const ids = z.array(id).min(1).max(MAX_BATCH);
export const peerNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .refine((name) => !/\p{Cc}/u.test(name), 'must not contain control characters');
const metadata = z.string().max(4096);
/** Of a peer. A value that is empty takes the attribute away, where it changes something. */
export const attributesSchema = z
  .record(z.string().min(1).max(256), z.string().max(ATTRIBUTE_LIMITS.characters))
  .refine((all) => Object.keys(all).length <= ATTRIBUTE_LIMITS.count, 'has too many keys');
/** Of a picture, in pixels. */
const pixels = z.number().int().min(0).max(16_384);

/** Who comes, where to, and why it should be let in. */
const entering = {
  room: roomNameSchema,
  name: peerNameSchema.optional(),
  /** A JWT in the shape of LiveKit's access token. */
  token: z.string().max(8192).optional(),
  metadata: metadata.optional(),
  attributes: attributesSchema.optional(),
  password: passwordSchema.optional(),
  /** Of an earlier answer to `join`: who has been in this room has its role again. */
  proof: z.string().max(256).optional(),
};

/**
 * Every request of the product: client to server, acknowledged, one schema each.
 *
 * A socket first sends `join` (or `resume`); everything else before that, but a test of the network, is answered
 * `invalidState`.
 */
export const requestSchemas = {
  /** Enters a room. The answer holds all that is needed to start media. */
  join: z.object({
    ...entering,
    /** Of `moving`, in the place of a token: the peer goes on to be who it is on the node that it comes from. */
    ticket: z.string().max(512).optional(),
    /** Of `knock`, by somebody who was admitted. */
    knock: z.string().max(256).optional(),
    /** Whether the peer sends and receives data messages; without, its transports have no SCTP. */
    data: z.boolean().default(true),
    /** Label of the place where the client is; as the nodes of a cluster have one. */
    region: z.string().min(1).max(64).optional(),
    /** Whether another node answered `redirected`, or nobody may do so for another reason: it is served here or not at all. */
    placed: z.boolean().default(false),
  }),
  /**
   * Asks to be let in, after `join` was answered `waitingRoom`; `knockAnswered` tells whether to `join` again with the
   * answer's `knock`. With that of an earlier answer it is waited on, after the socket was lost. `leave` ends it.
   */
  knock: z.object({ ...entering, knock: z.string().max(256).optional() }),
  /** Takes up a session whose socket was lost, within the grace period. Restarts ICE on both transports. */
  resume: z.object({ sessionToken: z.string().min(1).max(128), mediaEpoch: z.number().int().min(0) }),
  /** Leaves for good. */
  leave: z.object({}),

  /** Builds both transports anew, after `mediaReset` or when the client lost its own. */
  setUpMedia: z.object({}),
  /**
   * After `moving`: builds both transports anew beside the ones that there are, which go on. From then on `consume` and
   * everything about consumers is about the new ones.
   */
  beginMove: z.object({}),
  /** Everything is sent and received on the transports of that epoch: the former ones close. */
  endMove: z.object({ mediaEpoch: z.number().int().min(1) }),
  /** Hands over the client's DTLS parameters, once per transport. */
  connectTransport: z.object({ transportId: id, dtlsParameters: dtlsParametersSchema }),
  /** New ICE credentials for a transport whose network changed. */
  restartIce: z.object({ transportId: id }),

  produce: z.object({
    transportId: id,
    kind: mediaKindSchema,
    source: z.enum(MEDIA_SOURCES),
    rtpParameters: rtpParametersSchema,
    paused: z.boolean().default(false),
    label: z.string().max(64).optional(),
    /** An own producer of the same source, such as one with another codec; it is closed once the new one is there. */
    replaces: id.optional(),
    /** Size of the picture as it is captured; absent: the server guesses 1280 x 720. */
    width: pixels.optional(),
    height: pixels.optional(),
  }),
  /** The picture has another size now. */
  resizeProducer: z.object({ producerId: id, width: pixels, height: pixels }),
  /** Own producers; a host may close those of others. */
  closeProducer: z.object({ producerId: id }),
  pauseProducer: z.object({ producerId: id }),
  resumeProducer: z.object({ producerId: id }),

  /**
   * Subscribes to many producers at once; the consumers start paused. Those that the peer neither sees nor hears at
   * present come later, with `newConsumer`.
   */
  consume: z.object({
    producerIds: ids,
    /** Needed in the peer's first `consume`, remembered afterwards. */
    rtpCapabilities: rtpCapabilitiesSchema.optional(),
  }),
  pauseConsumers: z.object({ consumerIds: ids }),
  resumeConsumers: z.object({ consumerIds: ids }),
  /** Ends the subscriptions too. */
  closeConsumers: z.object({ consumerIds: ids }),
  /** Ends subscriptions, whether they have a consumer at present or not. */
  unsubscribe: z.object({ producerIds: ids }),
  /**
   * What the peer looks at and listens to, as far as it changed. From the first such request on, which may be an empty
   * one, video is not sent without a visible view, but for a few of which nothing was said yet. Views of unknown
   * producers are ignored.
   */
  setViews: z.object({
    views: z
      .array(
        z.object({
          producerId: id,
          visible: z.boolean(),
          width: pixels.default(0),
          height: pixels.default(0),
          importance: z.enum(IMPORTANCES).default('normal'),
        }),
      )
      .max(MAX_BATCH),
  }),
  /** The highest layers worth sending to this consumer (simulcast and SVC). */
  setPreferredLayers: z.object({
    consumerId: id,
    spatialLayer: z.number().int().min(0).max(7),
    temporalLayer: z.number().int().min(0).max(7).optional(),
  }),
  requestKeyFrame: z.object({ consumerId: id }),
  /** What only the client can know of the quality, as far as it changed. Unknown producers are ignored. */
  reportQuality: z.object({
    /** What keeps the own encoders down (W3C webrtc-stats `qualityLimitationReason`). */
    sending: z.array(z.object({ producerId: id, limitedBy: z.enum(SENDER_LIMITS) })).max(64),
    /** Of videos: whether decoding cannot keep up with what arrives, and whether no packet does. */
    receiving: z
      .array(z.object({ producerId: id, cpuLimited: z.boolean(), missing: z.boolean().default(false) }))
      .max(MAX_BATCH),
  }),

  /** Opens the upstream for data messages (framing: see `dataFrame.ts`). */
  produceData: z.object({ transportId: id, sctpStreamParameters: sctpStreamParametersSchema }),
  closeDataProducer: z.object({ dataProducerId: id }),
  /** The client's data channels are open: deliver what was held back for it. */
  resumeData: z.object({}),

  sendChat: z.object({
    text: z.string().trim().min(1).max(MAX_CHAT_LENGTH),
    /** The one peer that it is for, besides the sender; absent: everybody. */
    to: id.optional(),
    /** The message that it answers. */
    replyTo: id.optional(),
  }),
  updateSelf: z.object({
    name: peerNameSchema.optional(),
    metadata: metadata.optional(),
    attributes: attributesSchema.optional(),
  }),

  /** Room admins only. What is absent stays. */
  configureRoom: z.object({
    loudest: z.number().int().min(0).max(64).optional(),
    lastN: z.number().int().min(0).max(1000).optional(),
    dynacast: z.boolean().optional(),
    videoCodecs: z.array(z.enum(VIDEO_CODECS)).min(1).max(8).optional(),
    audioBitrate: z.number().int().min(0).max(MAX_AUDIO_BITRATE).optional(),
    maxOutgoingBitrate: z
      .union([z.literal(0), z.number().int().min(CEILING.least).max(CEILING.most)])
      .optional(),
  }),
  /** Room admins only. Records everybody, of which all are told. */
  startRecording: z.object({}),
  /** Room admins only. */
  stopRecording: z.object({}),
  ...conductSchemas,
  ...networkTestSchemas,
};

export type RequestName = keyof typeof requestSchemas;
/** A request's payload as a client sends it. */
export type RequestPayload<N extends RequestName> = z.input<(typeof requestSchemas)[N]>;
/** A request's payload as a handler gets it, defaults filled in. */
export type ParsedRequest<N extends RequestName> = z.output<(typeof requestSchemas)[N]>;

export type Empty = Record<string, never>;

export interface JoinAnswer {
  peerId: string;
  /** Proof of the session for `resume`. Secret. */
  sessionToken: string;
  /** Shows in a later `join` who this was. Secret. */
  proof?: string;
  /** ms for which the peer is kept without a socket. */
  gracePeriod: number;
  permissions: Permissions;
  snapshot: RoomSnapshot;
  media: MediaSetup;
}

export interface ResumeAnswer {
  snapshot: RoomSnapshot;
  permissions: Permissions;
  /** Own consumers that still live, by id; all others are gone. */
  consumerIds: string[];
  /** New ICE credentials by transport id; empty when the media epoch changed and `setUpMedia` is due. */
  iceParameters: Record<string, IceParameters>;
  iceServers: IceServer[];
}

export interface ConsumeAnswer {
  consumers: ConsumerInfo[];
  /** Subscribed, but without a consumer for now; `newConsumer` tells when it has one. */
  deferred: string[];
  /** Those that could not be consumed, each with its reason. */
  refused: { producerId: string; error: WireError }[];
}

/** What each request resolves with. */
export interface RequestAnswers extends ConductAnswers, NetworkTestAnswers {
  join: JoinAnswer;
  /** `knock` is secret; nobody waits longer than `endsIn` ms. */
  knock: { knock: string; endsIn: number };
  resume: ResumeAnswer;
  leave: Empty;
  setUpMedia: MediaSetup;
  beginMove: MediaSetup;
  endMove: Empty;
  connectTransport: Empty;
  restartIce: { iceParameters: IceParameters; iceServers: IceServer[] };
  produce: { producerId: string };
  resizeProducer: Empty;
  closeProducer: Empty;
  pauseProducer: Empty;
  resumeProducer: Empty;
  consume: ConsumeAnswer;
  pauseConsumers: Empty;
  resumeConsumers: Empty;
  closeConsumers: Empty;
  unsubscribe: Empty;
  setViews: Empty;
  setPreferredLayers: Empty;
  requestKeyFrame: Empty;
  reportQuality: Empty;
  produceData: { dataProducerId: string };
  closeDataProducer: Empty;
  resumeData: Empty;
  sendChat: { message: ChatMessage };
  updateSelf: Empty;
  configureRoom: { forwarding: ForwardingSettings };
  startRecording: { recording: RecordingInfo };
  stopRecording: Empty;
}

/** Every acknowledgement has this shape. */
export type Answer<T> = { ok: true; data: T } | { ok: false; error: WireError };
