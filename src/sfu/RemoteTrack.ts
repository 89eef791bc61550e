import type { ProducerType } from 'mediasoup/types';
import type { MediaKind, ProducerInfo, SenderLimit } from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { LayerRaises } from './forwarding/LayerRaises.ts';
import { NO_PICTURE } from './forwarding/picture.ts';
import type { Picture } from './forwarding/tileLayers.ts';
import type { Publication, SenderLink, Track, TrackProducer } from './Track.ts';

/** What another node tells of a track beside what everybody hears. */
export interface TrackDescription {
  type: ProducerType;
  codec: string;
  /** Of a video. */
  picture?: Picture;
}

/** How a track arrives at its node. */
export interface TrackSending {
  sent: readonly number[];
  limitedBy: SenderLimit;
  link: SenderLink;
}

interface RemoteTrackEvents {
  pause: [];
  resume: [];
  close: [];
  /** It arrives at its node in another way now. */
  sending: [];
}

/** What a peer on another node publishes, as that node tells of it. */
export class RemoteTrack extends TypedEmitter<RemoteTrackEvents> implements Track, TrackProducer {
  readonly owner = undefined;
  readonly node: string;
  readonly raises = new LayerRaises();
  readonly #onDemand: (spatialLayer: number | null) => void;
  #info: ProducerInfo;
  #description: TrackDescription;
  #sending: TrackSending | undefined;
  #startedAt = performance.now();
  #closed = false;

  constructor(
    node: string,
    info: ProducerInfo,
    description: TrackDescription | undefined,
    onDemand: (spatialLayer: number | null) => void,
  ) {
    super();
    this.node = node;
    this.#info = info;
    this.#description = description ?? { type: 'simple', codec: '' };
    this.#onDemand = onDemand;
  }

  get producer(): this {
    return this;
  }

  get observer(): this {
    return this;
  }

  get id(): string {
    return this.#info.producerId;
  }

  get kind(): MediaKind {
    return this.#info.kind;
  }

  get type(): ProducerType {
    return this.#description.type;
  }

  get paused(): boolean {
    return this.#info.paused;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get ownerId(): string {
    return this.#info.peerId;
  }

  get publication(): Publication | undefined {
    if (this.#closed) return undefined;
    const startedAt = this.#startedAt;
    return { producer: this, home: this.node, info: this.#info, startedAt, raises: this.raises };
  }

  get picture(): Picture {
    return this.#description.picture ?? NO_PICTURE;
  }

  get codec(): string {
    return this.#description.codec;
  }

  /** Until its node tells: all of it. */
  get sent(): readonly number[] {
    return this.#sending?.sent ?? this.picture.scales.map((_, layer) => layer);
  }

  get limitedBy(): SenderLimit {
    return this.#sending?.limitedBy ?? 'none';
  }

  get link(): SenderLink {
    return this.#sending?.link ?? { up: 0, roundTrip: 0 };
  }

  tellDemand(spatialLayer: number | null): void {
    this.#startedAt = spatialLayer === null ? Infinity : Math.min(this.#startedAt, performance.now());
    this.#onDemand(spatialLayer);
  }

  describe(description: TrackDescription): void {
    this.#description = description;
  }

  sends(sending: TrackSending): void {
    this.#sending = sending;
    this.emit('sending');
  }

  mute(info: ProducerInfo): void {
    const before = this.#info.paused;
    this.#info = info;
    if (before !== info.paused) this.emit(info.paused ? 'pause' : 'resume');
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.emit('close');
  }
}
