import type { PeerQuality, TrackQuality } from '../../protocol/models.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import { AudioOnly } from './AudioOnly.ts';
import { PeerReports } from './PeerReports.ts';
import type { Quality } from './quality.ts';
import { settle, type SteadyQuality } from './steadyQuality.ts';

interface ReceivedQualityEvents {
  /** To be told to the peer: what is different now. */
  changed: [change: { tracks: TrackQuality[]; peers: PeerQuality[] }];
  audioOnlyChanged: [audioOnly: boolean];
}

/** How well one peer gets what it subscribes to, as far as it was told; and what it reports of it itself. */
export class ReceivedQuality extends TypedEmitter<ReceivedQualityEvents> {
  readonly reports = new PeerReports();
  readonly #audioOnly = new AudioOnly();
  /** By producer id. */
  readonly #tracks = new Map<string, SteadyQuality>();
  #marked = new Set<string>();
  #isNew = true;

  get isAudioOnly(): boolean {
    return this.#audioOnly.holds;
  }

  get producerIds(): Iterable<string> {
    return this.#tracks.keys();
  }

  /** What was told of a producer. */
  get(producerId: string): Quality | undefined {
    return this.#tracks.get(producerId)?.told;
  }

  has(producerId: string): boolean {
    return this.#tracks.has(producerId);
  }

  /** Something is different about this producer, or it is new. */
  mark(producerId: string): void {
    this.#marked.add(producerId);
  }

  /** The producer is gone, or not subscribed to any more. */
  forget(producerId: string): void {
    this.#tracks.delete(producerId);
    this.#marked.delete(producerId);
    this.reports.forget(producerId);
  }

  /** Somebody listens who knows nothing yet. */
  retell(): void {
    this.#isNew = true;
  }

  /**
   * Looks at all that is marked, and tells what is different now. Returns whether there is something to look at again.
   *
   * @param read undefined for what is gone.
   * @param peers The connections of all peers, for who knows nothing yet.
   */
  tell(now: number, read: (producerId: string) => Quality | undefined, peers: () => PeerQuality[]): boolean {
    const marked = this.#marked;
    this.#marked = new Set();
    const changed: TrackQuality[] = [];
    for (const producerId of marked) {
      const quality = read(producerId);
      if (!quality) {
        this.forget(producerId);
        continue;
      }
      const before = this.#tracks.get(producerId);
      const after = settle(before, quality, now);
      this.#tracks.set(producerId, after);
      if (after.next !== undefined) this.#marked.add(producerId);
      if (after.told !== before?.told) changed.push({ producerId, ...after.told });
    }
    if (this.#isNew) {
      this.#isNew = false;
      const all = [...this.#tracks].map(([producerId, { told }]) => ({ producerId, ...told }));
      const connections = peers();
      if (all.length + connections.length > 0) this.emit('changed', { tracks: all, peers: connections });
      if (this.isAudioOnly) this.emit('audioOnlyChanged', true);
    } else if (changed.length > 0) {
      this.emit('changed', { tracks: changed, peers: [] });
    }
    return this.#marked.size > 0;
  }

  /** See `AudioOnly`. */
  countVideos(videos: number, flowing: number, now: number): void {
    if (this.#audioOnly.update(videos, flowing, now)) this.emit('audioOnlyChanged', this.isAudioOnly);
  }
}
