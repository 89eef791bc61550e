import type { RecordedFile, Timeline } from '../recording/timeline.ts';

/*
 * Recordings as LiveKit's protocol has them (livekit_egress.proto), in the JSON of proto3. What records there records one
 * file of the whole room; here there is one for each stretch of each track.
 */

export type LiveKitEgressStatus =
  'EGRESS_ACTIVE' | 'EGRESS_ENDING' | 'EGRESS_COMPLETE' | 'EGRESS_FAILED' | 'EGRESS_LIMIT_REACHED';

/** `livekit.FileInfo`. Times and durations are ns, as text. */
export interface LiveKitFile {
  filename: string;
  startedAt: string;
  endedAt: string;
  duration: string;
  /** Bytes. */
  size: string;
  /** Path of the API under which it is fetched. */
  location: string;
}

/** `livekit.EgressInfo`. Times are ns since the epoch, as text. */
export interface LiveKitEgress {
  egressId: string;
  roomId: string;
  roomName: string;
  sourceType: 'EGRESS_SOURCE_TYPE_SDK';
  status: LiveKitEgressStatus;
  startedAt: string;
  endedAt: string;
  updatedAt: string;
  /** What was asked for: the whole room. */
  roomComposite: { roomName: string };
  fileResults: LiveKitFile[];
  error: string;
  /** Why it ended, in Parley's words. */
  details: string;
}

/** Files that are named; the timeline names all. */
const MOST_FILES = 500;

/** A recording as it is now. @param now ms since the epoch. */
export function egressInfo(timeline: Timeline, now = Date.now()): LiveKitEgress {
  const { recordingId, room: roomName, roomId = '', startedAt, endedAt, endReason, tracks } = timeline;
  return {
    egressId: recordingId,
    roomId,
    roomName,
    sourceType: 'EGRESS_SOURCE_TYPE_SDK',
    status: statusOf(timeline),
    startedAt: nanoseconds(startedAt),
    endedAt: nanoseconds(endedAt ?? 0),
    updatedAt: nanoseconds(now),
    roomComposite: { roomName },
    fileResults: tracks
      .flatMap(({ files }) => files)
      .slice(0, MOST_FILES)
      .map((file) => fileInfo(timeline, file)),
    error: errorOf(timeline),
    details: endReason ?? '',
  };
}

const LIMITS = ['timeLimit', 'diskLimit', 'diskFull'];

function statusOf({ state, endReason, tracks }: Timeline): LiveKitEgressStatus {
  if (state === 'recording') return 'EGRESS_ACTIVE';
  if (state === 'finishing') return 'EGRESS_ENDING';
  const files = tracks.flatMap((track) => track.files);
  const isLost = files.length > 0 && files.every((file) => file.state === 'failed');
  if (endReason === 'recorderFailed' || isLost) return 'EGRESS_FAILED';
  return LIMITS.includes(endReason ?? '') ? 'EGRESS_LIMIT_REACHED' : 'EGRESS_COMPLETE';
}

function errorOf({ endReason, tracks }: Timeline): string {
  if (endReason === 'recorderFailed') return 'what writes the recording failed';
  const failed = tracks.flatMap(({ files }) => files.filter(({ state }) => state === 'failed'));
  return failed.length > 0 ? `${failed.length} files could not be finished` : '';
}

function fileInfo({ room, recordingId }: Timeline, file: RecordedFile): LiveKitFile {
  const { file: filename, startedAt, endedAt, bytes } = file;
  return {
    filename,
    startedAt: nanoseconds(startedAt),
    endedAt: nanoseconds(endedAt),
    duration: nanoseconds(endedAt - startedAt),
    size: String(bytes),
    location: `/api/rooms/${encodeURIComponent(room)}/recordings/${recordingId}/files/${filename}`,
  };
}

/** Of ms; numbers of JavaScript have no place for so many. */
const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms * 1000)) * 1000n);
