import type { PeerInfo, ProducerInfo } from '../protocol/models.ts';
import type { Room } from '../sfu/Room.ts';
import { peerInfo } from '../sfu/roomSnapshot.ts';

/** What happens in a room, on whichever node. */
export interface RoomFollower {
  /** Somebody is there, or has another name. */
  present(info: PeerInfo): void;
  gone(peerId: string): void;
  published(info: ProducerInfo): void;
  /** Not told of what goes with its peer. */
  unpublished(producerId: string): void;
  paused(producerId: string): void;
  resumed(producerId: string): void;
  closed(): void;
}

/** Tells who and what is there, and what happens from then on; returns what ends that. */
export function followRoom(room: Room, follower: RoomFollower): () => void {
  const { elsewhere } = room;
  const left = (peerId: string): void => {
    // Who moves between nodes is there all the time.
    if (!peerInfo(room, peerId)) follower.gone(peerId);
  };
  const off = [
    room.on('peerJoined', (peer) => follower.present(peer.info())),
    room.on('peerUpdated', (peer) => follower.present(peer.info())),
    room.on('peerLeft', (peer) => left(peer.id)),
    room.once('closed', () => follower.closed()),
    elsewhere.on('peerJoined', (info) => follower.present(info)),
    elsewhere.on('peerUpdated', (info) => follower.present(info)),
    elsewhere.on('peerLeft', ({ info }) => left(info.peerId)),
    room.on('producerAdded', (info) => follower.published(info)),
    room.on('producerClosed', ({ producerId }) => follower.unpublished(producerId)),
    room.on('producerPaused', ({ producerId }) => follower.paused(producerId)),
    room.on('producerResumed', ({ producerId }) => follower.resumed(producerId)),
    elsewhere.on('producerAdded', (info) => follower.published(info)),
    elsewhere.on('producerClosed', ({ producerId }) => follower.unpublished(producerId)),
    elsewhere.on('producerPaused', ({ producerId }) => follower.paused(producerId)),
    elsewhere.on('producerResumed', ({ producerId }) => follower.resumed(producerId)),
  ];
  for (const peer of room.peers.values()) follower.present(peer.info());
  for (const { info } of elsewhere.peers.values()) follower.present(info);
  for (const { publication } of room.tracks.all) if (publication) follower.published(publication.info);
  return () => {
    for (const stop of off) stop();
  };
}
