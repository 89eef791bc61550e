import type { PeerInfo, RoomSnapshot } from '../protocol/models.ts';
import type { Room } from './Room.ts';

/** The room on all nodes, without what is different for each peer. */
export function roomSnapshot(room: Room): Omit<RoomSnapshot, 'mediaEpoch'> {
  return {
    room: room.name,
    createdAt: Math.min(room.createdAt, room.elsewhere.createdAt),
    peers: peersOf(room),
    chat: [...room.chat.messages],
    dominantPeerId: room.speakers.dominantPeerId,
    levels: [...room.speakers.levels],
    forwarding: room.forwarding.settings,
    videoCodec: room.forwarding.videoCodec,
  };
}

/** In order of arrival. */
function peersOf({ peers, elsewhere }: Room): PeerInfo[] {
  const here = [...peers.values()].map((peer) => peer.info());
  if (elsewhere.peers.size === 0) return here;
  const others = [...elsewhere.peers.values()].map(({ info }) => info);
  return [...here, ...others].sort((a, b) => a.joinedAt - b.joinedAt);
}
