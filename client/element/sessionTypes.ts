import type { PeerCloseReason, ChatMessage } from '../../src/protocol/models.ts';
import type { RecordingEndReason } from '../../src/protocol/recordingEnds.ts';
import type { ConnectOptions, PeerState, RoomCloseReason } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/parley.ts';
import type { Attempt } from './errorText.ts';
import type { CaptureKind } from './LocalDevices.ts';

/** What a session needs of the SDK's RoomClient: the seam at which tests put their own. */
export type SessionClient = Pick<
  RoomClient,
  | 'state'
  | 'on'
  | 'publishMicrophone'
  | 'publishCamera'
  | 'publishScreen'
  | 'unpublish'
  | 'setMuted'
  | 'replaceTrack'
  | 'sendChat'
  | 'sendData'
  | 'sendFile'
  | 'raiseHand'
  | 'lowerHand'
  | 'react'
  | 'moderation'
  | 'setView'
  | 'getStats'
  | 'leave'
  | 'updateSelf'
  | 'removePeer'
  | 'startRecording'
  | 'stopRecording'
>;

/** `connect` of the SDK, or something like it. */
export type Connect = (options: ConnectOptions) => Promise<SessionClient>;

/** What a session reports to its owner. */
export interface SessionReports {
  /** Something to render anew. */
  changed: () => void;
  peerJoined: (peer: PeerState) => void;
  peerLeft: (peer: PeerState, reason: PeerCloseReason) => void;
  /** The server is about to end. */
  draining: () => void;
  /** The room is not recorded any more. */
  recordingEnded: (reason: RecordingEndReason) => void;
  sharing: (peer: PeerState) => void;
  chat: (message: ChatMessage) => void;
  deviceEnded: (kind: CaptureKind) => void;
  /** What somebody did that is worth a notice. */
  told: (sentence: string) => void;
  reconnected: () => void;
  failed: (error: unknown, attempt: Attempt) => void;
  closed: (reason: RoomCloseReason) => void;
}

export type Toggle = 'audio' | 'video' | 'screen';
