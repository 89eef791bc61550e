/* Who does what in a room, and who is let in: what server, SDK and load test know of it. Browsers load this module. */

/** Whether a peer runs the call, takes part, or looks on. */
export const PEER_ROLES = ['host', 'speaker', 'viewer'] as const;
/** Whether a peer runs the call, takes part, or looks on. */
export type PeerRole = (typeof PEER_ROLES)[number];

/** What a peer is in the conduct of its room; everybody is told. */
export interface Standing {
  /** Absent: `speaker`. */
  role?: PeerRole;
  /** Since when its hand is raised, which puts hands in order: about ms since the epoch, and later ones are greater. */
  handRaisedAt?: number;
  /** Its place on everybody's stage, the smallest first; absent for those who are not put there. */
  spotlightAt?: number;
  /** It is a device or a program that came over HTTP or plain RTP, and becomes host by nobody's leaving. */
  unattended?: true;
}

/** What the hosts of a room have set. */
export interface RoomSettings {
  /** Those who join are viewers until a host lets them speak. */
  webinar: boolean;
  /** Nobody new is let in. */
  locked: boolean;
  /** Those who join wait until a host admits them. */
  waitingRoom: boolean;
  /** Those who join are asked for a password. */
  hasPassword: boolean;
  /** Whether others than hosts may write messages. */
  chat: boolean;
  /** Whether others than hosts may show their screens. */
  screenShare: boolean;
  /** Whether others than hosts may unmute their microphones unasked. */
  unmute: boolean;
  /** Bytes of a file that may be sent; 0: none may be. */
  maxFileSize: number;
}

/** Bytes; the receiver has all of a file in memory. */
export const MAX_FILE_SIZE = 104_857_600;

/** Of a room in which nobody has set anything. */
export const DEFAULT_SETTINGS: Readonly<RoomSettings> = {
  webinar: false,
  locked: false,
  waitingRoom: false,
  hasPassword: false,
  chat: true,
  screenShare: true,
  unmute: true,
  maxFileSize: MAX_FILE_SIZE,
};

/** Somebody who waits to be let in, as hosts see it. */
export interface WaitingPeer {
  knockId: string;
  name: string;
  /** The token's `sub`, when it came with one. */
  identity?: string;
  /** ms since the epoch. */
  since: number;
}

/** What becomes of somebody who waits. `timeout`: no host said anything. */
export const KNOCK_ANSWERS = ['admitted', 'denied', 'timeout', 'roomClosed'] as const;
export type KnockAnswer = (typeof KNOCK_ANSWERS)[number];

/** Peers on everybody's stage at a time. */
export const MAX_SPOTLIGHT = 9;
/** Characters of a room's password. */
export const MAX_PASSWORD_LENGTH = 128;
/** Bytes of a reaction in UTF-8. */
export const MAX_REACTION_BYTES = 16;

/** Whether a text is one sign that can be seen (a grapheme cluster, Unicode UAX #29), of at most 16 bytes. */
export function isReaction(text: string): boolean {
  if (text === '' || text.length > MAX_REACTION_BYTES || /[\p{Cc}\p{Cs}\p{Z}]/u.test(text)) return false;
  if (!/[^\p{M}\p{Cf}]/u.test(text) || new TextEncoder().encode(text).length > MAX_REACTION_BYTES)
    return false;
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length === 1;
}
