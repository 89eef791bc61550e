import type { MediaSetup } from '../../src/protocol/models.ts';
import type { MediaFollower } from './MediaFollower.ts';
import type { MediaSession } from './MediaSession.ts';
import type { Publications } from './Publications.ts';
import type { ConnectOptions, RoomCloseReason } from './publicTypes.ts';
import type { RoomStore } from './RoomStore.ts';
import type { SignalingClient } from './SignalingClient.ts';
import type { Subscriptions } from './Subscriptions.ts';

/** What keeps a client in its room works with, see Recovery. */
export interface RecoveryParts {
  signaling: SignalingClient;
  store: RoomStore;
  publications: Publications;
  subscriptions: Subscriptions;
  /** Whatever else works with the media session of the moment. */
  followers: readonly MediaFollower[];
  /** What to join with; read anew at each join. */
  joinOptions: () => ConnectOptions;
  createSession: (setup: MediaSetup) => Promise<MediaSession>;
  /** Opens another connection to the same server. */
  connectAnew: () => SignalingClient;
  onError: (error: Error) => void;
  /** Nothing helps any more; the first join's error, or why a later one was refused. */
  onGiveUp: (reason: RoomCloseReason, error: Error) => void;
}
