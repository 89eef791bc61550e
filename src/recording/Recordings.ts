import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { conflict, invalidState, limitExceeded, notFound, unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { assertFfmpeg } from './ffmpeg.ts';
import { FinishQueue } from './FinishQueue.ts';
import { Recording, type RecordingLimits } from './Recording.ts';
import { RecordingStore } from './RecordingStore.ts';
import type { Timeline } from './timeline.ts';

export interface RecordingsOptions {
  rooms: RoomRegistry;
  /** Undefined: nothing is recorded. */
  directory: string | undefined;
  /** Whether every room is recorded, from its first track on. */
  automatic: boolean;
  limits: RecordingLimits & {
    /** Recordings at a time. */
    maxRecordings: number;
  };
  logger: Logger;
}

/** All recordings of this server: those that are being made, and those in its directory. */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #store: RecordingStore | undefined;
  readonly #finishing: FinishQueue | undefined;
  readonly #active = new Map<Room, Recording>();
  readonly #starting = new Map<Room, Promise<Recording>>();
  #closed = false;

  constructor(options: RecordingsOptions) {
    this.#options = options;
    const { directory, rooms, logger } = options;
    if (directory === undefined) return;
    this.#store = new RecordingStore(directory);
    this.#finishing = new FinishQueue({ store: this.#store, logger });
    if (options.automatic) rooms.on('roomCreated', (room) => this.#startWithFirstTrack(room));
  }

  /** Those that are being made. */
  get active(): readonly Recording[] {
    return [...this.#active.values()];
  }

  /** Finishes what an earlier process has left behind; resolves when it is known what that is. */
  async recover(): Promise<void> {
    const active = new Set(this.active.map(({ id }) => id));
    for (const timeline of (await this.#store?.list()) ?? []) {
      if (timeline.state === 'finished' || active.has(timeline.recordingId) || this.#closed) continue;
      if (timeline.endedAt === null) endAbruptly(timeline);
      this.#options.logger.info({ recording: timeline.recordingId }, 'finishing an earlier recording');
      this.#finishing?.add(timeline);
    }
  }

  /**
   * Records a room of this node.
   *
   * @throws ParleyError `notFound` without such a room, `conflict` when it is being recorded, `limitExceeded` beyond the
   * number of recordings, `unavailable` when recording is off, or without ffmpeg.
   */
  async start(roomName: string): Promise<Timeline> {
    const room = this.#options.rooms.rooms.get(roomName);
    if (!room) throw notFound('no such room');
    return (await this.#start(room)).timeline;
  }

  /** Ends it; resolves when everything is on the disk. @throws ParleyError `notFound`, `invalidState` when it has ended. */
  async stop(roomName: string, recordingId?: string): Promise<Timeline> {
    const recording = this.active.find(
      ({ id, timeline }) => timeline.room === roomName && (recordingId ?? id) === id,
    );
    if (recording) return recording.end('stopped');
    if (recordingId !== undefined) await this.read(roomName, recordingId);
    throw invalidState('there is no recording going on');
  }

  /** Ends the one that is going on, and writes what is left after that. @throws ParleyError `invalidState` without one. */
  end(roomName: string): void {
    const recording = this.active.find(({ timeline }) => timeline.room === roomName);
    if (!recording) throw invalidState('there is no recording going on');
    recording.end('stopped').catch((error: unknown) => {
      this.#options.logger.error({ error, recording: recording.id }, 'ending a recording failed');
    });
  }

  /** Oldest first. */
  async list(roomName: string): Promise<Timeline[]> {
    return this.#assertOn().list(roomName);
  }

  /** @throws ParleyError `notFound`. */
  async read(roomName: string, recordingId: string): Promise<Timeline> {
    const active = this.active.find(({ id }) => id === recordingId);
    const timeline = active?.timeline ?? (await this.#assertOn().read(recordingId));
    if (timeline.room !== roomName) throw notFound('no such recording');
    return timeline;
  }

  /** Path of a file that the timeline names. @throws ParleyError `notFound`. */
  async file(roomName: string, recordingId: string, file: string): Promise<string> {
    await this.read(roomName, recordingId);
    return this.#assertOn().pathOf(recordingId, file);
  }

  /** Removes one that has ended, with its files. @throws ParleyError `notFound`, `invalidState`. */
  async remove(roomName: string, recordingId: string): Promise<void> {
    const { state } = await this.read(roomName, recordingId);
    if (state !== 'finished') throw invalidState('it is not finished yet');
    await this.#assertOn().remove(recordingId);
  }

  /** Everything that is recorded gets to the disk; what is not finished is at the next start. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    // Before the rooms close; those that are just starting end by themselves.
    const ending = this.active.map((recording) => recording.end('serverClosed'));
    await Promise.allSettled([...ending, ...this.#starting.values()]);
    await this.#finishing?.close();
  }

  #startWithFirstTrack(room: Room): void {
    const off = room.on('producerAdded', () => {
      off();
      this.#start(room).catch((error: unknown) => {
        if (!room.closed && !this.#closed) room.logger.error({ error }, 'the room is not recorded');
      });
    });
  }

  #start(room: Room): Promise<Recording> {
    if (this.#active.has(room) || this.#starting.has(room))
      throw conflict('the room is being recorded already');
    const starting = this.#open(room).finally(() => this.#starting.delete(room));
    this.#starting.set(room, starting);
    return starting;
  }

  async #open(room: Room): Promise<Recording> {
    const store = this.#assertOn();
    const { limits, logger } = this.#options;
    if (this.#active.size + this.#starting.size >= limits.maxRecordings)
      throw limitExceeded(`this server makes ${limits.maxRecordings} recordings at a time`);
    await assertFfmpeg();
    const recording = await Recording.start({ room, store, limits, logger });
    this.#active.set(room, recording);
    recording.once('ended', (timeline) => {
      this.#active.delete(room);
      if (!this.#closed) this.#finishing?.add(timeline);
    });
    if (this.#closed) {
      await recording.end('serverClosed');
      throw unavailable('the server is shutting down');
    }
    return recording;
  }

  #assertOn(): RecordingStore {
    if (!this.#store) throw unavailable('recording is off on this server: it has no PARLEY_RECORDINGS_DIR');
    return this.#store;
  }
}

/** Its server was killed: it ended when the last of it was written. */
function endAbruptly(timeline: Timeline): void {
  const times = timeline.tracks.flatMap(({ files }) => files.map(({ endedAt }) => endedAt));
  const endedAt = Math.max(timeline.startedAt, ...times);
  Object.assign(timeline, { endedAt, endReason: 'serverClosed', state: 'finishing' });
  for (const participant of timeline.participants) participant.leftAt ??= endedAt;
  for (const { pauses } of timeline.tracks) for (const pause of pauses) pause.to ??= endedAt;
}
