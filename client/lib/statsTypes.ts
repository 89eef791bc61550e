import type { MediaKind, MediaSource } from '../../src/protocol/models.ts';

/** One direction of the connection to the server. What the browser does not tell is null. */
export interface ConnectionStats {
  /** Round trip on the selected candidate pair, in ms. */
  readonly roundTripTime: number | null;
  /** The browser's estimate of what the link carries in this direction, in bps. */
  readonly availableBitrate: number | null;
  /** Since the previous call, in bps; null in the first one. */
  readonly bitrate: number | null;
  /** Packets of media so far. */
  readonly packets: number;
  /** Of those, lost on the way, as the receiving side counts. */
  readonly packetsLost: number;
}

/** One encoding of a sent track: a simulcast layer, or the only one. */
export interface LayerStats {
  /** The RTP stream id (RFC 8852); null when there is only one encoding. */
  readonly rid: string | null;
  /** Pixels; null while nothing is sent. */
  readonly width: number | null;
  readonly height: number | null;
  /** Frames per second. */
  readonly framesPerSecond: number | null;
  /** Since the previous call, in bps; null in the first one. */
  readonly bitrate: number | null;
  /** Whether it is to be sent; false when nobody needs it. */
  readonly active: boolean;
}

/** One published or subscribed track. What does not apply to it, or what the browser does not tell, is null. */
export interface TrackStats {
  readonly producerId: string;
  /** Whose it is. */
  readonly peerId: string;
  readonly source: MediaSource;
  readonly kind: MediaKind;
  /** `send`: published by this client; `receive`: subscribed. */
  readonly direction: 'send' | 'receive';
  /** Without headers, since the previous call, in bps; null in the first one. */
  readonly bitrate: number | null;
  /** So far. */
  readonly packets: number;
  /** So far, as the receiving side counts; with `send` that is the server. */
  readonly packetsLost: number;
  /** Of the arrival of packets (RFC 3550), in ms. */
  readonly jitter: number | null;
  /** As RTCP measures it, in ms; only with `send`. */
  readonly roundTripTime: number | null;
  /** Pixels; with `send` those of the largest layer that is sent. */
  readonly frameWidth: number | null;
  readonly frameHeight: number | null;
  /** Frames per second, sent or decoded. */
  readonly framesPerSecond: number | null;
  /** Frames that arrived and were not shown, so far; only with `receive`. */
  readonly framesDropped: number | null;
  /** So far; only with `receive`. */
  readonly freezeCount: number | null;
  /** Such as `video/VP8`. */
  readonly codec: string | null;
  /** Smallest first; empty with `receive`. */
  readonly layers: readonly LayerStats[];
}

/** The figures of this client's media; per connection and track, and as the browser gives them. */
export interface RoomStats {
  /** null where media is not set up. */
  readonly connection: { readonly send: ConnectionStats | null; readonly receive: ConnectionStats | null };
  /** Of the local peer's tracks and of those that it receives. */
  readonly tracks: readonly TrackStats[];
  /** W3C webrtc-stats of both transports; null where media is not set up. */
  readonly raw: { readonly send: RTCStatsReport | null; readonly receive: RTCStatsReport | null };
}
