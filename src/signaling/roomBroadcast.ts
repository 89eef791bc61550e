import type { Room } from '../sfu/Room.ts';
import { Throttle } from '../support/Throttle.ts';
import { peerChannel, roomChannel, type SignalingIo } from './sockets.ts';

/** ms for each listener between two messages about who is heard: a room of up to 200 causes 100 a second at most. */
const HEARD_PER_PEER = 10;
/** ms; in large rooms old news would be worse than more messages. */
const HEARD_LATEST = 2000;
/** ms between two messages about nothing but how loud. */
const LEVELS = { soonest: 2000, perPeer: 40, latest: 5000 };

/** Tells what happens in a room to all its sockets; Socket.IO serialises each fact once. */
export function broadcastRoom(io: SignalingIo, room: Room): void {
  const everybody = () => io.to(roomChannel(room));
  const others = (peerId: string) => everybody().except(peerChannel(peerId));

  room.on('peerJoined', (peer) => others(peer.id).emit('peerJoined', { peer: peer.info() }));
  room.on('peerLeft', (peer, reason) => others(peer.id).emit('peerLeft', { peerId: peer.id, reason }));
  room.on('peerUpdated', (peer) => {
    const { peerId, name, metadata } = peer.info();
    everybody().emit('peerUpdated', { peerId, name, ...(metadata === undefined ? {} : { metadata }) });
  });
  room.on('producerAdded', (producer) => others(producer.peerId).emit('newProducer', { producer }));
  room.on('producerClosed', ({ peerId, producerId }, reason) => {
    // The owner knows what it closed, but not what a moderator closed.
    const audience = reason === 'removed' ? everybody() : others(peerId);
    audience.emit('producerClosed', { peerId, producerId, reason });
  });
  room.on('producerPaused', ({ peerId, producerId }) =>
    others(peerId).emit('producerPaused', { peerId, producerId }),
  );
  room.on('producerResumed', ({ peerId, producerId }) =>
    others(peerId).emit('producerResumed', { peerId, producerId }),
  );
  room.forwarding.on('configured', () => {
    const { settings: forwarding, videoCodec } = room.forwarding;
    everybody().emit('roomConfigured', { forwarding, videoCodec });
  });
  room.on('chat', (message) => everybody().emit('chatMessage', { message }));

  const speakers = new Throttle(() => {
    const { dominantPeerId, levels } = room.speakers;
    everybody().emit('speakersChanged', { dominantPeerId, levels: [...levels] });
  });
  room.on('speakersChanged', (what) => {
    const peers = room.peers.size;
    if (what === 'floor') speakers.now();
    else if (what === 'heard') speakers.notWithin(Math.min(peers * HEARD_PER_PEER, HEARD_LATEST));
    else speakers.notWithin(Math.min(Math.max(LEVELS.soonest, peers * LEVELS.perPeer), LEVELS.latest));
  });
  room.once('closed', () => speakers.close());
}
