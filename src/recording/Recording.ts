import { randomUUID } from 'node:crypto';
import type { PeerInfo, ProducerInfo } from '../protocol/models.ts';
import type { Room } from '../sfu/Room.ts';
import type { Logger } from '../support/logger.ts';
import { Throttle } from '../support/Throttle.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { assertFree, DiskWatch } from './DiskWatch.ts';
import { followRoom } from './followRoom.ts';
import { recordedCodec } from './recorder/codecs/codecs.ts';
import { RecorderProcess } from './RecorderProcess.ts';
import type { RecordingStore } from './RecordingStore.ts';
import { newTimeline, type EndReason, type Timeline } from './timeline.ts';
import { TrackRecorder } from './TrackRecorder.ts';

/** ms between two writings of a timeline that could be made up for. */
const TIMELINE_EVERY = 2000;
/** Recorders that may be lost before it is given up: something kills them. */
const MOST_RECORDERS = 10;

export interface RecordingLimits {
  /** Bytes of all its files. */
  maxBytes: number;
  /** s. */
  maxDuration: number;
  /** Bytes of the disk that stay free: with less it does not begin, and ends. */
  minFree: number;
}

interface RecordingEvents {
  /** Nothing is written any more, and the timeline says what there is. */
  ended: [timeline: Timeline];
}

/** A recording of a room while it is made: every track of everybody, each in files of its own, and the timeline. */
export class Recording extends TypedEmitter<RecordingEvents> {
  readonly timeline: Timeline;
  readonly #room: Room;
  readonly #store: RecordingStore;
  readonly #directory: string;
  readonly #limits: RecordingLimits;
  readonly #logger: Logger;
  readonly #tracks = new Map<string, TrackRecorder>();
  #off: () => void = () => undefined;
  readonly #saves = new Throttle(() => void this.#save());
  readonly #timer: NodeJS.Timeout;
  readonly #disk: DiskWatch;
  #recorder: RecorderProcess;
  #recorders = 1;
  #saving: Promise<void> = Promise.resolve();
  #ending: Promise<Timeline> | undefined;

