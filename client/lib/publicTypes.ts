import type { ConductEvents, ConductState, PeerStandingState } from './conductTypes.ts';
import type {
  ChatMessage,
  ForwardingSettings,
  Importance,
  MediaKind,
  MediaSource,
  PeerCloseReason,
  Permissions,
  QualityCause,
  RecordingInfo,
  VideoCodec,
} from '../../src/protocol/models.ts';
import type { RecordingEndReason } from '../../src/protocol/recordingEnds.ts';
import type { MediaRoute, RouteOutcome } from '../../src/support/reachability.ts';

/**
 * Where the connection stands.
 *
 * - `connecting`: first connection, not in the room yet
 * - `waiting`: a host has to let this client in, see `connect()`
 * - `connected`: in the room
 * - `reconnecting`: socket or media lost; being restored, nothing to do
 * - `closed`: out of the room for good, see `closeReason`
 */
export type ConnectionStatus = 'connecting' | 'waiting' | 'connected' | 'reconnecting' | 'closed';

/** Why a room is closed: the server's reasons, or the connection could not be restored. */
export type RoomCloseReason = PeerCloseReason | 'connectionLost';

/** What came of one way that media can take. */
export interface RouteAttempt {
  /** `works`, `failed` (nothing came back) or `missing` (the server offers none). */
  readonly outcome: RouteOutcome;
  /** Candidate pairs that the browser tried and has not forgotten. */
  readonly pairs: number;
}

/** Media does not get through to the server: what was tried, and what may help. */
export interface ConnectionTrouble {
  /** UDP and TCP to the server itself, and through a TURN server. */
  readonly routes: Readonly<Record<MediaRoute, RouteAttempt>>;
  /** For the person, a sentence or two. */
  readonly advice: string;
  /** For whoever runs the server, as `parley doctor` says it. */
  readonly operatorAdvice: string;
}

/** How well a track of another peer arrives, and why. */
export interface PublicationQuality {
  readonly cause: QualityCause;
  /** An estimate, 0 (nothing) to 5 (as good as it was sent). */
  readonly score: number;
}

/** One track that a peer publishes. */
export interface PublicationState {
  readonly producerId: string;
  readonly source: MediaSource;
  readonly kind: MediaKind;
  /** Paused by its publisher: muted, or camera off. */
  readonly paused: boolean;
  readonly label?: string;
  /** The playable track; null while it is not (or not yet) subscribed. */
  readonly track: MediaStreamTrack | null;
  /** null while it is not known yet, and for the local peer's own. */
  readonly quality: PublicationQuality | null;
}

/** Somebody in the room. */
export interface PeerState extends PeerStandingState {
  readonly peerId: string;
  readonly name: string;
  readonly identity?: string;
  readonly metadata?: string;
  /** The application's own, by name. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** ms since the epoch. */
  readonly joinedAt: number;
  readonly isLocal: boolean;
  readonly publications: readonly PublicationState[];
  /** Loudness of the microphone in dBov, -127 (silent) to 0. */
  readonly level: number;
  /** Heard at this moment. */
  readonly speaking: boolean;
  /** The worse of the connection's two directions, 0 (nothing) to 5; null while it is not known yet. */
  readonly connectionQuality: number | null;
}

/** The whole truth of the client about its room; a new frozen object after every change. */
export interface RoomState extends ConductState {
  readonly status: ConnectionStatus;
  readonly closeReason: RoomCloseReason | null;
  readonly room: string;
  /** What the application says of the room; empty where it says nothing. */
  readonly metadata: string;
  /** The local peer's id; empty before the first `connected`. */
  readonly peerId: string;
  /** In order of arrival, the local peer included. */
  readonly peers: readonly PeerState[];
  readonly dominantPeerId: string | null;
  /** Oldest first. */
  readonly chat: readonly ChatMessage[];
  readonly permissions: Permissions;
  /** The downlink does not carry any video at present. */
  readonly audioOnly: boolean;
  /** Why media does not get through, while ICE fails; the client goes on trying. */
  readonly trouble: ConnectionTrouble | null;
  /** What the server forwards in this room. */
  readonly forwarding: Readonly<ForwardingSettings>;
  /** The video codec that everybody in the room decodes, such as `video/VP8`; empty before the first `connected`. */
  readonly videoCodec: VideoCodec;
  /** The recording that is being made of the room, of which everybody is told; null: none. */
  readonly recording: Readonly<RecordingInfo> | null;
  /** Why the last recording ended; null while there is one, and before. */
  readonly recordingEndReason: RecordingEndReason | null;
}

/** What arrived from another peer's `sendData`. */
export interface DataMessage {
  /** The sender's peer id; empty for what the server itself sends. */
  readonly from: string;
  readonly topic: string | undefined;
  /** A string, a Uint8Array, or whatever JSON value was sent. */
  readonly payload: unknown;
  readonly reliable: boolean;
}

/** Where a token is had that is good for this room at the moment. What it rejects with is what `connect` rejects with. */
export type TokenSource = (room: string) => Promise<string>;

