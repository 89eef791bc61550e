import type { z } from 'zod';
import type { RoomSettings, Standing, WaitingPeer } from './conduct.ts';
import type {
  dtlsParametersSchema,
  rtpCapabilitiesSchema,
  rtpParametersSchema,
  sctpStreamParametersSchema,
} from './rtpSchemas.ts';

/** Sound or pictures. */
export type MediaKind = 'audio' | 'video';
export type RtpCapabilities = z.infer<typeof rtpCapabilitiesSchema>;
export type RtpParameters = z.infer<typeof rtpParametersSchema>;
export type DtlsParameters = z.infer<typeof dtlsParametersSchema>;
export type SctpStreamParameters = z.infer<typeof sctpStreamParametersSchema>;

export const MEDIA_SOURCES = ['microphone', 'camera', 'screen', 'screenAudio', 'custom'] as const;
/** Where a track comes from; a peer has at most one producer of each, except of `custom`. */
export type MediaSource = (typeof MEDIA_SOURCES)[number];

export const PEER_CLOSE_REASONS = [
  'left',
  'timeout',
  'removed',
  'replaced',
  'roomClosed',
  'serverClosed',
] as const;
/** Why a peer is no longer in the room. */
export type PeerCloseReason = (typeof PEER_CLOSE_REASONS)[number];

/** What a peer may do; from its token's `video` grant, or everything in an open room. */
export interface Permissions {
  canPublish: boolean;
  /** When set, only these sources may be published. */
  canPublishSources?: MediaSource[];
  canSubscribe: boolean;
  /** Chat and data messages. */
  canPublishData: boolean;
  /** Change the own name, metadata and attributes. */
  canUpdateOwnMetadata: boolean;
  /** Is always a host, and may use what belongs to the server: record, and say what is forwarded. */
  roomAdmin: boolean;
  /** The others are not told of it, and it publishes nothing. */
  hidden?: boolean;
  /** It records the room. */
  recorder?: boolean;
}

/** Most of a peer's attributes, and of the characters in all their keys and values. */
export const ATTRIBUTE_LIMITS = { count: 64, characters: 8192 };

export interface ProducerInfo {
  producerId: string;
  peerId: string;
  kind: MediaKind;
  source: MediaSource;
  /** Paused by its peer: muted microphone, camera off. */
  paused: boolean;
  /** For `custom` sources: the publisher's name for it. */
  label?: string;
  /** The producer whose place it takes: that one goes on until the others have had time to change over. */
  replaces?: string;
}

export interface PeerInfo extends Standing {
  peerId: string;
  name: string;
  /** The token's `sub`, when the peer came with one. */
  identity?: string;
  /** Free text of the application, at most 4096 characters. */
  metadata?: string;
  /** The application's own, by name; absent where there are none. */
  attributes?: Record<string, string>;
  /** ms since the epoch. */
  joinedAt: number;
  /** It is in another room, and heard and seen in this one too. */
  forwarded?: true;
  producers: ProducerInfo[];
}

/** Longest chat message, in characters. */
export const MAX_CHAT_LENGTH = 4000;

/** A message of the chat, as the server keeps it. */
export interface ChatMessage {
  messageId: string;
  peerId: string;
  /** The sender's name when it was sent. */
  name: string;
  text: string;
  /** ms since the epoch, by the server's clock. */
  sentAt: number;
  /** The one peer that it was for; absent: everybody. */
  to?: string;
  /** The message that it answers, which may be gone. */
  replyTo?: string;
}

export const IMPORTANCES = ['pinned', 'screen', 'speaker', 'normal', 'filmstrip'] as const;
/** What a view is for; the downlink is shared out in this order, after sound. */
export type Importance = (typeof IMPORTANCES)[number];

/**
 * Videos up to which one is sent, small, of which the viewer has not said yet whether it sees it, so that whoever comes
 * into a small room is seen without a round trip. A viewer that sees as many need not tell of those that it does not.
 */
export const EXPECTED_VIDEOS = 9;

/** How a peer looks at, or listens to, one producer of another peer. */
export interface View {
  producerId: string;
  /** On the screen. For audio it means nothing. */
  visible: boolean;
  /** Size of the picture in device pixels; 0 where it is not known, which asks for the largest. */
  width: number;
  height: number;
  /** Audio that is `pinned` is always forwarded, also beside the loudest. */
  importance: Importance;
}

