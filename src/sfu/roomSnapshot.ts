import type { ChatMessage, PeerInfo, Permissions, RoomSnapshot } from '../protocol/models.ts';
import type { Room } from './Room.ts';

/** The room on all nodes, as a peer sees it. */
export function roomSnapshot(room: Room, peerId: string): Omit<RoomSnapshot, 'mediaEpoch'> {
  return {
    room: room.name,
    createdAt: Math.min(room.createdAt, room.elsewhere.createdAt),
    metadata: room.definition.metadata,
    peers: peersOf(room).filter((peer) => peer.peerId === peerId || !isHidden(room, peer.peerId)),
    chat: chatFor(room, peerId),
    dominantPeerId: room.speakers.dominantPeerId,
    levels: [...room.speakers.levels],
    forwarding: room.forwarding.settings,
    videoCodec: room.forwarding.videoCodec,
    recording: room.recording.current,
    settings: room.conduct.settings,
    ...(isHost(room, peerId) ? { waiting: room.conduct.lobby.waiting } : {}),
  };
}

/** Whether a peer of this node runs the call. */
export function isHost({ peers }: Pick<Room, 'peers'>, peerId: string): boolean {
  return peers.get(peerId)?.conduct.role === 'host';
}

function chatFor({ chat, whispers }: Room, peerId: string): ChatMessage[] {
  const own = whispers.of(peerId);
  if (own.length === 0) return [...chat.messages];
  return [...chat.messages, ...own].sort((a, b) => a.sentAt - b.sentAt);
}

/** All peers, on whichever node, in order of arrival. */
export function peersOf({ peers, elsewhere }: Pick<Room, 'peers' | 'elsewhere'>): PeerInfo[] {
  if (elsewhere.peers.size === 0) return [...peers.values()].map((peer) => peer.info());
  const ids = new Set([...peers.keys(), ...elsewhere.peers.keys()]);
  return [...ids]
    .flatMap((peerId) => peerInfo({ peers, elsewhere }, peerId) ?? [])
    .sort((a, b) => a.joinedAt - b.joinedAt);
}

/** Whether the others are not to know of a peer. */
export function isHidden(room: Pick<Room, 'peers' | 'elsewhere'>, peerId: string): boolean {
  return permissionsOf(room, peerId)?.hidden ?? false;
}

/** What a peer may do, here or on another node; undefined for one that is not there. */
export function permissionsOf(
  { peers, elsewhere }: Pick<Room, 'peers' | 'elsewhere'>,
  peerId: string,
): Permissions | undefined {
  return peers.get(peerId)?.permissions ?? elsewhere.permissionsOf(peerId);
}

/** A peer with all that it publishes, here and on other nodes. */
export function peerInfo(room: Pick<Room, 'peers' | 'elsewhere'>, peerId: string): PeerInfo | undefined {
  const here = room.peers.get(peerId)?.info();
  const there = room.elsewhere.peers.get(peerId)?.info;
  return here && there ? { ...here, producers: [...there.producers, ...here.producers] } : (here ?? there);
}
