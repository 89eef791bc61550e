import { isSameDecision, type Decision } from './decision.ts';

type ById = ReadonlyMap<string, Decision>;

/**
 * All that was decided for one peer, by producer id.
 *
 * Sound is apart, because it is decided anew much more often. Most decisions are what they were before, for most of a
 * large room, so what is the same stays the same object.
 */
export class Decisions {
  static readonly none = new Decisions(new Map(), new Map());
  readonly sounds: ById;
  readonly videos: ById;

  #forwarded: readonly string[] | undefined;

  constructor(sounds: ById, videos: ById) {
    this.sounds = sounds;
    this.videos = videos;
  }

  get(producerId: string): Decision | undefined {
    return this.sounds.get(producerId) ?? this.videos.get(producerId);
  }

  has(producerId: string): boolean {
    return this.sounds.has(producerId) || this.videos.has(producerId);
  }

  /** Whether it should be sent, or be ready to. */
  isForwarded(producerId: string): boolean {
    return (this.get(producerId)?.forward ?? 'none') !== 'none';
  }

  /** All of which this holds. */
  get forwarded(): readonly string[] {
    // Asked whenever anything is decided, and the same most of the time.
    return (this.#forwarded ??= [...this.sounds, ...this.videos].flatMap(([id, { forward }]) =>
      forward === 'none' ? [] : id,
    ));
  }

  /** The next ones; what is undefined stays. */
  next(sounds: ById | undefined, videos: ById | undefined): Decisions {
    const heard = kept(this.sounds, sounds);
    const seen = kept(this.videos, videos);
    return heard === this.sounds && seen === this.videos ? this : new Decisions(heard, seen);
  }

  /** Producers of which something else was decided before. */
  differences(before: Decisions): string[] {
    return [...differences(before.sounds, this.sounds), ...differences(before.videos, this.videos)];
  }
}

function kept(before: ById, now: ById | undefined): ById {
  return now === undefined || differences(before, now).length === 0 ? before : now;
}

function differences(before: ById, now: ById): string[] {
  if (before === now) return [];
  const different: string[] = [];
  for (const [producerId, decision] of now) {
    if (!isSameDecision(before.get(producerId), decision)) different.push(producerId);
  }
  for (const producerId of before.keys()) if (!now.has(producerId)) different.push(producerId);
  return different;
}
