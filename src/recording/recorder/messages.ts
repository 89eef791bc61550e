/** What a recorder process and its server tell each other. */

/** One RTP stream. */
export interface StreamDescription {
  kind: 'audio' | 'video';
  mimeType: string;
  clockRate: number;
  channels: number;
  payloadType: number;
  ssrc: number;
  /** Of the picture in pixels, for codecs whose frames do not tell. */
  width: number;
  height: number;
}

/** A file as it is being written. All times are ms since the epoch, by the server's clock. */
export interface WrittenFile {
  file: string;
  /** When its first frame was captured, as known by now. */
  startedAt: number;
  /** When its last frame ends. */
  endedAt: number;
  bytes: number;
  frames: number;
  /** Packets that never came. */
  lostPackets: number;
  width?: number;
  height?: number;
}

export type ToRecorder =
  | { type: 'begin'; directory: string; maxBytes: number }
  | { type: 'open'; trackId: string; stream: StreamDescription }
  | { type: 'close'; trackId: string }
  /** Everything is closed, and the process ends. */
  | { type: 'end' };

export type FromRecorder =
  | { type: 'ready' }
  /** RTP and RTCP of the track are expected on this port of 127.0.0.1. */
  | { type: 'opened'; trackId: string; port: number }
  /** Nothing can be written before a key frame comes. */
  | { type: 'keyFrameNeeded'; trackId: string }
  /** Told when a file begins, every second that it grows, and when it is complete. */
  | { type: 'file'; trackId: string; file: WrittenFile; complete: boolean }
  | { type: 'closed'; trackId: string }
  /** The disk limit is reached: nothing is written any more. */
  | { type: 'full' }
  | { type: 'failed'; trackId: string; reason: string };
