import type { MediaSession } from './MediaSession.ts';

/**
 * Closes a session after what was poked before: to close peer connections takes up to a quarter of a second, which is
 * well spent while the request for the next ones is under way.
 */
export function closeSoon(session: MediaSession | undefined): void {
  setTimeout(() => session?.close());
}
