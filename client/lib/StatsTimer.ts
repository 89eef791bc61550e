import type { MediaFollower } from './MediaFollower.ts';
import type { MediaSession } from './MediaSession.ts';
import { isTransient } from './Reconciler.ts';

export interface StatsTimerParts {
  /** ms from the end of a look to the next one (default 2000). */
  interval: number | undefined;
  look: (session: MediaSession) => Promise<void>;
  onError: (error: Error) => void;
}

/** Looks again and again at the media session of the moment, while the server can be told what is seen. */
export class StatsTimer implements MediaFollower {
  readonly #parts: StatsTimerParts;
  #session: MediaSession | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #online = false;

  constructor(parts: StatsTimerParts) {
    this.#parts = parts;
  }

  attach(session: MediaSession): void {
    this.#session = session;
    this.#schedule(session);
  }

  /** For good too: nothing runs on without a session. */
  detach(): void {
    this.#session = undefined;
    clearTimeout(this.#timer);
  }

  setOnline(online: boolean): void {
    this.#online = online;
  }

  #schedule(session: MediaSession): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(session), this.#parts.interval ?? 2000);
  }

  async #look(session: MediaSession): Promise<void> {
    try {
      if (this.#online) await this.#parts.look(session);
    } catch (error) {
      if (this.#session !== session) return;
      if (!isTransient(error)) {
        // What is refused once would be refused every time: of this session it is told once.
        this.#parts.onError(error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
    if (this.#session === session) this.#schedule(session);
  }
}
