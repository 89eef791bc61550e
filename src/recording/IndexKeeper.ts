import type { Logger } from '../support/logger.ts';
import { indexEntry, type IndexEntry, type RecordingIndex } from './RecordingIndex.ts';
import type { Timeline } from './timeline.ts';

/** ms after which it is tried again to write what could not be written. */
const RETRY = 5000;

export interface IndexKeeperOptions {
  index: RecordingIndex;
  /** This node. */
  place: Pick<IndexEntry, 'node' | 'url'>;
  logger: Logger;
}

/** Keeps what the index says of this node's recordings true, also when the index could not be reached for a while. */
export class IndexKeeper {
  readonly #options: IndexKeeperOptions;
  /** What is to be written, by recording; undefined: it is to go. */
  readonly #waiting = new Map<string, { room: string; entry: IndexEntry | undefined }>();
  #writing: Promise<void> | undefined;
  #isWriting = false;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: IndexKeeperOptions) {
    this.#options = options;
  }

  /** As the recording is now. */
  put(timeline: Timeline): void {
    this.#change(timeline.recordingId, timeline.room, indexEntry(timeline, this.#options.place));
  }

  remove({ recordingId, room }: Pick<Timeline, 'recordingId' | 'room'>): void {
    this.#change(recordingId, room, undefined);
  }

  /** Makes it name all recordings of this node, and no others. @throws ParleyError as `Store`. */
  async bringUpToDate(own: readonly Timeline[]): Promise<void> {
    const { index, place } = this.#options;
    const present = new Set(own.map(({ recordingId }) => recordingId));
    for (const timeline of own) this.put(timeline);
    for (const entry of await index.list())
      if (entry.node === place.node && !present.has(entry.recordingId)) this.remove(entry);
  }

  /** Resolves when what waits was written or could not be; that is made up for at the next start. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#writing;
  }

  #change(recordingId: string, room: string, entry: IndexEntry | undefined): void {
    // To the end: what is being written at present may be an older one.
    this.#waiting.delete(recordingId);
    this.#waiting.set(recordingId, { room, entry });
    this.#start();
  }

  #start(): void {
    clearTimeout(this.#retry);
    if (!this.#isWriting) this.#writing = this.#write();
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    const { index, logger } = this.#options;
    this.#isWriting = true;
    for (const [recordingId, change] of this.#waiting) {
      const { room, entry } = change;
      try {
        if (entry) await index.put(entry);
        else await index.remove(room, recordingId);
        if (this.#waiting.get(recordingId) === change) this.#waiting.delete(recordingId);
      } catch (error) {
        logger.warn({ error, recording: recordingId }, 'the index of recordings could not be written');
        if (!this.#closed) this.#retry = setTimeout(() => this.#start(), RETRY).unref();
        break;
      }
    }
    this.#isWriting = false;
  }
}
