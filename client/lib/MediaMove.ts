import type { MediaSetup } from '../../src/protocol/models.ts';
import type { MediaFollower } from './MediaFollower.ts';
import type { MediaSession } from './MediaSession.ts';
import type { Publications } from './Publications.ts';
import { settledWithin } from './settledWithin.ts';
import type { Subscriptions } from './Subscriptions.ts';

/** ms that the others' media may take to come on the new transports before this client publishes there all the same. */
const RECEIVED_WITHIN = 3000;
/** ms for which the former transports go on after everything is published anew, until everybody has changed over. */
const OVERLAP = 1500;

export interface MediaMoveParts {
  publications: Publications;
  subscriptions: Subscriptions;
  followers: readonly MediaFollower[];
  createSession: (setup: MediaSetup) => Promise<MediaSession>;
  /** In use when the move begins. */
  former: MediaSession;
  /** The server's side of the new transports. @throws when there is none, and nothing moves. */
  begin: () => Promise<MediaSetup>;
  /** These transports are the ones in use from now on: the new ones once everything is there, or the former ones again. */
  use: (session: MediaSession) => void;
  /** Everybody works with the new transports. */
  attached: () => void;
  /** The server may let go of the former ones. */
  end: (session: MediaSession) => Promise<void>;
  /** Whether the former transports can be used again; they cannot from another node. */
  canGoBack: () => boolean;
  /** Neither can be used. */
  lost: () => void;
}

/**
 * One move to new transports beside those in use: receives and publishes there first, and lets go of the former ones when
 * nobody needs them any more. What goes wrong before leaves everything where it was.
 */
export class MediaMove {
  readonly #parts: MediaMoveParts;
  #session: MediaSession | undefined;
  #wake: () => void = () => undefined;
  #over = false;

  constructor(parts: MediaMoveParts) {
    this.#parts = parts;
  }

  /** Resolves when it is over, however it went; with whether it succeeded. */
  async run(): Promise<boolean> {
    const { begin, createSession, end, use, former } = this.#parts;
    try {
      const session = await createSession(await begin());
      this.#session = session;
      if (this.#isOver()) {
        session.close();
        return false;
      }
      session.on('broken', () => this.cancel());
      await this.#changeOver(session);
      if (this.#isOver()) return false;
      use(session);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, OVERLAP);
      });
      if (this.#isOver()) return false;
      await end(session);
      if (this.#isOver()) return false;
      this.#over = true;
      this.#parts.subscriptions.moved();
      former.close();
      return true;
    } catch {
      // The server has another way for whoever does not move.
      this.cancel();
      return false;
    }
  }

  /** Everything is where it was, as far as it is still there. Idempotent. */
  cancel(): void {
    if (this.#over) return;
    this.#stop();
    const { former, followers, publications, subscriptions } = this.#parts;
    if (!this.#parts.canGoBack()) {
      former.close();
      this.#parts.lost();
      return;
    }
    if (former.closed || !this.#session) return;
    subscriptions.moveBack(former);
    publications.moveBack(former);
    for (const follower of followers) follower.attach(former);
    this.#parts.use(former);
  }

  /** The media of this client is rebuilt, or the room left: both sessions are of no use. Idempotent. */
  abandon(): void {
    if (this.#over) return;
    this.#stop();
    this.#parts.former.close();
  }

  #stop(): void {
    this.#over = true;
    this.#wake();
    this.#session?.close();
  }

  async #changeOver(session: MediaSession): Promise<void> {
    const { followers, publications, subscriptions } = this.#parts;
    const received = subscriptions.moveTo(session);
    subscriptions.setOnline(true);
    for (const follower of followers) {
      follower.attach(session);
      follower.setOnline(true);
    }
    this.#parts.attached();
    await settledWithin(received, RECEIVED_WITHIN);
    if (this.#over) return;
    const published = publications.moveTo(session);
    publications.setOnline(true);
    await published;
  }

  // A call, because the compiler takes the field for unchanged across an await.
  #isOver(): boolean {
    return this.#over;
  }
}