/** Which room, and as whom. */
export interface ConnectOptions {
  /** The server's base URL, such as `https://meet.example.com`; default: where the page came from. */
  url?: string;
  room: string;
  /** Shown to the others; default: the token's name, or "Guest". */
  name?: string;
  /** A JWT in the shape of LiveKit's access token. */
  token?: string;
  /** Of the room, where it has one. */
  password?: string;
  /** A host has to let this client in; the way in goes on by itself. */
  onWaiting?: () => void;
  /** Gives the way in up, such as by somebody who does not want to wait any more. */
  signal?: AbortSignal;
  /**
   * Asked for a token on the way in, and again when the room has to be entered anew and the token at hand has expired, is
   * about to, or is refused. Beside `token`, that one is used as long as it is good.
   */
  tokenSource?: TokenSource;
  /** Free text for the application, at most 4096 characters. */
  metadata?: string;
  /** The application's own, by name; those of the token come first. */
  attributes?: Readonly<Record<string, string>>;
  /** Subscribe to everything that is published (default true). */
  autoSubscribe?: boolean;
  /** The page will say with `setView` what it looks at, and gets no other video from the start (default false). */
  views?: boolean;
  /** Send and receive data messages (default true); without, no data channel is set up. Chat is not concerned. */
  data?: boolean;
  /** `relay` forces TURN (W3C WebRTC 4.2.5); default `all`. */
  iceTransportPolicy?: RTCIceTransportPolicy;
  /** Label of the place where this client is, for a cluster that serves people in their region (`PARLEY_REGION`). */
  region?: string;
}

/** How a track is published. */
export interface PublishOptions {
  source?: MediaSource;
  /** Start paused (muted). */
  paused?: boolean;
  /** For `custom` sources: a name for the others. */
  label?: string;
  /** bps for the highest layer. */
  maxBitrate?: number;
  /**
   * Several layers, for viewers and links of different sizes: as simulcast or within one stream, as the room's codec
   * has it (default true for cameras and screens, false otherwise).
   */
  simulcast?: boolean;
  /** For a microphone: stereo at 128,000 bps, and no silence suppression, which would cut quiet places (default false). */
  music?: boolean;
  /** Stop the track when it is unpublished or the room closes (default false: the track stays yours). */
  stopTrack?: boolean;
}

/** Which device is opened, and how. */
export interface CaptureOptions {
  deviceId?: string;
  paused?: boolean;
  /** An already opened track, such as that of a preview; it is published and, in the end, stopped by the room. */
  track?: MediaStreamTrack;
  /** For a microphone: what is played is music; nothing is done for speech, see `PublishOptions.music`. */
  music?: boolean;
  /** Laid over the default constraints (W3C Media Capture 11.1). */
  constraints?: MediaTrackConstraints;
}

/** The highest layers worth receiving, 0 being the smallest. */
export interface PreferredLayers {
  spatialLayer: number;
  temporalLayer?: number;
}

/** How a data message is sent, and to whom. */
export interface DataOptions {
  /** Ordered and retransmitted (default true), or sent once. */
  reliable?: boolean;
  /** At most 128 characters. */
  topic?: string;
  /** Peer ids; default: everybody else. */
  to?: readonly string[];
}

/** What to change about oneself; what is absent stays. */
export interface SelfUpdate {
  name?: string;
  metadata?: string;
  /** Merged with those that there are; an empty one goes. */
  attributes?: Readonly<Record<string, string>>;
}

/** How this page looks at, or listens to, one publication of another peer. */
export interface ViewOptions {
  /** On the screen. For audio it means nothing. */
  visible: boolean;
  /** Size of the picture in device pixels (CSS pixels times `devicePixelRatio`); absent: as large as it comes. */
  width?: number;
  height?: number;
  /** Default `normal`. Audio that is `pinned` is always forwarded, also beside the loudest. */
  importance?: Importance;
}

/** Everything `room.on()` can tell. After `closed` nothing follows. */
export interface RoomEvents extends ConductEvents {
  /** After every change of `room.state`. */
  stateChanged: [state: RoomState, previous: RoomState];
  statusChanged: [status: ConnectionStatus];
  peerJoined: [peer: PeerState];
  peerLeft: [peer: PeerState, reason: PeerCloseReason];
  peerUpdated: [peer: PeerState];
  /** Somebody, the local peer included, started to publish. */
  trackPublished: [publication: PublicationState, peer: PeerState];
  trackUnpublished: [publication: PublicationState, peer: PeerState];
  /** A track of another peer can be played. */
  trackSubscribed: [track: MediaStreamTrack, publication: PublicationState, peer: PeerState];
  trackUnsubscribed: [track: MediaStreamTrack, publication: PublicationState, peer: PeerState];
  trackMuted: [publication: PublicationState, peer: PeerState];
  trackUnmuted: [publication: PublicationState, peer: PeerState];
  /** A local track ended by itself: device unplugged, or the browser's "stop sharing". */
  localTrackEnded: [source: MediaSource];
  /** The dominant speaker changed. */
  activeSpeakerChanged: [peer: PeerState | null];
  /** How a track of another peer arrives, or why it does so, changed. */
  qualityChanged: [publication: PublicationState, peer: PeerState];
  connectionQualityChanged: [peer: PeerState];
  /** The downlink does not carry any video for now, or does so again. */
  audioOnlyChanged: [audioOnly: boolean];
  /** The room is recorded from now on, or (null) is not any more; told on arrival too when it is. */
  recordingChanged: [recording: Readonly<RecordingInfo> | null, endReason: RecordingEndReason | null];
  /** Media does not get through, or does so again (null). */
  troubleChanged: [trouble: ConnectionTrouble | null];
  chatMessage: [message: ChatMessage];
  /** This client may do something else than before; what it may not do any more has ended. */
  permissionsChanged: [permissions: Permissions];
  /** What the application says of the room is something else. */
  roomUpdated: [metadata: string];
  /** This client was sent to another room, which it enters by itself: whoever was here is not there. */
  roomChanged: [room: string];
  /**
   * The server is about to end, in so many ms at the latest. Nothing is to be done: the room goes on until then, and
   * comes back by itself as soon as a server answers.
   */
  draining: [endsIn: number];
  data: [message: DataMessage];
  /** Something in the background failed and was not restored; the room goes on. */
  error: [error: Error];
  closed: [reason: RoomCloseReason];
}
