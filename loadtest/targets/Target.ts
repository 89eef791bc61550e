import type { MediaKind, MediaSource, RtpParameters } from '../../src/protocol/models.ts';
import type { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import type { Endpoint } from '../endpoint/Endpoint.ts';
import type { VideoCodec } from '../scenario/scenario.ts';

/** A track of another participant that can be subscribed to. */
export interface RemoteTrack {
  trackId: string;
  participantId: string;
  /** Its display name. */
  name: string;
  kind: MediaKind;
  source: MediaSource;
  paused: boolean;
  /** The track of the same source whose place it takes, because its publisher moves; that may be there still. */
  replaces?: string;
}

/** How a bot looks at a video of another participant. */
export interface TrackView {
  trackId: string;
  visible: boolean;
  /** Of the tile, in pixels. */
  width: number;
  height: number;
  isScreen: boolean;
}

/** Why a track comes as it does, in the server's words. */
export interface TrackCause {
  trackId: string;
  cause: string;
  /** The server sends nothing of it at present, on purpose. */
  isHeld: boolean;
}

/** What a bot wants to send. The SSRCs are the bot's choice; payload types and extension ids are the target's. */
export interface TrackOffer {
  kind: MediaKind;
  source: MediaSource;
  codec: VideoCodec | 'opus';
  /** Smallest layer first; audio and VP9 have one. */
  encodings: { ssrc: number; rtxSsrc?: number; maxBitrate: number }[];
  cname: string;
  /** Of the largest picture, in pixels. */
  size?: { width: number; height: number };
  /** Announced as muted; nothing is sent until `setPaused(false)`. */
  paused: boolean;
  /** The publication whose place it takes: see `Move`. */
  replaces?: string;
}

/** A track that the server takes. `rtpParameters` says with which payload types, extensions and MID. */
export interface Publication {
  publicationId: string;
  endpoint: Endpoint;
  rtpParameters: RtpParameters;
  setPaused(paused: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A track that the server sends. */
export interface Subscription {
  subscriptionId: string;
  track: RemoteTrack;
  endpoint: Endpoint;
  rtpParameters: RtpParameters;
  /** Ends in the server's `trackRemoved` and `subscriptionEnded` too. */
  close(): Promise<void>;
  /** Asks for layers up to this one (simulcast); nothing happens where the server has no such request. */
  preferSpatialLayer(layer: number): Promise<void>;
}

/**
 * Transports beside those in use, to which everything is to move: `publish` and `subscribe` use them, while what is on the
 * former ones goes on.
 */
export interface Move {
  /** However it went. */
  readonly over: boolean;
  /** Everything is on the new transports: lets go of the former ones. */
  end(): Promise<void>;
  /** Something cannot be had there. Ends in `moveCancelled`, or `mediaReset` where there is no way back. Idempotent. */
  cancel(): void;
}

/** What a target tells; types of TypedEmitter. */
export interface SeatEvents {
  trackAdded: [track: RemoteTrack];
  /** Its subscription, if any, is gone. */
  trackRemoved: [trackId: string];
  trackPaused: [trackId: string, paused: boolean];
  /** A track that was deferred is sent from now on; nothing of it has arrived yet. */
  subscribed: [subscription: Subscription];
  /** The track is deferred from now on: its subscription is gone, and another one may come. */
  subscriptionEnded: [trackId: string];
  trackCause: [cause: TrackCause];
  /** How many layers of a publication, the smallest first, anybody needs; 0: none. */
  layersNeeded: [publicationId: string, layers: number];
  /** Media was lost with the server's worker: all publications and subscriptions are gone; publish and subscribe anew. */
  mediaReset: [];
  /** Media is to move: publish and subscribe anew, then end the move. */
  moving: [move: Move];
  /** The move is off: what was published and subscribed to before it is in use again, what came with it is gone. */
  moveCancelled: [];
  /** The signaling connection came back and the session goes on; media goes on by itself. */
  resumed: [];
  /**
   * Thrown out, or the connection is lost for good. Nothing follows. `isForgotten`: the server that answers does not know
   * this place any more, having been started anew or being another one of a cluster, but takes joins.
   */
  lost: [reason: string, isForgotten?: boolean];
}

/** A bot's place in a room, as the bot sees it, whatever the server. */
export interface Seat extends Pick<TypedEmitter<SeatEvents>, 'on' | 'once'> {
  readonly participantId: string;
  /** Tracks that are there now, as of all events told so far. */
  readonly tracks: ReadonlyMap<string, RemoteTrack>;
  /** Everybody in the room, this bot included. */
  readonly participants: number;
  /** The signaling connection is lost, not on purpose, and is not back yet; absent where that is `lost` at once. */
  readonly isInterrupted?: boolean;
  /** Tracks that were asked for and are not sent at present; absent where everything is sent. */
  readonly deferred?: ReadonlySet<string>;
  publish(offer: TrackOffer): Promise<Publication>;
  /**
   * Media flows once it resolves. Those that the server refused are missing; each was reported as an error. Those that
   * are deferred come with `subscribed`.
   *
   * @param prepare Called with each subscription before its first packet can arrive.
   */
  subscribe(trackIds: readonly string[], prepare: (subscription: Subscription) => void): Promise<void>;
  /** Does not want these any more, deferred or not; absent where nothing is deferred. */
  unsubscribe?(trackIds: readonly string[]): Promise<void>;
  /** What the bot looks at, as far as it changed; absent where the server does not want to know. */
  setViews?(views: readonly TrackView[]): Promise<void>;
  chat(text: string): Promise<void>;
  /** Cuts signaling and media for so many ms, then comes back. Targets without sessions reject `unsupported`. */
  dropNetwork(ms: number): Promise<void>;
  /** Cuts signaling alone, which comes back by itself; absent where there is no session that could. */
  dropSocket?(): Promise<void>;
  /** Says goodbye and closes. Idempotent. */
  leave(): Promise<void>;
  /** Closes without a word, as a process that dies. Idempotent. */
  vanish(): void;
}

/** Told of every step, so that all targets are measured alike. */
export interface JoinObserver {
  /** ms each. */
  signaling(took: number): void;
  ice(took: number): void;
  dtls(took: number): void;
  request(name: string, took: number): void;
  error(phase: string, code: string, message: string): void;
}

export interface JoinRequest {
  url: string;
  room: string;
  name: string;
  observer: JoinObserver;
  /** Aborted when the run ends: reject soon and leave nothing open. */
  signal: AbortSignal;
  /** Whether transport-wide feedback is answered, where the server asks for it. */
  transportCc: boolean;
  /** Made for every transport of the seat; it applies the bot's access link and counts. */
  createEndpoint(): Promise<Endpoint>;
  /** ms that connecting may take; default 15 s. */
  deadline?: number;
}

/** A kind of server. */
export interface Target {
  join(request: JoinRequest): Promise<Seat>;
}
