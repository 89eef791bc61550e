import type { Permissions } from '../../src/protocol/models.ts';
import { INITIAL_CONDUCT } from './conductState.ts';
import { frozen } from './frozenState.ts';
import type { RoomState } from './publicTypes.ts';
import { NOTHING_STALE, type RoomModel } from './roomModel.ts';
import { NO_SUCCESSORS } from './successors.ts';

/** A room before it was entered: nothing is known of it yet. */
export function initialRoom(room: string): RoomModel {
  const permissions: Permissions = {
    canPublish: false,
    canSubscribe: false,
    canPublishData: false,
    canUpdateOwnMetadata: false,
    roomAdmin: false,
  };
  const view: RoomState = {
    status: 'connecting',
    closeReason: null,
    room,
    metadata: '',
    peerId: '',
    peers: [],
    dominantPeerId: null,
    chat: [],
    permissions,
    audioOnly: false,
    trouble: null,
    forwarding: {
      loudest: 0,
      lastN: 0,
      dynacast: false,
      videoCodecs: [],
      audioBitrate: 0,
      maxOutgoingBitrate: 0,
    },
    videoCodec: 'video/VP8',
    recording: null,
    recordingEndReason: null,
    ...INITIAL_CONDUCT,
  };
  return { view: frozen(view), stale: NOTHING_STALE, successors: NO_SUCCESSORS };
}
