import type { types } from 'mediasoup-client';
import type { MediaSource } from '../../src/protocol/models.ts';
import { withoutUndefined } from './peerState.ts';
import type { PublicationState, PublishOptions } from './publicTypes.ts';

export interface LocalPublicationParts {
  track: MediaStreamTrack;
  source: MediaSource;
  options: PublishOptions;
  onPublished: (state: PublicationState) => void;
  onRefused: (error: Error) => void;
  onTrackEnded: (publication: LocalPublication) => void;
}

/**
 * ms for which a producer that was replaced still sends: the server closes it a second after the new one, until the
 * others have a picture of that.
 */
const REPLACED_AFTER = 1500;

/** One local track that should be published, and the producer that it has at present. */
export class LocalPublication {
  readonly source: MediaSource;
  readonly options: PublishOptions;
  /** What the application wants. */
  paused: boolean;
  /** What the server last heard. */
  serverPaused: boolean;
  producer: types.Producer | undefined;
  /** How it was last published (`mannerFor`), or would not be; empty: not published yet, or mediasoup-client's choice. */
  manner = '';
  readonly #parts: LocalPublicationParts;
  /** All ids it ever had: callers may hold one from before a media reset. */
  readonly #producerIds = new Set<string>();
  readonly #ended: () => void;
  #track: MediaStreamTrack;
  #state: PublicationState | undefined;
  /** Without a timer it is on other transports, and goes with these. */
  #replaced: { producer: types.Producer; timer?: ReturnType<typeof setTimeout> } | undefined;

  constructor(parts: LocalPublicationParts) {
    this.#parts = parts;
    this.source = parts.source;
    this.options = parts.options;
    this.paused = parts.options.paused ?? false;
    this.serverPaused = this.paused;
    this.#track = parts.track;
    this.#ended = () => parts.onTrackEnded(this);
    this.#track.addEventListener('ended', this.#ended);
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  /** Set once published, and kept while being published anew. */
  get state(): PublicationState | undefined {
    return this.#state;
  }

  /** As it is now; undefined for what was never published. */
  currentState(): PublicationState | undefined {
    const producerId = this.producer?.id ?? this.#state?.producerId;
    return producerId === undefined ? undefined : this.refreshState(producerId);
  }

  /** By source, or for custom tracks by any id it had. */
  answersTo(target: string): boolean {
    return this.#producerIds.has(target) || (this.source === target && this.source !== 'custom');
  }

  /**
   * Takes the producer on, and soon lets go of the former one; the first one settles the caller's `publish`.
   *
   * @param sent What it was published with: things may have changed meanwhile.
   */
  async published(
    producer: types.Producer,
    sent: { track: MediaStreamTrack; paused: boolean; manner: string; isMove: boolean },
  ): Promise<void> {
    if (this.track !== sent.track) await producer.replaceTrack({ track: this.track });
    this.manner = sent.manner;
    this.serverPaused = sent.paused;
    if (this.paused) producer.pause();
    const former = this.producer;
    this.producer = producer;
    if (former) {
      this.#dropReplaced();
      this.#replaced = { producer: former };
      if (!sent.isMove) this.#replaced.timer = setTimeout(() => this.#dropReplaced(), REPLACED_AFTER);
    }
    this.#producerIds.add(producer.id);
    this.#parts.onPublished(this.refreshState(producer.id));
  }

  /** Nothing is sent from now on. */
  pause(): void {
    this.paused = true;
    if (this.producer) this.producer.pause();
    else this.#track.enabled = false;
  }

  /** The server has muted it already. */
  mutedByServer(): void {
    this.pause();
    this.serverPaused = true;
  }

  /** With what the server has of its producer; undefined: nothing any more. */
  compare(known: { paused: boolean } | undefined): void {
    if (known) {
      this.serverPaused = known.paused;
    } else {
      this.producer?.close();
      this.producer = undefined;
    }
  }

  /** What it was published as before a move is used again, if that is there. */
  moveBack(): void {
    const former = this.#replaced;
    if (!former || former.timer) return;
    this.#replaced = undefined;
    if (!former.producer.closed) this.producer = former.producer;
  }

  refused(error: Error): void {
    this.#parts.onRefused(error);
  }

  /** The old track is stopped if it was the room's own. */
  takeTrack(track: MediaStreamTrack): void {
    const old = this.#track;
    old.removeEventListener('ended', this.#ended);
    track.addEventListener('ended', this.#ended);
    this.#track = track;
    track.enabled = !this.paused;
    this.#dropReplaced();
    if (this.options.stopTrack) old.stop();
  }

  /** Lets go of the track. */
  release(): void {
    this.#dropReplaced();
    this.#track.removeEventListener('ended', this.#ended);
    if (this.options.stopTrack) this.#track.stop();
  }

  #dropReplaced(): void {
    clearTimeout(this.#replaced?.timer);
    this.#replaced?.producer.close();
    this.#replaced = undefined;
  }

  refreshState(producerId: string): PublicationState {
    const state = withoutUndefined<PublicationState>({
      producerId,
      source: this.source,
      kind: this.#track.kind === 'audio' ? 'audio' : 'video',
      // Unmuted only when the server agrees, muted at once: nobody may be heard who believes he is not.
      paused: this.paused || this.serverPaused,
      label: this.options.label,
      track: this.#track,
      quality: null,
    });
    this.#state = state;
    return state;
  }
}
