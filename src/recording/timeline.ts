import { z } from 'zod';
import { MEDIA_SOURCES } from '../protocol/models.ts';
import { RECORDING_END_REASONS, type RecordingEndReason } from '../protocol/recordingEnds.ts';

/*
 * What a recording is, as JSON beside its files: the truth about it, from which everything else is made. All times are ms
 * since the epoch, by the server's clock. Of media they are when it was captured.
 */

const time = z.number();
/** Of participants, tracks and recordings: made by the server, so that they can be parts of file names. */
export const recordingId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
export const recordedFileName = z.string().regex(/^[A-Za-z0-9-]{1,96}\.(?:mkv|webm|mp4)$/);

const fileSchema = z.object({
  file: recordedFileName,
  /** When its first frame was captured. */
  startedAt: time,
  /** When its last frame ends. */
  endedAt: time,
  bytes: z.number(),
  /** Packets of the track that never came. */
  lostPackets: z.number().default(0),
  width: z.number().optional(),
  height: z.number().optional(),
  /**
   * `writing`, then `raw`: Matroska without an index, which plays all the same. `finished`: remuxed to WebM or MP4.
   * `failed`: there is nothing in it, or ffmpeg does not take it; it is kept as it is.
   */
  state: z.enum(['writing', 'raw', 'finished', 'failed']),
});

const pauseSchema = z.object({ from: time, to: time.nullable() });

const trackSchema = z.object({
  trackId: recordingId,
  peerId: z.string(),
  kind: z.enum(['audio', 'video']),
  source: z.enum(MEDIA_SOURCES),
  label: z.string().optional(),
  codec: z.string(),
  startedAt: time,
  endedAt: time.nullable(),
  /** While its publisher had muted it; nothing was sent then. */
  pauses: z.array(pauseSchema),
  files: z.array(fileSchema),
});

const participantSchema = z.object({
  peerId: z.string(),
  name: z.string(),
  identity: z.string().optional(),
  joinedAt: time,
  leftAt: time.nullable(),
});

export const timelineSchema = z.object({
  version: z.literal(1),
  recordingId,
  room: z.string(),
  /** Of this room, and no other one of the name. */
  roomId: z.string().exactOptional(),
  startedAt: time,
  endedAt: time.nullable(),
  endReason: z.enum(RECORDING_END_REASONS).nullable(),
  /** `recording`; `finishing`, while files are remuxed; `finished`. */
  state: z.enum(['recording', 'finishing', 'finished']),
  participants: z.array(participantSchema),
  tracks: z.array(trackSchema),
});

export type Timeline = z.infer<typeof timelineSchema>;
export type RecordedTrack = Timeline['tracks'][number];
export type RecordedFile = RecordedTrack['files'][number];
export type EndReason = RecordingEndReason;

/** The file's name in a recording's directory. */
export const TIMELINE_FILE = 'timeline.json';

/** Of a recording that begins now. */
export function newTimeline(id: string, room: string, roomId: string): Timeline {
  return {
    ...{ version: 1, recordingId: id, room, roomId, startedAt: Date.now(), endedAt: null, endReason: null },
    ...{ state: 'recording', participants: [], tracks: [] },
  };
}

/** Its server was killed: it ended when the last of it was written. */
export function endAbruptly(timeline: Timeline): void {
  const times = timeline.tracks.flatMap(({ files }) => files.map(({ endedAt }) => endedAt));
  const endedAt = Math.max(timeline.startedAt, ...times);
  Object.assign(timeline, { endedAt, endReason: 'serverClosed', state: 'finishing' });
  for (const participant of timeline.participants) participant.leftAt ??= endedAt;
  for (const { pauses } of timeline.tracks) for (const pause of pauses) pause.to ??= endedAt;
}
