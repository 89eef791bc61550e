import type { MediaSession } from './MediaSession.ts';

/** A part of the room that works with the media session of the moment, and is told when that changes. */
export interface MediaFollower {
  /** Works with these transports from now on. */
  attach(session: MediaSession): void;
  /** The transports are gone. */
  detach(): void;
  /** Whether requests make sense at this moment. */
  setOnline(online: boolean): void;
}
