import type { RoomStore } from './RoomStore.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** ms after a media worker's death until sources that nobody published anew are taken off the list. */
const STALE_AFTER = 15_000;

/** Takes what died with its media worker off the list when its publisher does not come back with it. */
export class StaleSources {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(signaling: SignalingClient, store: RoomStore) {
    signaling.on('producerClosed', ({ reason }) => {
      if (reason !== 'mediaReset' || this.#closed) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => store.dispatch({ type: 'staleExpired' }), STALE_AFTER);
    });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
