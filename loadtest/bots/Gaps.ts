import type { MediaSource } from '../../src/protocol/models.ts';

/** The longest time without anything new of what one publisher sends; times are ms of `performance.now()`. */
export interface LongestGap {
  /** Display name. */
  publisher: string;
  source: MediaSource;
  /** ms. */
  length: number;
  /** When something came again; null: not yet. */
  endedAt: number | null;
  /** When something came again after the last gap that anybody notices; null: there was none, or it lasts. */
  smoothSince: number | null;
  /** When something came at all, last; null: never. */
  lastAt: number | null;
}

/** ms from which on a gap counts as noticed: more than a freeze of 15 frames a second (W3C webrtc-stats). */
const NOTICED = 250;

/** Of one source of one publisher, whichever of its tracks it comes by. */
export class Gap {
  /** Numbers of tracks: how many there were, and the one that is played; 0: none yet. */
  #tracks = 0;
  #played = 0;
  #last: number | undefined;
  #length = 0;
  #endedAt: number | null = null;
  #smoothSince: number | null = null;
  #from: number;

  constructor(now: number) {
    this.#from = now;
  }

  /** Another track of it is received, beside others or not; returns its number. */
  enter(): number {
    return ++this.#tracks;
  }

  /** A track is received no more; what is left of others is played again. */
  leave(track: number): void {
    if (track === this.#played) this.#played = 0;
  }

  /**
   * Something new came: a packet of sound, a frame that can be shown.
   *
   * @param track Whose. Once there is something of a later one, that is played, and what comes of earlier ones is of no use.
   */
  arrived(now: number, track = this.#played): void {
    if (track < this.#played) return;
    this.#played = track;
    const length = now - (this.#last ?? this.#from);
    this.#last = now;
    if (length >= NOTICED) this.#smoothSince = now;
    if (length <= this.#length) return;
    this.#length = length;
    this.#endedAt = now;
  }

  /** Looks for the longest one anew; one that lasts began when something came last. */
  restart(now: number): void {
    this.#from = now;
    this.#length = 0;
    this.#endedAt = this.#smoothSince = null;
  }

  /** Until now, with one that lasts. */
  longest(now: number): Omit<LongestGap, 'publisher' | 'source'> {
    const lastAt = this.#last ?? null;
    const lasts = now - (lastAt ?? this.#from);
    const smoothSince = lasts >= NOTICED ? null : this.#smoothSince;
    return lasts > this.#length
      ? { length: lasts, endedAt: null, smoothSince, lastAt }
      : { length: this.#length, endedAt: this.#endedAt, smoothSince, lastAt };
  }
}

/**
 * What one bot missed of whom, through whatever became of subscriptions, transports, its own place in the room and that of
 * the publisher, who is known by name; also through moves of either.
 */
export class Gaps {
  readonly #gaps = new Map<string, { whose: Pick<LongestGap, 'publisher' | 'source'>; gap: Gap }>();

  /** @param now When it begins to be waited for, if it is new. */
  of(publisher: string, source: MediaSource, now: number): Gap {
    const key = `${source} ${publisher}`;
    const known = this.#gaps.get(key);
    if (known) return known.gap;
    const gap = new Gap(now);
    this.#gaps.set(key, { whose: { publisher, source }, gap });
    return gap;
  }

  /** From now on everything is looked at anew. */
  restart(now: number): void {
    for (const { gap } of this.#gaps.values()) gap.restart(now);
  }

  /** Of all that was ever subscribed to. */
  longest(now: number): LongestGap[] {
    return [...this.#gaps.values()].map(({ whose, gap }) => ({ ...whose, ...gap.longest(now) }));
  }
}
