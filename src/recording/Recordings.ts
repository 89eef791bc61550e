import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { conflict, invalidState, limitExceeded, notFound, unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { assertFfmpeg } from './ffmpeg.ts';
import { FinishQueue } from './FinishQueue.ts';
import { IndexKeeper } from './IndexKeeper.ts';
import type { OtherNodes, RecordingName, RecordingOrder } from './OtherNodes.ts';
import { Recording, type RecordingLimits } from './Recording.ts';
import { indexEntry, type IndexEntry, type RecordingIndex } from './RecordingIndex.ts';
import { RecordingStore } from './RecordingStore.ts';
import { endAbruptly, type Timeline } from './timeline.ts';

export interface RecordingsOptions {
  rooms: RoomRegistry;
  /** Undefined: nothing is recorded here. */
  directory: string | undefined;
  /** Whether every room is recorded, from its first track on. */
  automatic: boolean;
  limits: RecordingLimits & {
    /** Recordings at a time. */
    maxRecordings: number;
  };
  index: RecordingIndex;
  /** This node, in the index. */
  place: Pick<IndexEntry, 'node' | 'url'>;
  others: OtherNodes;
  logger: Logger;
}

interface RecordingsEvents {
  started: [timeline: Timeline];
  /** Nothing is written any more; files are finished now. */
  ended: [timeline: Timeline];
  /** All files are as they stay. */
  finished: [timeline: Timeline];
}

/** All recordings: those that this server makes, those in its directory, and where those of other nodes are. */
export class Recordings extends TypedEmitter<RecordingsEvents> {
  readonly #options: RecordingsOptions;
  readonly #keeper: IndexKeeper;
  readonly #store: RecordingStore | undefined;
  readonly #finishing: FinishQueue | undefined;
  readonly #active = new Map<Room, Recording>();
  readonly #starting = new Map<Room, Promise<Recording>>();
  #closed = false;

  constructor(options: RecordingsOptions) {
    super();
    this.#options = options;
    const { directory, rooms, logger } = options;
    this.#keeper = new IndexKeeper(options);
    options.others.obey((what, recording) => this.#obey(what, recording));
    if (directory === undefined) return;
    this.#store = new RecordingStore(directory);
    this.#finishing = new FinishQueue({ store: this.#store, logger });
    this.#finishing.on('finished', (timeline) => {
      this.#keeper.put(timeline);
      this.emit('finished', timeline);
    });
    if (options.automatic) rooms.on('roomCreated', (room) => this.#startWithFirstTrack(room));
  }

  /** Those that are being made here. */
  get active(): readonly Recording[] {
    return [...this.#active.values()];
  }

  /** Finishes what an earlier process has left behind; resolves when it is known what that is. */
  async recover(): Promise<void> {
    if (!this.#store) return;
    const active = new Set(this.active.map(({ id }) => id));
    const found = (await this.#store.list()).filter(({ recordingId }) => !active.has(recordingId));
    for (const timeline of found) {
      if (timeline.state === 'finished' || this.#closed) continue;
      if (timeline.endedAt === null) endAbruptly(timeline);
      this.#options.logger.info({ recording: timeline.recordingId }, 'finishing an earlier recording');
      this.#finishing?.add(timeline);
    }
    const own = [...found, ...this.active.map(({ timeline }) => timeline)];
    await this.#keeper.bringUpToDate(own).catch((error: unknown) => {
      this.#options.logger.warn({ error }, 'the index of recordings may name some that are gone');
    });
  }

  /**
   * Records a room of this node.
   *
   * @throws ParleyError `notFound` without such a room, `conflict` when it is being recorded, `limitExceeded` beyond the
   * number of recordings, `unavailable` when recording is off, without ffmpeg, or when the disk is nearly full.
   */
  async start(roomName: string): Promise<Timeline> {
    const room = this.#options.rooms.rooms.get(roomName);
    if (!room) throw notFound('no such room');
    return (await this.#start(room)).timeline;
  }

  /**
   * Ends it, on whichever node; resolves when everything is on the disk.
   *
   * @throws ParleyError `notFound`, `invalidState` when it has ended, `unavailable` when its node cannot be asked.
   */
  async stop(roomName: string, recordingId?: string): Promise<Timeline | IndexEntry> {
    const own = this.active.find(
      ({ id, timeline }) => timeline.room === roomName && (recordingId ?? id) === id,
    );
    if (own) return own.end('stopped');
    const going = this.#goingOnElsewhere(roomName);
    const id = recordingId ?? going?.recordingId;
    if (id === undefined) throw invalidState('there is no recording going on');
    const known = await this.#find(roomName, id);
    if (going?.recordingId !== id && known.state !== 'recording')
      throw invalidState('there is no recording going on');
    const node = 'node' in known ? known.node : going?.node;
    if (node === undefined) throw invalidState('there is no recording going on');
    await this.#options.others.order(node, 'stop', { room: roomName, recordingId: id });
    return this.#find(roomName, id);
  }

  /**
   * Ends the one that is going on, and writes what is left after that.
   *
   * @throws ParleyError `invalidState` without one, `unavailable` when its node cannot be asked.
   */
  async end(roomName: string): Promise<void> {
    const recording = this.active.find(({ timeline }) => timeline.room === roomName);
    if (recording) {
      recording.end('stopped').catch((error: unknown) => {
        this.#options.logger.error({ error, recording: recording.id }, 'ending a recording failed');
      });
      return;
    }
    const going = this.#goingOnElsewhere(roomName);
    if (!going) throw invalidState('there is no recording going on');
    await this.#options.others.order(going.node, 'stop', { room: roomName, recordingId: going.recordingId });
  }

  /** Of all nodes, oldest first. While the index cannot be reached, this node's own. */
  async list(roomName: string): Promise<IndexEntry[]> {
    const { index, place, logger } = this.#options;
    const going = new Map(this.active.map(({ id, timeline }) => [id, timeline]));
    const own = ((await this.#store?.list(roomName)) ?? [])
      .map((timeline) => going.get(timeline.recordingId) ?? timeline)
      .map((timeline) => indexEntry(timeline, place));
    const all = await index.list(roomName).catch((error: unknown) => {
      logger.warn({ error }, 'recordings of other nodes cannot be listed');
      return [];
    });
    return [...own, ...all.filter(({ node }) => node !== place.node)].sort(
      (a, b) => a.startedAt - b.startedAt,
    );
  }

  /** Of one whose files are here. @throws ParleyError `notFound`, `invalidState` when another node has it. */
  async read(roomName: string, recordingId: string): Promise<Timeline> {
    const found = await this.#find(roomName, recordingId);
    if (!('node' in found)) return found;
    const { node, url } = found;
    throw invalidState(`the recording is on the node ${node}: ask it${url === null ? '' : ` at ${url}`}`);
  }

  /** Path of a file that the timeline names. @throws ParleyError as `read`. */
  async file(roomName: string, recordingId: string, file: string): Promise<string> {
    await this.read(roomName, recordingId);
    return this.#assertOn().pathOf(recordingId, file);
  }

  /**
   * Removes one that has ended, with its files, on whichever node.
   *
   * @throws ParleyError `notFound`, `invalidState`, `unavailable` when its node cannot be asked.
   */
  async remove(roomName: string, recordingId: string): Promise<void> {
    const found = await this.#find(roomName, recordingId);
    if (found.state !== 'finished') throw invalidState('it is not finished yet');
    if ('node' in found) {
      await this.#options.others.order(found.node, 'remove', found);
      return;
    }
    await this.#assertOn().remove(recordingId);
    this.#keeper.remove(found);
  }

  /** Everything that is recorded gets to the disk; what is not finished is at the next start. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    // Before the rooms close; those that are just starting end by themselves.
    const ending = this.active.map((recording) => recording.end('serverClosed'));
    await Promise.allSettled([...ending, ...this.#starting.values()]);
    await this.#finishing?.close();
    await this.#keeper.close();
  }

  async #obey(what: RecordingOrder, { room, recordingId }: RecordingName): Promise<void> {
    // What is not here is nobody's else either: it is not asked for further.
    await this.read(room, recordingId);
    if (what === 'stop') await this.stop(room, recordingId);
    else await this.remove(room, recordingId);
  }

  #goingOnElsewhere(roomName: string): { node: string; recordingId: string } | undefined {
    const { node, current } = this.#options.rooms.rooms.get(roomName)?.recording ?? {};
    return node === undefined || !current ? undefined : { node, recordingId: current.recordingId };
  }

  /** Its timeline where it is here, else where it is. @throws ParleyError `notFound`. */
  async #find(roomName: string, recordingId: string): Promise<Timeline | IndexEntry> {
    const active = this.active.find(({ id }) => id === recordingId);
    const timeline = active?.timeline ?? (await this.#store?.find(recordingId));
    if (timeline && timeline.room !== roomName) throw notFound('no such recording');
    if (timeline) return timeline;
    const { index, place } = this.#options;
    const entry = await index.get(roomName, recordingId);
    if (!entry || entry.node === place.node) throw notFound('no such recording');
    return entry;
  }

  #startWithFirstTrack(room: Room): void {
    const off = room.on('producerAdded', () => {
      off();
      // Another node was first.
      if (room.recording.current) return;
      this.#start(room).catch((error: unknown) => {
        if (!room.closed && !this.#closed && !room.recording.current)
          room.logger.error({ error }, 'the room is not recorded');
      });
    });
  }

  async #start(room: Room): Promise<Recording> {
    this.#assertOn();
    const former = this.#active.get(room);
    // What is over for everybody in the room may still be on its way to the disk.
    if (former && !room.recording.current) await former.end('stopped');
    if (this.#active.has(room) || this.#starting.has(room) || room.recording.current)
      throw conflict('the room is being recorded already');
    const starting = this.#open(room).finally(() => this.#starting.delete(room));
    this.#starting.set(room, starting);
    return starting;
  }

  async #open(room: Room): Promise<Recording> {
    const store = this.#assertOn();
    const { limits, logger, others } = this.#options;
    if (this.#active.size + this.#starting.size >= limits.maxRecordings)
      throw limitExceeded(`this server makes ${limits.maxRecordings} recordings at a time`);
    await assertFfmpeg();
    const release = await others.claim(room.name);
    let recording: Recording;
    try {
      recording = await Recording.start({ room, store, limits, logger });
    } catch (error) {
      release();
      throw error;
    }
    this.#active.set(room, recording);
    recording.once('ended', (timeline) => this.#ended(room, timeline, release));
    this.#keeper.put(recording.timeline);
    this.emit('started', recording.timeline);
    if (this.#closed) {
      await recording.end('serverClosed');
      throw unavailable('the server is shutting down');
    }
    return recording;
  }

  #ended(room: Room, timeline: Timeline, release: () => void): void {
    release();
    this.#active.delete(room);
    this.#keeper.put(timeline);
    this.emit('ended', timeline);
    if (!this.#closed) this.#finishing?.add(timeline);
  }

  #assertOn(): RecordingStore {
    if (!this.#store) throw unavailable('recording is off on this server: it has no PARLEY_RECORDINGS_DIR');
    return this.#store;
  }
}