/** Video codecs that the server forwards. */
export const VIDEO_CODECS = ['video/VP8', 'video/VP9', 'video/H264', 'video/AV1'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** What the server forwards of a room. */
export interface ForwardingSettings {
  /** Microphones that a listener gets at a time, the loudest; 0: all. */
  loudest: number;
  /** Videos that a peer gets which does not say what it looks at, by who spoke last; 0: all. */
  lastN: number;
  /** Whether publishers are told to leave out the layers that nobody needs. */
  dynacast: boolean;
  /** Of `VIDEO_CODECS`, those that publishers should use, most preferred first. */
  videoCodecs: VideoCodec[];
  /** bps with which microphones are published from then on; 0: what Opus takes for itself. */
  audioBitrate: number;
  /** bps of video that each peer is sent at most; 0: the server's own limit, which it cannot exceed. */
  maxOutgoingBitrate: number;
}

/** What keeps an encoder from sending all that it should (W3C webrtc-stats `RTCQualityLimitationReason`). */
export const SENDER_LIMITS = ['none', 'cpu', 'bandwidth', 'other'] as const;
export type SenderLimit = (typeof SENDER_LIMITS)[number];

export const QUALITY_CAUSES = [
  'fine',
  'mutedBySender',
  'notVisible',
  'notInLastN',
  'notAmongLoudest',
  'tileIsSmall',
  'layerNotSent',
  'senderCpu',
  'senderBandwidth',
  'senderLoss',
  'receiverBandwidth',
  'receiverLoss',
  'receiverCpu',
  'relayLoss',
  'serverOverload',
  'codecFallback',
  'connecting',
] as const;
/** Why a track of another peer looks or sounds as it does; exactly one holds at a time. */
export type QualityCause = (typeof QUALITY_CAUSES)[number];

/** How well one producer of another peer arrives, and why. */
export interface TrackQuality {
  producerId: string;
  cause: QualityCause;
  /** An estimate, 0 (nothing) to 5 (as good as it was sent); see docs/forwarding.md. */
  score: number;
}

/** How well a peer is connected: the worse of its two directions. */
export interface PeerQuality {
  peerId: string;
  /** 0 (nothing) to 5. */
  score: number;
}

/** A recording that is being made of the room. */
export interface RecordingInfo {
  recordingId: string;
  /** ms since the epoch, by the server's clock. */
  startedAt: number;
}

/** Everything a client needs to show a room it has just entered or come back to. */
export interface RoomSnapshot {
  room: string;
  /** ms since the epoch. */
  createdAt: number;
  /** Free text of the application about the room. */
  metadata: string;
  /** All peers that are not hidden in order of arrival, and the receiving one. */
  peers: PeerInfo[];
  /** Oldest first. */
  chat: ChatMessage[];
  dominantPeerId: string | null;
  /** Who is heard, loudest first. */
  levels: SpeakerLevel[];
  /** Of the receiving peer: grows when its worker died and its transports must be built anew. */
  mediaEpoch: number;
  forwarding: ForwardingSettings;
  /** The video codec that everybody in the room decodes and that should be published with. */
  videoCodec: VideoCodec;
  /** Null while nobody records it. */
  recording: RecordingInfo | null;
  /** Absent: `DEFAULT_SETTINGS`. */
  settings?: RoomSettings;
  /** Those who wait to be let in; to hosts only. */
  waiting?: WaitingPeer[];
}

/** mediasoup `IceParameters`. */
export interface IceParameters {
  usernameFragment: string;
  password: string;
  iceLite?: boolean;
}

/** mediasoup `IceCandidate`. */
export interface IceCandidate {
  foundation: string;
  priority: number;
  ip: string;
  address: string;
  protocol: 'udp' | 'tcp';
  port: number;
  type: 'host' | 'srflx' | 'prflx' | 'relay';
  tcpType?: 'active' | 'passive' | 'so';
}

/** mediasoup `SctpParameters`. */
export interface SctpParameters {
  port: number;
  maxSendMessageSize: number;
  maxReceiveMessageSize: number;
  OS?: number;
  MIS?: number;
  maxMessageSize?: number;
}

/** What mediasoup-client needs to build one side of the server's WebRtcTransport. */
export interface TransportInfo {
  transportId: string;
  iceParameters: IceParameters;
  iceCandidates: IceCandidate[];
  dtlsParameters: DtlsParameters;
  sctpParameters?: SctpParameters;
}

/** An RTCIceServer (W3C WebRTC section 4.2.4). */
export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

export interface ConsumerInfo {
  consumerId: string;
  producerId: string;
  peerId: string;
  kind: MediaKind;
  source: MediaSource;
  rtpParameters: RtpParameters;
  producerPaused: boolean;
  type: 'simple' | 'simulcast' | 'svc' | 'pipe';
  /** The server does not wait for `resumeConsumers`. Only with `newConsumer`. */
  resumed?: true;
}

/** One of the two streams on which data messages of the whole room arrive. */
export interface DataConsumerInfo {
  dataConsumerId: string;
  dataProducerId: string;
  reliable: boolean;
  sctpStreamParameters: SctpStreamParameters;
  label: string;
  protocol: string;
}

/** Both transports and what comes with them; belongs to one `mediaEpoch`. */
export interface MediaSetup {
  mediaEpoch: number;
  routerRtpCapabilities: RtpCapabilities;
  sendTransport: TransportInfo;
  recvTransport: TransportInfo;
  dataConsumers: DataConsumerInfo[];
  iceServers: IceServer[];
}

/** Loudness of one peer's microphone. */
export interface SpeakerLevel {
  peerId: string;
  /** dBov, -127 (silent) to 0 (loudest) (RFC 6464). */
  level: number;
}