  private constructor(parts: {
    room: Room;
    store: RecordingStore;
    directory: string;
    recordingId: string;
    recorder: RecorderProcess;
    limits: RecordingLimits;
    logger: Logger;
  }) {
    super();
    const { room, recordingId } = parts;
    this.#room = room;
    this.#store = parts.store;
    this.#directory = parts.directory;
    this.#limits = parts.limits;
    this.#recorder = parts.recorder;
    this.#logger = parts.logger.child({ room: room.name, recording: recordingId });
    this.timeline = newTimeline(recordingId, room.name, room.definition.sid);
    this.#timer = setTimeout(() => void this.end('timeLimit'), parts.limits.maxDuration * 1000).unref();
    this.#disk = new DiskWatch({
      directory: parts.directory,
      minFree: () => parts.limits.minFree,
      onFull: () => void this.end('diskFull'),
    });
  }

  /**
   * Begins to record a room, of which everybody in it is told.
   *
   * @throws ParleyError `unavailable` when the recorder does not start, the disk does not take it or is nearly full.
   */
  static async start(parts: {
    room: Room;
    store: RecordingStore;
    limits: RecordingLimits;
    logger: Logger;
  }): Promise<Recording> {
    const recordingId = randomUUID();
    const directory = await parts.store.create(recordingId);
    let recorder: RecorderProcess | undefined;
    try {
      await assertFree(directory, parts.limits.minFree);
      recorder = await RecorderProcess.start(directory, parts.limits.maxBytes);
      const recording = new Recording({ ...parts, directory, recordingId, recorder });
      await parts.store.write(recording.timeline);
      recording.#begin();
      return recording;
    } catch (error) {
      await recorder?.end();
      await parts.store.remove(recordingId);
      throw error;
    }
  }

  get id(): string {
    return this.timeline.recordingId;
  }

  /** Of its recorder. */
  get pid(): number | undefined {
    return this.#recorder.pid;
  }

  /** Resolves with the timeline once everything is on the disk. Idempotent; the first reason counts. */
  end(reason: EndReason): Promise<Timeline> {
    this.#ending ??= this.#end(reason);
    return this.#ending;
  }

  #begin(): void {
    const { recordingId, startedAt } = this.timeline;
    this.#follow(this.#recorder);
    if (this.#room.closed) {
      void this.end('roomClosed');
      return;
    }
    this.#room.recording.begin({ recordingId, startedAt });
    const track = (producerId: string): TrackRecorder | undefined => this.#tracks.get(producerId);
    this.#off = followRoom(this.#room, {
      present: (info) => this.#joined(info),
      gone: (peerId) => this.#left(peerId),
      published: (info) => this.#add(info),
      unpublished: (producerId) => this.#remove(producerId),
      paused: (producerId) => track(producerId)?.paused(),
      resumed: (producerId) => track(producerId)?.resumed(),
      closed: () => void this.end('roomClosed'),
    });
    this.#logger.info('recording');
  }

  #joined({ peerId, name, identity, joinedAt }: PeerInfo): void {
    const known = this.timeline.participants.find((participant) => participant.peerId === peerId);
    if (known) {
      known.name = name;
      known.leftAt = null;
    } else {
      const who = { peerId, name, ...(identity === undefined ? {} : { identity }) };
      this.timeline.participants.push({ ...who, joinedAt, leftAt: null });
    }
    this.#saves.notWithin(TIMELINE_EVERY);
  }

  #left(peerId: string): void {
    const known = this.timeline.participants.find((participant) => participant.peerId === peerId);
    if (known) known.leftAt = Date.now();
    // Of producers that go with their peer nothing is told.
    for (const [producerId] of this.#tracks) if (!this.#room.tracks.get(producerId)) this.#remove(producerId);
    this.#saves.notWithin(TIMELINE_EVERY);
  }

  #add({ producerId, peerId, kind, source, label }: ProducerInfo): void {
    if (this.#tracks.has(producerId)) return;
    const codec = this.#room.tracks.get(producerId)?.codec ?? '';
    if (!recordedCodec(codec)) {
      this.#logger.warn({ codec }, 'a track is not recorded, because of its codec');
      return;
    }
    const entry: Timeline['tracks'][number] = {
      trackId: `${source}-${randomUUID().slice(0, 8)}`,
      peerId,
      kind,
      source,
      ...(label === undefined ? {} : { label }),
      codec,
      startedAt: Date.now(),
      endedAt: null,
      pauses: [],
      files: [],
    };
    const track = new TrackRecorder({
      room: this.#room,
      producerId,
      entry,
      onChange: (urgent) => (urgent ? this.#saves.now() : this.#saves.notWithin(TIMELINE_EVERY)),
      logger: this.#logger,
    });
    this.timeline.tracks.push(entry);
    this.#tracks.set(producerId, track);
    void this.#beginTrack(producerId, track);
  }

  async #beginTrack(producerId: string, track: TrackRecorder): Promise<void> {
    const recorder = this.#recorder;
    try {
      await track.begin(recorder);
    } catch (error) {
      const isStillWanted = this.#tracks.get(producerId) === track && this.#room.tracks.get(producerId);
      // With another recorder it begins anew.
      if (!isStillWanted || this.#ending || recorder !== this.#recorder || recorder.isGone) return;
      this.#logger.error({ error, producer: producerId }, 'a track cannot be recorded');
      this.#remove(producerId);
    }
  }

  #remove(producerId: string): void {
    const track = this.#tracks.get(producerId);
    if (!track) return;
    this.#tracks.delete(producerId);
    void track.close();
  }

  #follow(recorder: RecorderProcess): void {
    const track = (streamId: string): TrackRecorder | undefined =>
      [...this.#tracks.values()].find((candidate) => candidate.streamId === streamId);
    const owner = new Map<string, TrackRecorder>();
    recorder.on('keyFrameNeeded', (streamId) => track(streamId)?.keyFrameNeeded());
    recorder.on('file', (streamId, file, complete) => {
      // Its last words come when it is not among the tracks any more.
      const its = track(streamId) ?? owner.get(streamId);
      if (!its) return;
      owner.set(streamId, its);
      its.wrote(file, complete);
    });
    recorder.on('trackFailed', (streamId, reason) => {
      this.#logger.error({ stream: streamId, reason }, 'a track is not recorded any further');
      if (/ENOSPC|EDQUOT/.test(reason)) void this.end('diskFull');
    });
    recorder.on('full', () => void this.end('diskLimit'));
    recorder.once('ended', (wasAsked) => {
      if (!wasAsked) void this.#replaceRecorder();
    });
  }

  /** Something killed it. What it wrote stays, and the tracks go on in new files. */
  async #replaceRecorder(): Promise<void> {
    if (this.#ending) return;
    this.#recorders += 1;
    this.#logger.warn({ recorders: this.#recorders }, 'the recorder is gone');
    if (this.#recorders > MOST_RECORDERS) {
      void this.end('recorderFailed');
      return;
    }
    try {
      const recorder = await RecorderProcess.start(this.#directory, this.#limits.maxBytes);
      // Ended while it was waited for, which TypeScript takes for impossible.
      if (this.#ending as Promise<Timeline> | undefined) {
        await recorder.end();
        return;
      }
      this.#recorder = recorder;
      this.#follow(recorder);
      for (const [producerId, track] of this.#tracks) void this.#beginTrack(producerId, track);
    } catch (error) {
      this.#logger.error({ error }, 'there is no other recorder');
      void this.end('recorderFailed');
    }
  }

  async #end(reason: EndReason): Promise<Timeline> {
    clearTimeout(this.#timer);
    this.#disk.close();
    this.#off();
    this.#room.recording.end(this.id, reason);
    const tracks = [...this.#tracks.values()];
    this.#tracks.clear();
    const endedAt = Date.now();
    await Promise.all(tracks.map((track) => track.close()));
    await this.#recorder.end();
    const { timeline } = this;
    Object.assign(timeline, { endedAt, endReason: reason, state: 'finishing' });
    for (const participant of timeline.participants) participant.leftAt ??= endedAt;
    this.#saves.close();
    await this.#save();
    this.#logger.info({ reason, tracks: timeline.tracks.length }, 'recording ended');
    this.emit('ended', timeline);
    return timeline;
  }

  /** One after the other, each with what is true then. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      try {
        await this.#store.write(this.timeline);
      } catch (error) {
        this.#logger.error({ error }, 'the timeline could not be written');
      }
    });
    return this.#saving;
  }
}
