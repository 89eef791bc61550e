import { ParleyError } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { finishFile, measureRaw, type FinishOptions } from './finishFile.ts';
import type { RecordingStore } from './RecordingStore.ts';
import type { RecordedFile, RecordedTrack, Timeline } from './timeline.ts';

/** ms that ffmpeg may take for one file. */
const DEADLINE = 30 * 60_000;

interface FinishQueueEvents {
  finished: [timeline: Timeline];
}

/** Makes WebM and MP4 of what recorders wrote, one file after another. */
export class FinishQueue extends TypedEmitter<FinishQueueEvents> {
  readonly #store: RecordingStore;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor({ store, logger }: { store: RecordingStore; logger: Logger }) {
    super();
    this.#store = store;
    this.#logger = logger;
  }

  /** Finishes a recording that has ended. */
  add(timeline: Timeline): void {
    this.#work = this.#work.then(async () => {
      try {
        await this.#finish(timeline);
      } catch (error) {
        if (this.#isClosed()) return;
        this.#logger.error({ error, recording: timeline.recordingId }, 'a recording could not be finished');
      }
    });
  }

  /** What is not finished by then is at the next start. Resolves when ffmpeg is gone. Idempotent. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#work;
  }

  #isClosed(): boolean {
    return this.#abort.signal.aborted;
  }

  async #finish(timeline: Timeline): Promise<void> {
    const { recordingId } = timeline;
    const directory = this.#store.directoryOf(recordingId);
    const options = { directory, deadline: DEADLINE, signal: this.#abort.signal };
    let isWhole = true;
    for (const track of timeline.tracks) {
      for (const [i, file] of track.files.entries()) {
        if (this.#isClosed()) return;
        if (file.state !== 'writing' && file.state !== 'raw') continue;
        const finished = await this.#finishFile(track, file, options);
        track.files[i] = finished;
        isWhole &&= finished.state !== 'writing' && finished.state !== 'raw';
        if (this.#isClosed()) return;
        await this.#store.write(timeline);
      }
      const last = track.files.at(-1);
      track.endedAt ??= last?.endedAt ?? track.startedAt;
    }
    if (!isWhole) return;
    timeline.state = 'finished';
    await this.#store.write(timeline);
    this.#logger.info({ recording: recordingId }, 'recording finished');
    this.emit('finished', timeline);
  }

  /** As it is when there is no ffmpeg, or somebody kills it again and again: it is finished at the next start. */
  async #finishFile(track: RecordedTrack, file: RecordedFile, options: FinishOptions): Promise<RecordedFile> {
    try {
      const raw = file.state === 'writing' ? await measureRaw(file, options) : file;
      return await finishFile(track, raw, options);
    } catch (error) {
      if (this.#isClosed()) return file;
      const isForLater = error instanceof ParleyError && error.code === 'unavailable';
      this.#logger.warn({ error, file: file.file, isForLater }, 'a file could not be finished');
      return isForLater ? file : { ...file, state: 'failed' };
    }
  }
}
