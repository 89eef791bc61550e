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

/** One local track that should be published, and the producer that it has at present. */
export class LocalPublication {
  readonly source: MediaSource;
  readonly options: PublishOptions;
  /** What the application wants. */
  paused: boolean;
  /** What the server last heard. */
  serverPaused: boolean;
  producer: types.Producer | undefined;
  readonly #parts: LocalPublicationParts;
  /** All ids it ever had: callers may hold one from before a media reset. */
  readonly #producerIds = new Set<string>();
  readonly #ended: () => void;
  #track: MediaStreamTrack;
  #state: PublicationState | undefined;

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

  /** By source, or for custom tracks by any id it had. */
  answersTo(target: string): boolean {
    return this.#producerIds.has(target) || (this.source === target && this.source !== 'custom');
  }

  /** Takes the producer on; the first one settles the caller's `publish`. */
  published(producer: types.Producer): void {
    this.producer = producer;
    this.#producerIds.add(producer.id);
    this.#parts.onPublished(this.refreshState(producer.id));
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
    if (this.options.stopTrack) old.stop();
  }

  /** Lets go of the track. */
  release(): void {
    this.#track.removeEventListener('ended', this.#ended);
    if (this.options.stopTrack) this.#track.stop();
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
