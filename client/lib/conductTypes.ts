import type { PeerRole, RoomSettings, WaitingPeer } from '../../src/protocol/conduct.ts';
import type { IncomingFile } from './files/IncomingFile.ts';
import type { PeerState } from './publicTypes.ts';

/** What a peer is in the room. */
export interface PeerStandingState {
  readonly role: PeerRole;
  /** Puts raised hands in order, the smallest first; absent while it is down. */
  readonly handRaisedAt?: number;
  /** Its place on everybody's stage, the smallest first; absent for those who are not put there. */
  readonly spotlightAt?: number;
}

/** The part of a room's state that says who does what in it. */
export interface ConductState {
  /** What this client is; `viewer` before the first `connected`. */
  readonly role: PeerRole;
  /** Those whose hand is raised, first of all who raised it first. */
  readonly hands: readonly PeerState[];
  /** Those whom the hosts put on everybody's stage, in their order. */
  readonly spotlight: readonly PeerState[];
  /** What the hosts have set. */
  readonly settings: Readonly<RoomSettings>;
  /** Those who wait to be let in, longest first; only a host is told. */
  readonly waiting: readonly Readonly<WaitingPeer>[];
}

/** What to change about a room; what is absent stays. */
export interface SettingsUpdate extends Partial<Omit<RoomSettings, 'hasPassword'>> {
  /** 1 to 128 characters; null takes it away. */
  password?: string | null;
}

/** What `sendChat` takes besides the text. */
export interface ChatOptions {
  /** Id of the one peer that it is for; absent: everybody. */
  to?: string;
  /** Id of the message that it answers. */
  replyTo?: string;
}

/** What `sendFile` takes besides the file. */
export interface FileOptions {
  /** Peer ids; absent: everybody else who is in the room now. */
  to?: readonly string[];
}

/** What `room.on()` can tell of who does what. */
export interface ConductEvents {
  /** This client is something else now. */
  roleChanged: [role: PeerRole];
  /** Another hand is up, or one is down. */
  handsChanged: [hands: readonly PeerState[]];
  spotlightChanged: [peers: readonly PeerState[]];
  settingsChanged: [settings: Readonly<RoomSettings>];
  /** To hosts: others wait to be let in than before. */
  waitingChanged: [waiting: readonly Readonly<WaitingPeer>[]];
  /** Somebody, this client included, shows what it thinks of the moment; null: it has left. */
  reaction: [reaction: string, peer: PeerState | null];
  /** A host wants to hear this client, which may unmute now: `setMuted('microphone', false)`. */
  unmuteAsked: [by: PeerState | null];
  /** Somebody offers a file: `accept()` or `decline()` it. */
  fileOffered: [file: IncomingFile];
}
