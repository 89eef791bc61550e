import type { types } from 'mediasoup-client';
import {
  badRequest,
  conflict,
  internal,
  invalidState,
  notFound,
  ParleyError,
  unavailable,
} from '../../src/support/errors.ts';
import type { MediaSource, ProducerInfo } from '../../src/protocol/models.ts';
import { LocalPublication } from './LocalPublication.ts';
import type { MediaSession } from './MediaSession.ts';
import { mannerFor, produceTrack } from './produceTrack.ts';
import type { PublicationsParts } from './publicationsParts.ts';
import type { PublicationState, PublishOptions, RoomState } from './publicTypes.ts';
import { isTransient, Reconciler } from './Reconciler.ts';
import { SurplusProducers } from './SurplusProducers.ts';
import { tellPaused } from './tellPaused.ts';
import { toError } from './toError.ts';

/**
 * The local tracks that should be published, across reconnections, moves and media resets. The list says what is
 * wanted; passes of the reconciler publish, pause and close until the server agrees.
 */
export class Publications {
  readonly #parts: PublicationsParts;
  readonly #reconciler: Reconciler;
  #list: LocalPublication[] = [];
  readonly #surplus: SurplusProducers;
  #session: MediaSession | undefined;
  #online = false;
  #closed = false;

  constructor(parts: PublicationsParts) {
    this.#parts = parts;
    this.#surplus = new SurplusProducers(parts.signaling);
    const onError = (error: unknown): void => parts.onError(toError(error));
    this.#reconciler = new Reconciler(() => this.#pass(), { onError });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Publishes on these transports from now on; everything is published anew. */
  attach(session: MediaSession): void {
    this.#session = session;
    this.#reconciler.poke();
  }

  /**
   * Publishes everything on these transports as well, in the place of what is published so far, which is sent on until
   * its session is closed. Resolves when that is done.
   *
   * @throws ParleyError `unavailable` when something cannot be had there.
   */
  async moveTo(session: MediaSession): Promise<void> {
    this.#session = session;
    await this.#reconciler.settled();
    const isMissing = ({ producer }: LocalPublication): boolean =>
      producer !== undefined && !session.producers.has(producer);
    if (this.#session !== session || this.#list.some(isMissing)) throw unavailable('not everything moved');
  }

  /** Uses what was published on these transports before `moveTo`. */
  moveBack(session: MediaSession): void {
    this.#session = session;
    for (const item of this.#list) item.moveBack();
    this.#reconciler.poke();
  }

  /** The transports are gone; the tracks wait for the next ones. */
  detach(): void {
    this.#session = undefined;
    this.#surplus.clear();
    for (const item of this.#list) item.producer = undefined;
  }

  /** Whether requests make sense at this moment. */
  setOnline(online: boolean): void {
    this.#online = online;
    if (online) this.#reconciler.poke();
  }

  /** The room may want something else now. */
  refresh(): void {
    this.#reconciler.poke();
  }

  /** Compares with what the server says this peer publishes, after a resume. */
  compare(ownProducers: readonly ProducerInfo[]): void {
    const onServer = new Map(ownProducers.map((producer) => [producer.producerId, producer]));
    for (const item of this.#list) {
      if (!item.producer) continue;
      const { id } = item.producer;
      item.compare(onServer.get(id));
      onServer.delete(id);
    }
    // Published without our ever getting the answer, or closed without the server's ever hearing of it.
    for (const producerId of onServer.keys()) this.#surplus.add(producerId);
    this.#reconciler.poke();
  }

  get #room(): RoomState {
    return this.#parts.store.state;
  }

  has(source: MediaSource): boolean {
    return source !== 'custom' && this.#list.some((item) => item.source === source);
  }

  /** How the source was published. */
  optionsOf(source: MediaSource): PublishOptions | undefined {
    return this.#list.find((item) => item.source === source)?.options;
  }

  /**
   * Resolves when the others can subscribe to it.
   *
   * @throws ParleyError `conflict` when the source is published already, or what the server answers.
   */
  publish(track: MediaStreamTrack, source: MediaSource, options: PublishOptions): Promise<PublicationState> {
    if (this.#closed) return Promise.reject(invalidState('the room is closed'));
    if (this.has(source)) return Promise.reject(conflict(`${source} is published already`));
    if (track.readyState === 'ended') return Promise.reject(invalidState('the track has ended'));
    return new Promise((onPublished, onRefused) => {
      const onTrackEnded = (item: LocalPublication): void => {
        this.#remove(item, invalidState('the track ended'));
        this.#parts.onTrackEnded(item.source);
      };
      this.#list.push(new LocalPublication({ track, source, options, onPublished, onRefused, onTrackEnded }));
      this.#reconciler.poke();
    });
  }

  /** @throws ParleyError `notFound` when nothing like it is published. */
  async unpublish(target: string): Promise<void> {
    this.#remove(this.#get(target), invalidState('it was unpublished meanwhile'));
    await this.#reconciler.settled();
  }

  /** Pauses locally at once; resolves when the server was told, or will be after a reconnection. */
  async setPaused(target: string, paused: boolean): Promise<void> {
    const item = this.#get(target);
    item.paused = paused;
    if (paused) {
      item.pause();
      this.#tell();
    }
    await this.#reconciler.settled();
  }

  /** Sends another track under the same publication. */
  async replaceTrack(target: string, track: MediaStreamTrack): Promise<void> {
    const item = this.#get(target);
    if (track.kind !== item.track.kind) throw badRequest(`${item.source} is not ${track.kind}`);
    if (track === item.track) return;
    await item.producer?.replaceTrack({ track });
    if (!this.#list.includes(item)) throw invalidState('it was unpublished meanwhile');
    item.takeTrack(track);
    this.#parts.onTrackReplaced();
    this.#tell();
  }

  /** The server closed one of ours: a moderator did it. */
  closedByServer(producerId: string): void {
    const item = this.#published(producerId);
    if (!item) return;
    this.#remove(item, invalidState('it was closed by the server'));
    this.#surplus.delete(producerId);
  }

  /** A moderator muted one of ours, as if we had done so. */
  mutedByServer(producerId: string): void {
    this.#published(producerId)?.mutedByServer();
    this.#tell();
  }

  #published(producerId: string): LocalPublication | undefined {
    return this.#list.find((candidate) => candidate.producer?.id === producerId);
  }

  /** Idempotent. Stops the tracks that are the room's own. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reconciler.close();
    for (const item of this.#list) this.#remove(item, invalidState('the room is closed'));
    this.#session = undefined;
  }

  async #pass(): Promise<void> {
    await this.#surplus.close(() => this.#ready());
    let transient: Error | undefined;
    // One at a time; pictures first, because they need the longest until they are seen.
    const isVideo = ({ track }: LocalPublication): boolean => track.kind === 'video';
    for (const item of this.#list.toSorted((a, b) => Number(isVideo(b)) - Number(isVideo(a)))) {
      try {
        if (this.#ready()) await this.#bringInLine(item);
      } catch (error) {
        // One source in trouble must not keep the others from being published.
        if (isTransient(error)) transient = toError(error);
        else this.#fail(item, toError(error));
      }
    }
    if (transient) throw transient;
  }

  #ready(): boolean {
    return this.#online && !this.#closed && this.#session !== undefined;
  }

  async #bringInLine(item: LocalPublication): Promise<void> {
    if (!this.#list.includes(item)) return;
    const manner = mannerFor(item, this.#session, this.#room);
    if (!item.producer || item.producer.closed) await this.#produce(item);
    else if (this.#session?.producers.has(item.producer) === false) await this.#produceAnew(item);
    else if (manner !== item.manner) {
      await this.#produceAnew(item, (error) => {
        item.manner = manner;
        if (this.#list.includes(item)) this.#parts.onError(toError(error));
      });
    }
    if (await tellPaused(item, this.#parts.signaling, this.#parts.onError)) this.#tell();
  }

  /** Publishes it, in the place of the producer that it has, if it has one. */
  async #produce(item: LocalPublication): Promise<void> {
    const session = this.#session;
    if (!session) return;
    const isMove = item.producer !== undefined && !session.producers.has(item.producer);
    const manner = mannerFor(item, session, this.#room);
    const sent = { track: item.track, paused: item.paused, manner, isMove };
    let producer: types.Producer;
    try {
      producer = await produceTrack(item, session, this.#room);
    } catch (error) {
      // Not refused but overtaken: the next session publishes it.
      if (session.closed || this.#session !== session) return;
      throw error;
    }
    // A dropped session is closed a little later, and takes this producer with it.
    if (this.#session !== session) return;
    if (!this.#list.includes(item)) {
      producer.close();
      this.#surplus.add(producer.id);
      this.#reconciler.poke();
      return;
    }
    await item.published(producer, sent);
    this.#tell();
  }

  /** Publishes what is published already in another way. Where that is refused, what is there goes on. */
  async #produceAnew(item: LocalPublication, onRefused?: (error: unknown) => void): Promise<void> {
    await this.#produce(item).catch((error: unknown) => {
      if (isTransient(error)) throw error;
      onRefused?.(error);
    });
  }

  #fail(item: LocalPublication, error: Error): void {
    const wasPublished = item.state !== undefined;
    this.#remove(item, error instanceof ParleyError ? error : internal(error.message, { cause: error }));
    // Whoever called publish() got the error; for a repeated publication nobody waits.
    if (wasPublished) this.#parts.onError(error);
  }

  #remove(item: LocalPublication, reason: Error): void {
    if (!this.#list.includes(item)) return;
    this.#list = this.#list.filter((other) => other !== item);
    this.#dropProducer(item);
    item.release();
    item.refused(reason);
    this.#tell();
  }

  #dropProducer(item: LocalPublication): void {
    const { producer } = item;
    item.producer = undefined;
    if (!producer || producer.closed) return;
    producer.close();
    this.#surplus.add(producer.id);
    this.#reconciler.poke();
  }

  /** Writes what is published into the room's state. */
  #tell(): void {
    if (this.#closed) return;
    const publications = this.#list.flatMap((item) => item.currentState() ?? []);
    this.#parts.store.dispatch({ type: 'localPublications', publications });
  }

  #get(target: string): LocalPublication {
    const item = this.#list.find((candidate) => candidate.answersTo(target));
    if (!item) throw notFound(`${target} is not published`);
    return item;
  }
}
