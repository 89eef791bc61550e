import type {
  MediaSource,
  PeerCloseReason,
  PeerInfo,
  Permissions,
  ProducerInfo,
} from '../protocol/models.ts';
import type { Picture } from '../sfu/forwarding/tileLayers.ts';
import type { Room } from '../sfu/Room.ts';
import { peersOf, permissionsOf } from '../sfu/roomSnapshot.ts';

/*
 * Rooms, participants and tracks as LiveKit's protocol has them (livekit_models.proto), in the JSON of proto3: 64 bit
 * integers are text, enumerations are names. Ids go without LiveKit's prefixes: they are Parley's own.
 */

/** `livekit.Room`. */
export interface LiveKitRoom {
  sid: string;
  name: string;
  /** s since the epoch. */
  creationTime: string;
  creationTimeMs: string;
  /** s. */
  emptyTimeout: number;
  /** s. */
  departureTimeout: number;
  /** 0: as many as the server lets in. */
  maxParticipants: number;
  metadata: string;
  numParticipants: number;
  numPublishers: number;
  activeRecording: boolean;
}

/** `livekit.ParticipantPermission`. */
export interface LiveKitPermission {
  canSubscribe: boolean;
  canPublish: boolean;
  canPublishData: boolean;
  canPublishSources: LiveKitSource[];
  hidden: boolean;
  recorder: boolean;
  canUpdateMetadata: boolean;
}

/** `livekit.VideoLayer`. */
export interface LiveKitVideoLayer {
  quality: 'LOW' | 'MEDIUM' | 'HIGH';
  width: number;
  height: number;
  spatialLayer: number;
}

/** `livekit.TrackInfo`. */
export interface LiveKitTrack {
  sid: string;
  type: 'AUDIO' | 'VIDEO';
  source: LiveKitSource;
  name: string;
  muted: boolean;
  mimeType?: string;
  width?: number;
  height?: number;
  simulcast?: boolean;
  codecs?: { mimeType: string; layers: LiveKitVideoLayer[] }[];
}

/** `livekit.ParticipantInfo`. */
export interface LiveKitParticipant {
  sid: string;
  identity: string;
  state: 'ACTIVE' | 'DISCONNECTED';
  name: string;
  metadata: string;
  attributes: Record<string, string>;
  /** Not of somebody who left. */
  permission?: LiveKitPermission;
  /** s since the epoch. */
  joinedAt: string;
  joinedAtMs: string;
  isPublisher: boolean;
  kind: 'STANDARD';
  /** Of somebody who is in another room and forwarded to this one. */
  kindDetails?: readonly ['FORWARDED'];
  tracks: LiveKitTrack[];
  disconnectReason?: string;
}

/** `livekit.TrackSource`; what Parley calls `custom` is unknown there. */
export const SOURCE_NAMES = {
  camera: 'CAMERA',
  microphone: 'MICROPHONE',
  screen: 'SCREEN_SHARE',
  screenAudio: 'SCREEN_SHARE_AUDIO',
  custom: 'UNKNOWN',
} as const satisfies Record<MediaSource, string>;

export type LiveKitSource = (typeof SOURCE_NAMES)[MediaSource];

/** `livekit.DisconnectReason`. */
const LEFT_BECAUSE: Record<PeerCloseReason, string> = {
  left: 'CLIENT_INITIATED',
  timeout: 'CONNECTION_TIMEOUT',
  removed: 'PARTICIPANT_REMOVED',
  replaced: 'DUPLICATE_IDENTITY',
  roomClosed: 'ROOM_DELETED',
  serverClosed: 'SERVER_SHUTDOWN',
};

/** The whole room, on whichever nodes its peers are. */
export function roomInfo(room: Room): LiveKitRoom {
  const peers = peersOf(room);
  const { sid, createdAt, emptyTimeout, departureTimeout, maxPeers, metadata } = room.definition;
  return {
    sid,
    name: room.name,
    emptyTimeout: Math.round(emptyTimeout / 1000),
    departureTimeout: Math.round(departureTimeout / 1000),
    maxParticipants: maxPeers,
    metadata,
    ...times('creationTime', createdAt),
    numParticipants: peers.length,
    numPublishers: peers.filter(({ producers }) => producers.length > 0).length,
    activeRecording:
      room.recording.current !== null || peers.some(({ peerId }) => permissionsOf(room, peerId)?.recorder),
  };
}

/**
 * A peer of the room, here or on another node.
 *
 * @param left Why it is not in the room any more.
 * @param permissions Where they are known better than the room knows them.
 */
export function participantInfo(
  room: Room,
  peer: PeerInfo,
  left?: PeerCloseReason,
  permissions = permissionsOf(room, peer.peerId),
): LiveKitParticipant {
  return {
    sid: peer.peerId,
    identity: identityOf(peer),
    state: left === undefined ? 'ACTIVE' : 'DISCONNECTED',
    name: peer.name,
    metadata: peer.metadata ?? '',
    attributes: { ...peer.attributes },
    ...(permissions ? { permission: permissionInfo(permissions) } : {}),
    ...times('joinedAt', peer.joinedAt),
    isPublisher: peer.producers.length > 0,
    kind: 'STANDARD',
    ...(peer.forwarded ? { kindDetails: ['FORWARDED'] as const } : {}),
    tracks: peer.producers.map((producer) => trackInfo(room, producer)),
    ...(left === undefined ? {} : { disconnectReason: LEFT_BECAUSE[left] }),
  };
}

function permissionInfo(permissions: Permissions): LiveKitPermission {
  const { canSubscribe, canPublish, canPublishData, canPublishSources, canUpdateOwnMetadata } = permissions;
  return {
    canSubscribe,
    canPublish,
    canPublishData,
    canPublishSources: (canPublishSources ?? []).map((source) => SOURCE_NAMES[source]),
    hidden: permissions.hidden ?? false,
    recorder: permissions.recorder ?? false,
    canUpdateMetadata: canUpdateOwnMetadata,
  };
}

/** What a peer publishes; codec and size are left out once it is gone. */
export function trackInfo(room: Pick<Room, 'tracks'>, producer: ProducerInfo): LiveKitTrack {
  const { producerId, kind, source, paused, label } = producer;
  const track = room.tracks.get(producerId);
  return {
    sid: producerId,
    type: kind === 'audio' ? 'AUDIO' : 'VIDEO',
    source: SOURCE_NAMES[source],
    name: label ?? source,
    muted: paused,
    ...(track?.codec ? { mimeType: track.codec } : {}),
    ...(track && kind === 'video' ? pictureInfo(track.codec, track.picture) : {}),
  };
}

/** LiveKit tells people apart by an identity, which nobody has who came without a token. */
export function identityOf({ identity, peerId }: Pick<PeerInfo, 'identity' | 'peerId'>): string {
  return identity ?? peerId;
}

const QUALITIES = ['HIGH', 'MEDIUM', 'LOW'] as const;

function pictureInfo(mimeType: string, { width, height, scales }: Picture) {
  const layers = scales.map((scale, spatialLayer): LiveKitVideoLayer => ({
    quality: QUALITIES[scales.length - 1 - spatialLayer] ?? 'LOW',
    width: Math.round(width / scale),
    height: Math.round(height / scale),
    spatialLayer,
  }));
  return { width, height, simulcast: scales.length > 1, codecs: [{ mimeType, layers }] };
}

function times<N extends string>(name: N, ms: number) {
  return { [name]: String(Math.floor(ms / 1000)), [`${name}Ms`]: String(ms) } as Record<N | `${N}Ms`, string>;
}
