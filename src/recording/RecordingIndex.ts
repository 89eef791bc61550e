import { z } from 'zod';
import { RECORDING_END_REASONS } from '../protocol/recordingEnds.ts';
import { recordingId, type Timeline } from './timeline.ts';

/** What is known of a recording on whichever node its files are. Times are ms since the epoch. */
export const indexEntrySchema = z.object({
  version: z.literal(1),
  recordingId,
  room: z.string(),
  /** Which has the files, by the name that it keeps (`PARLEY_NODE_ID`). */
  node: z.string(),
  /** Where clients reach that node; null: not said. */
  url: z.string().nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  endReason: z.enum(RECORDING_END_REASONS).nullable(),
  state: z.enum(['recording', 'finishing', 'finished']),
  /** How many there are by now. */
  participants: z.number(),
  tracks: z.number(),
  files: z.number(),
  bytes: z.number(),
});

export type IndexEntry = z.infer<typeof indexEntrySchema>;

/** Undefined for what another version wrote that this one does not understand. */
export const readIndexEntry = (value: unknown): IndexEntry | undefined =>
  indexEntrySchema.safeParse(value).data;

/** Recordings of all nodes, also after a restart. The files' own timelines stay the truth. All methods throw as `Store`. */
export interface RecordingIndex {
  /** Of a room, or all. */
  list(room?: string): Promise<IndexEntry[]>;
  get(room: string, recordingId: string): Promise<IndexEntry | undefined>;
  put(entry: IndexEntry): Promise<void>;
  /** Nothing happens for one that there is not. */
  remove(room: string, recordingId: string): Promise<void>;
}

/** An entry as it is now. */
export function indexEntry(timeline: Timeline, place: Pick<IndexEntry, 'node' | 'url'>): IndexEntry {
  const { recordingId: id, room, startedAt, endedAt, endReason, state, participants, tracks } = timeline;
  const files = tracks.flatMap((track) => track.files);
  return {
    ...{ version: 1, recordingId: id, room, ...place, startedAt, endedAt, endReason, state },
    participants: participants.length,
    tracks: tracks.length,
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Of a server that keeps nothing, and of tests: gone with the process. */
export class MemoryRecordingIndex implements RecordingIndex {
  readonly #entries = new Map<string, IndexEntry>();

  list(room?: string): Promise<IndexEntry[]> {
    const all = [...this.#entries.values()];
    return Promise.resolve(all.filter((entry) => room === undefined || entry.room === room));
  }

  get(room: string, id: string): Promise<IndexEntry | undefined> {
    return Promise.resolve(this.#entries.get(`${room}/${id}`));
  }

  put(entry: IndexEntry): Promise<void> {
    this.#entries.set(`${entry.room}/${entry.recordingId}`, entry);
    return Promise.resolve();
  }

  remove(room: string, id: string): Promise<void> {
    this.#entries.delete(`${room}/${id}`);
    return Promise.resolve();
  }
}
