import type { KeptStanding } from './conduct/PeerConduct.ts';
import type { MediaSource, PeerCloseReason, Permissions } from '../protocol/models.ts';

export interface PeerOptions {
  name: string;
  identity?: string | undefined;
  metadata?: string | undefined;
  attributes?: Readonly<Record<string, string>> | undefined;
  permissions: Permissions;
  /** Whether it sends and receives data messages; without, its transports have no SCTP. Default: true. */
  data?: boolean | undefined;
  /** Whether it stands for somebody who is in another room. Such a peer takes nobody's place. */
  forwarded?: boolean | undefined;
  /** Who it is already, on the node that it moves here from. */
  moved?: { peerId: string; joinedAt: number } | undefined;
  /** What it is in the room on that node. */
  standing?: KeptStanding | undefined;
  /** Nobody is there who could be host: a device, a program. */
  unattended?: boolean | undefined;
  /** The id that it had when it was in this room before, of which it brought proof. */
  formerly?: string | undefined;
  /** It was looked at who comes: the lock, the password and the waiting room are not for it any more. */
  admitted?: boolean | undefined;
}

/** The same peer on other nodes. */
export interface PeerElsewhere {
  /** Whether it is there now. */
  isThere: (peerId: string) => boolean;
  /** What it publishes there. */
  sourceOf: (peerId: string, producerId: string) => MediaSource | undefined;
}

export interface PeerEvents {
  /** Name, metadata or attributes changed. */
  updated: [];
  /** It may do something else than before. */
  permissionsChanged: [permissions: Permissions];
  /** It should receive these producers from now on, or not any more. */
  subscriptionsAsked: [producerIds: readonly string[], subscribe: boolean];
  /** It should go to another room. */
  sentTo: [room: string];
  /** Its worker died and another one has a place for it; media must be set up anew. */
  mediaReset: [epoch: number];
  /** It should move, within so many ms. */
  moving: [endsIn: number];
  /** It is where it was: media of that epoch is used. */
  moveCancelled: [epoch: number];
  /** Nobody speaks for it at present. */
  disconnected: [];
  closed: [reason: PeerCloseReason];
}
