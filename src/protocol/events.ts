import type { KnockAnswer, RoomSettings, Standing, WaitingPeer } from './conduct.ts';
import type {
  ChatMessage,
  ConsumerInfo,
  ForwardingSettings,
  PeerCloseReason,
  PeerInfo,
  PeerQuality,
  Permissions,
  ProducerInfo,
  RecordingInfo,
  SpeakerLevel,
  TrackQuality,
  VideoCodec,
} from './models.ts';
import type { RecordingEndReason } from './recordingEnds.ts';
import type { Answer, RequestAnswers, RequestName, RequestPayload } from './requests.ts';

/**
 * Why a producer or consumer is gone. `notNeeded`: a consumer of a subscription that stays, see `newConsumer`.
 * `mediaReset`: its media worker died; its peer is still there and comes back with another one of the same source.
 */
export type MediaCloseReason =
  'closed' | 'transportClosed' | 'peerLeft' | 'removed' | 'notNeeded' | 'mediaReset';

/** What a peer says of itself, and what it is in the room, as it is now. */
export interface PeerUpdate extends Standing {
  peerId: string;
  name: string;
  metadata?: string;
  attributes?: Record<string, string>;
}

/** Every fact the server tells: server to client, no answer. */
export interface EventPayloads {
  /** Facts that everybody in the room is told, oldest first; they come in no other way. */
  facts: { facts: RoomFact[] };

  peerJoined: { peer: PeerInfo };
  peerLeft: { peerId: string; reason: PeerCloseReason };
  peerUpdated: PeerUpdate;

  newProducer: { producer: ProducerInfo };
  producerClosed: { peerId: string; producerId: string; reason: MediaCloseReason };
  producerPaused: { peerId: string; producerId: string };
  producerResumed: { peerId: string; producerId: string };

  /** To the consumer's owner only: a subscription that was deferred has a consumer now. */
  newConsumer: { consumer: ConsumerInfo };
  /** To the consumer's owner only. */
  consumerClosed: { consumerId: string; producerId: string; reason: MediaCloseReason };

  /** To the publisher only: the highest spatial layer that anybody needs; null when nobody needs any. */
  demandChanged: { producerId: string; spatialLayer: number | null };
  /** To the receiver only: its downlink does not carry any video at present, or does so again. */
  audioOnlyChanged: { audioOnly: boolean };
  /** What changed about the tracks that a peer gets, to the receiver only; and about connections, to everybody. */
  qualityChanged: { tracks: TrackQuality[]; peers: PeerQuality[] };

  /** To the publisher only: somebody else muted this producer of its. It may unmute it. */
  producerMuted: { producerId: string };
  /** To the peer only: it may do this from now on, and nothing else; what it does besides ends. */
  permissionsChanged: { permissions: Permissions };
  /** To the peer only: stands for the token that it joined with, for when it has to join anew. */
  tokenRenewed: { token: string };
  /** To the peer only: it is to receive these producers from now on, or not any more. */
  subscriptionsAsked: { producerIds: string[]; subscribe: boolean };
  /** To the peer only: it is to leave, and to join that room with this token. Otherwise it is removed soon. */
  sentToRoom: { room: string; token: string };

  /** What the application says of the room is something else now. */
  roomUpdated: { metadata: string };
  /** What is forwarded in this room, or the video codec for it, is different now. */
  roomConfigured: { forwarding: ForwardingSettings; videoCodec: VideoCodec };

  /** The room is being recorded from now on, or (null) is not any more; `endReason` as far as it is known. */
  recordingChanged: { recording: RecordingInfo | null; endReason?: RecordingEndReason };

  /** What the hosts have set is different now. */
  settingsChanged: { settings: RoomSettings };
  /** Somebody shows what it thinks of this moment. */
  reaction: { peerId: string; reaction: string };
  /** To hosts only: everybody who waits to be let in, longest first. */
  lobbyChanged: { waiting: WaitingPeer[] };
  /** To the peer only: a host wants to hear it, and it may unmute. */
  unmuteAsked: { by: string };
  /** To somebody who knocked; after `admitted` it may join with its `knock`, for a minute. */
  knockAnswered: { answer: KnockAnswer };

  /** Loudest first; those not named are silent. */
  speakersChanged: { dominantPeerId: string | null; levels: SpeakerLevel[] };
  chatMessage: { message: ChatMessage };

  /**
   * The worker behind this peer's media died: build media anew with `setUpMedia`. Nobody left; what others published
   * there is told with `producerClosed`, everything else goes on.
   */
  mediaReset: { mediaEpoch: number };
  /**
   * This peer's media is to move: build it anew with `beginMove` beside what there is, and say `endMove` once it is used,
   * within `endsIn` ms. A peer that does not may be told `mediaReset` then. Told again after `resume`.
   *
   * With a `ticket` it is to go to another node: it joins there on a second socket, and leaves here when it sends and
   * receives everything there. Whoever answers that `join` with `unavailable` is not the other node, or not yet.
   */
  moving: { endsIn: number; ticket?: string };
  /** The move is off: media of that epoch is used as before, and what was built beside it is gone. */
  moveCancelled: { mediaEpoch: number };
  /**
   * The server is about to end, in `endsIn` ms at the latest, and lets nobody in. What goes on goes on. Whoever loses
   * its socket then and finds no session any more joins anew, `comeBackAfter` ms after a server answered: everybody has
   * a turn of his own. `token` stands for the one that the peer joined with, which may run out. Told again after `resume`.
   */
  draining: { endsIn: number; comeBackAfter: number; token?: string };
  /** The receiving peer is no longer in the room. Nothing follows. */
  removed: { reason: PeerCloseReason };
}

export type EventName = keyof EventPayloads;

/** What concerns the whole room. It is told also to the peer that it is about, and to those who know it already. */
export type RoomFactName =
  | 'peerJoined'
  | 'peerLeft'
  | 'peerUpdated'
  | 'newProducer'
  | 'producerClosed'
  | 'producerPaused'
  | 'producerResumed'
  | 'chatMessage'
  | 'speakersChanged'
  | 'roomConfigured'
  | 'recordingChanged'
  | 'settingsChanged'
  | 'reaction'
  | 'roomUpdated';

/** One fact within `facts`. */
export type RoomFact = { [N in RoomFactName]: [name: N, payload: EventPayloads[N]] }[RoomFactName];

/** Socket.IO's pair of event maps, swapped between the two sides. */
export type ClientToServerEvents = {
  [N in RequestName]: (
    payload: RequestPayload<N>,
    acknowledge: (answer: Answer<RequestAnswers[N]>) => void,
  ) => void;
};
export type ServerToClientEvents = { [N in EventName]: (payload: EventPayloads[N]) => void };

/** What the client says in Socket.IO's handshake (`auth`). */
export interface Handshake {
  protocol: number;
}
