import { MediaMove, type MediaMoveParts } from './MediaMove.ts';
import type { MediaSession } from './MediaSession.ts';
import type { SignalingClient } from './SignalingClient.ts';

export interface MediaMovesParts extends Pick<
  MediaMoveParts,
  'publications' | 'subscriptions' | 'followers' | 'createSession'
> {
  signaling: SignalingClient;
  /** In use at present. */
  session: () => MediaSession | undefined;
  /** From now on this one is in use. */
  use: (session: MediaSession) => void;
}

/** Moves this client's media when the server asks for it, one move at a time. */
export class MediaMoves {
  readonly #parts: MediaMovesParts;
  #move: MediaMove | undefined;

  constructor(parts: MediaMovesParts) {
    this.#parts = parts;
    parts.signaling.on('moving', () => void this.#run());
    parts.signaling.on('moveCancelled', () => this.cancel());
  }

  /** Everything is where it was. Idempotent. */
  cancel(): void {
    this.#move?.cancel();
  }

  /** Neither what moves nor what it moves to is of any use. Idempotent. */
  abandon(): void {
    this.#move?.abandon();
  }

  async #run(): Promise<void> {
    const { signaling, session, use, ...parts } = this.#parts;
    const former = session();
    if (!former || this.#move) return;
    const move = (this.#move = new MediaMove({
      ...parts,
      former,
      use,
      begin: () => signaling.request('beginMove', {}),
      end: async ({ mediaEpoch }) => void (await signaling.request('endMove', { mediaEpoch })),
    }));
    await move.run();
    this.#move = undefined;
  }
}
