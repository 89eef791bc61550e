import type { MediaCloseReason } from '../protocol/events.ts';
import type {
  ChatMessage,
  ForwardingSettings,
  MediaSetup,
  PeerCloseReason,
  ProducerInfo,
} from '../protocol/models.ts';
import type { Logger } from '../support/logger.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import type { Limits } from './limits.ts';
import type { Peer } from './Peer.ts';
import type { PlacementSettings } from './placement.ts';
import type { RoomDefinition } from './RoomDefinition.ts';
import type { SpeakerChange } from './RoomSpeakers.ts';
import type { ServerCapacity } from './ServerCapacity.ts';

export type RoomCloseReason = Extract<PeerCloseReason, 'roomClosed' | 'serverClosed'> | 'empty';

/** Facts that concern everybody in the room, about what is on this node; of the others `elsewhere` tells. */
export interface RoomEvents {
  peerJoined: [peer: Peer];
  peerLeft: [peer: Peer, reason: PeerCloseReason];
  peerUpdated: [peer: Peer];
  producerAdded: [info: ProducerInfo];
  producerClosed: [info: ProducerInfo, reason: MediaCloseReason];
  producerPaused: [info: ProducerInfo];
  producerResumed: [info: ProducerInfo];
  speakersChanged: [what: SpeakerChange];
  chat: [message: ChatMessage];
  /** What it is beside what happens in it is something else now; `by` another node. */
  defined: [definition: RoomDefinition, by: 'here' | 'elsewhere'];
  closed: [reason: RoomCloseReason];
}

export interface RoomOptions {
  definition: RoomDefinition;
  pool: WorkerPool;
  limits: Limits;
  forwarding: ForwardingSettings;
  placement: PlacementSettings;
  /** Whether the first who comes is host: nobody has to bring a token. */
  firstIsHost: boolean;
  /** What the server as a whole still takes. */
  capacity: ServerCapacity;
  logger: Logger;
}

export interface JoinedPeer {
  peer: Peer;
  media: Omit<MediaSetup, 'iceServers'>;
}
