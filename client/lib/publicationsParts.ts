import type { MediaSource } from '../../src/protocol/models.ts';
import type { RoomStore } from './RoomStore.ts';
import type { SignalingClient } from './SignalingClient.ts';

/** What local publications work with, see Publications. */
export interface PublicationsParts {
  signaling: SignalingClient;
  store: RoomStore;
  onError: (error: Error) => void;
  onTrackEnded: (source: MediaSource) => void;
  onTrackReplaced: () => void;
}
