import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { internal, notFound, unavailable } from '../support/errors.ts';
import { TIMELINE_FILE, recordingId as idSchema, timelineSchema, type Timeline } from './timeline.ts';

/** Recordings in a directory, each in one of its own that is named after its id. Their timelines are the truth. */
export class RecordingStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  directoryOf(recordingId: string): string {
    if (!idSchema.safeParse(recordingId).success) throw notFound('no such recording');
    return join(this.#root, recordingId);
  }

  /** @throws ParleyError `unavailable` when the directory cannot be made. */
  async create(recordingId: string): Promise<string> {
    const directory = this.directoryOf(recordingId);
    try {
      await mkdir(this.#root, { recursive: true, mode: 0o750 });
      await mkdir(directory, { mode: 0o750 });
    } catch (error) {
      throw unavailable('the directory for recordings cannot be written (PARLEY_RECORDINGS_DIR)', {
        cause: error,
      });
    }
    return directory;
  }

  async list(room?: string): Promise<Timeline[]> {
    const names = await readdir(this.#root).catch(() => [] as string[]);
    const read = await Promise.all(
      names.filter((name) => idSchema.safeParse(name).success).map((name) => this.#tryRead(name)),
    );
    return read
      .flatMap((timeline) => (timeline && (room === undefined || timeline.room === room) ? timeline : []))
      .sort((a, b) => a.startedAt - b.startedAt);
  }

  /** Undefined when there is no such recording, or none that can be read. */
  async find(recordingId: string): Promise<Timeline | undefined> {
    return idSchema.safeParse(recordingId).success ? this.#tryRead(recordingId) : undefined;
  }

  /** Beside the old one first and then in its place, so that there is a whole one at any time. */
  async write(timeline: Timeline): Promise<void> {
    const directory = this.directoryOf(timeline.recordingId);
    const fresh = join(directory, `.${TIMELINE_FILE}.${randomUUID()}`);
    try {
      const file = await open(fresh, 'wx', 0o640);
      try {
        await file.writeFile(`${JSON.stringify(timeline, null, 2)}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(fresh, join(directory, TIMELINE_FILE));
    } catch (error) {
      await rm(fresh, { force: true });
      throw internal('the timeline of a recording could not be written', { cause: error });
    }
  }

  /** With all its files. */
  async remove(recordingId: string): Promise<void> {
    await rm(this.directoryOf(recordingId), { recursive: true, force: true });
  }

  /** Of a file that a timeline names. @throws ParleyError `notFound`. */
  async pathOf(recordingId: string, file: string): Promise<string> {
    const tracks = (await this.find(recordingId))?.tracks;
    const isKnown = tracks?.some(({ files }) => files.some((one) => one.file === file));
    if (!isKnown) throw notFound('no such file');
    const path = join(this.directoryOf(recordingId), file);
    if (!(await stat(path).catch(() => undefined))?.isFile()) throw notFound('no such file');
    return path;
  }

  async #tryRead(recordingId: string): Promise<Timeline | undefined> {
    const path = join(this.directoryOf(recordingId), TIMELINE_FILE);
    try {
      return timelineSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      return undefined;
    }
  }
}
