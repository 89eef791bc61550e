import { isDeepStrictEqual } from 'node:util';
import type { MediaCloseReason, PeerUpdate } from '../protocol/events.ts';
import type { ChatMessage, PeerInfo, PeerQuality, ProducerInfo } from '../protocol/models.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { isHidden, peerInfo } from '../sfu/roomSnapshot.ts';
import { Throttle } from '../support/Throttle.ts';
import { FactBatch } from './FactBatch.ts';
import { tellHosts } from './lobbyBroadcast.ts';
import { peerChannel, roomChannel, type SignalingIo } from './sockets.ts';

/** ms for each listener between two messages about who is heard: a room of up to 200 causes 100 a second at most. */
const HEARD_PER_PEER = 10;
/** ms; in large rooms old news would be worse than more messages. */
const HEARD_LATEST = 2000;
/** ms between two messages about nothing but how loud. */
const LEVELS = { soonest: 2000, perPeer: 40, latest: 5000 };

/** Tells what happens in each room to all its sockets, gathered; Socket.IO serialises each message once. */
export function broadcastRooms(io: SignalingIo, rooms: RoomRegistry): void {
  const batches = new Map<string, FactBatch>();
  rooms.on('roomCreated', (room) => {
    const channel = roomChannel(room);
    batches.set(channel, broadcastRoom(io, room));
    room.once('closed', () => batches.delete(channel));
  });
  // Sockets enter in the turn in which their snapshots are taken.
  io.of('/').adapter.on('join-room', (channel: string) => batches.get(channel)?.listenerCame());
}

function broadcastRoom(io: SignalingIo, room: Room): FactBatch {
  const source = {
    get listeners() {
      return room.peers.size;
    },
    peer: (peerId: string) => peerInfo(room, peerId),
    speakers: () => ({ dominantPeerId: room.speakers.dominantPeerId, levels: [...room.speakers.levels] }),
  };
  const batch = new FactBatch(source, (facts) => io.to(roomChannel(room)).emit('facts', { facts }));

  const { elsewhere } = room;
  let told = room.definition.metadata;
  let toldSettings = room.conduct.settings;
  const peerUpdated = (info: PeerInfo): void => {
    if (isHidden(room, info.peerId)) return;
    const said: PeerUpdate & Partial<PeerInfo> = { ...info };
    delete said.identity;
    delete said.joinedAt;
    delete said.producers;
    batch.gather('peerUpdated', said);
  };
  const producerAdded = (producer: ProducerInfo): void => batch.gather('newProducer', { producer });
  const producerClosed = ({ peerId, producerId }: ProducerInfo, reason: MediaCloseReason): void =>
    batch.gather('producerClosed', { peerId, producerId, reason });
  const producerPaused = ({ peerId, producerId }: ProducerInfo): void =>
    batch.gather('producerPaused', { peerId, producerId });
  const producerResumed = ({ peerId, producerId }: ProducerInfo): void =>
    batch.gather('producerResumed', { peerId, producerId });
  const chat = (message: ChatMessage): void => batch.gather('chatMessage', { message });

  // Who moves between nodes is there all the time.
  room.on('peerJoined', (peer) => {
    if (!elsewhere.peers.has(peer.id) && !peer.permissions.hidden)
      batch.gather('peerJoined', { peer: peer.info() });
  });
  room.on('peerLeft', ({ id: peerId, permissions }, reason) => {
    if (!elsewhere.peers.has(peerId) && !permissions.hidden) batch.gather('peerLeft', { peerId, reason });
  });
  room.on('peerUpdated', (peer) => peerUpdated(peer.info()));
  room.on('producerAdded', producerAdded);
  room.on('producerClosed', producerClosed);
  room.on('producerPaused', producerPaused);
  room.on('producerResumed', producerResumed);
  room.on('chat', chat);
  elsewhere.on('peerJoined', (peer) => {
    if (!isHidden(room, peer.peerId)) batch.gather('peerJoined', { peer });
  });
  elsewhere.on('peerLeft', ({ info: { peerId } }, reason) => {
    if (!isHidden(room, peerId)) batch.gather('peerLeft', { peerId, reason });
  });
  elsewhere.on('peerUpdated', peerUpdated);
  elsewhere.on('producerAdded', producerAdded);
  elsewhere.on('producerClosed', producerClosed);
  elsewhere.on('producerPaused', producerPaused);
  elsewhere.on('producerResumed', producerResumed);
  elsewhere.on('chat', chat);
  room.forwarding.on('configured', () => {
    const { settings: forwarding, videoCodec } = room.forwarding;
    batch.gather('roomConfigured', { forwarding, videoCodec });
  });
  room.recording.on('changed', (recording, endReason) =>
    batch.gather('recordingChanged', { recording, ...(endReason === undefined ? {} : { endReason }) }),
  );
  room.on('defined', ({ metadata }) => {
    const { settings } = room.conduct;
    if (!isDeepStrictEqual(settings, toldSettings)) batch.gather('settingsChanged', { settings });
    toldSettings = settings;
    if (metadata === told) return;
    told = metadata;
    batch.gather('roomUpdated', { metadata });
  });
  room.conduct.on('reacted', (reaction) => {
    if (!isHidden(room, reaction.peerId)) batch.gather('reaction', reaction);
  });
  room.whispers.on('added', (message, to) => io.to(peerChannel(to)).emit('chatMessage', { message }));
  tellHosts(io, room);
  const peersChanged = (all: readonly PeerQuality[]): void => {
    const peers = all.filter(({ peerId }) => !isHidden(room, peerId));
    if (peers.length > 0) io.to(roomChannel(room)).emit('qualityChanged', { tracks: [], peers });
  };
  room.forwarding.quality.on('peersChanged', peersChanged);
  room.forwarding.quality.on('peersChangedElsewhere', peersChanged);

  const speakers = new Throttle(() => batch.speakersChanged());
  room.on('speakersChanged', (what) => {
    const peers = room.peers.size;
    if (what === 'floor') speakers.now();
    else if (what === 'heard') speakers.notWithin(Math.min(peers * HEARD_PER_PEER, HEARD_LATEST));
    else speakers.notWithin(Math.min(Math.max(LEVELS.soonest, peers * LEVELS.perPeer), LEVELS.latest));
  });
  room.once('closed', () => {
    speakers.close();
    batch.close();
  });
  return batch;
}
