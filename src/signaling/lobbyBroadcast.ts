import type { Room } from '../sfu/Room.ts';
import { isHost } from '../sfu/roomSnapshot.ts';
import { Throttle } from '../support/Throttle.ts';
import { peerChannel, type SignalingIo } from './sockets.ts';

/** ms between two messages about who waits. */
const PAUSE = 250;

/** Tells a room's hosts who waits to be let in. */
export function tellHosts(io: SignalingIo, room: Room): void {
  const { lobby } = room.conduct;
  const hosts = new Set<string>();
  const tell = (peerId: string): void => {
    io.to(peerChannel(peerId)).emit('lobbyChanged', { waiting: lobby.waiting });
  };
  const throttle = new Throttle(() => {
    for (const peerId of room.peers.keys()) if (isHost(room, peerId)) tell(peerId);
  });
  lobby.on('changed', () => throttle.notWithin(PAUSE));
  // Whoever comes in as a host has a snapshot that says it.
  room.on('peerJoined', ({ id }) => {
    if (isHost(room, id)) hosts.add(id);
  });
  room.on('peerUpdated', ({ id }) => {
    const isNew = isHost(room, id) && !hosts.has(id);
    if (isNew) hosts.add(id);
    else if (!isHost(room, id)) hosts.delete(id);
    if (isNew) tell(id);
  });
  room.on('peerLeft', ({ id }) => hosts.delete(id));
  room.once('closed', () => throttle.close());
}
