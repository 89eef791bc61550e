import { participantInfo, roomInfo, trackInfo, type LiveKitTrack } from '../livekit/infos.ts';
import type { PeerCloseReason, ProducerInfo } from '../protocol/models.ts';
import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import type { EventLog } from './EventLog.ts';
import {
  participantJoins,
  participantLeaves,
  roomFinishes,
  roomStarts,
  type LiveRoom,
  type Presence,
} from './presence.ts';

/** Tells the log what happens in the rooms of this node. */
export class RoomEvents {
  readonly #log: EventLog;
  readonly #node: string;
  readonly #rooms = new Set<RoomStory>();

  /** @param options `node`: the id of this one. */
  constructor(options: { rooms: RoomRegistry; log: EventLog; node: string }) {
    this.#log = options.log;
    this.#node = options.node;
    for (const room of options.rooms.rooms.values()) this.#follow(room);
    options.rooms.on('roomCreated', (room) => this.#follow(room));
  }

  /** Tells who is there once more, to a store that may have forgotten. What it knows is not told again. */
  retell(): void {
    for (const story of this.#rooms) story.retell();
  }

  #follow(room: Room): void {
    const story = new RoomStory(room, this.#log, this.#node);
    this.#rooms.add(story);
    room.once('closed', () => this.#rooms.delete(story));
  }
}

/** One room, from its start to its end. */
class RoomStory {
  readonly #room: Room;
  readonly #log: EventLog;
  readonly #live: LiveRoom;
  readonly #present = new Map<string, Presence>();
  readonly #tracks = new Map<string, { peer: Peer; track: LiveKitTrack }>();

  constructor(room: Room, log: EventLog, node: string) {
    this.#room = room;
    this.#log = log;
    this.#live = { node, room: roomInfo(room) };
    log.change(...roomStarts(log, this.#live));
    room.on('peerJoined', (peer) => this.#joined(peer));
    room.on('peerLeft', (peer, reason) => this.#left(peer, reason));
    room.on('producerAdded', (info) => this.#published(info));
    room.on('producerClosed', ({ producerId }) => this.#unpublished(producerId));
    room.once('closed', () => log.change(...roomFinishes(log, this.#live, roomInfo(room))));
  }

  retell(): void {
    this.#log.change(
      ...roomStarts(this.#log, this.#live),
      ...[...this.#present.values()].flatMap((presence) => participantJoins(this.#log, presence)),
    );
  }

  #joined(peer: Peer): void {
    const { node } = this.#live;
    const participant = participantInfo(this.#room, peer.info());
    const presence = { node, room: roomInfo(this.#room), participant };
    this.#present.set(peer.id, presence);
    this.#log.change(...participantJoins(this.#log, presence));
  }

  #left(peer: Peer, reason: PeerCloseReason): void {
    // What went with its peer is not told to be closed.
    for (const [producerId, { peer: owner }] of this.#tracks)
      if (owner === peer) this.#unpublished(producerId, reason);
    const presence = this.#present.get(peer.id);
    this.#present.delete(peer.id);
    if (!presence) return;
    const room = roomInfo(this.#room);
    const participant = participantInfo(this.#room, peer.info(), reason);
    this.#log.change(participantLeaves(this.#log, presence, { room, participant }, reason === 'timeout'));
  }

  #published(info: ProducerInfo): void {
    const peer = this.#room.peers.get(info.peerId);
    if (!peer) return;
    const track = trackInfo(this.#room, info);
    this.#tracks.set(info.producerId, { peer, track });
    const participant = participantInfo(this.#room, peer.info());
    this.#log.tell('track_published', { room: roomInfo(this.#room), participant, track });
  }

  /** @param left Why its peer is not in the room any more. */
  #unpublished(producerId: string, left?: PeerCloseReason): void {
    const found = this.#tracks.get(producerId);
    if (!found) return;
    this.#tracks.delete(producerId);
    const { peer, track } = found;
    const participant = participantInfo(this.#room, peer.info(), left);
    this.#log.tell('track_unpublished', { room: roomInfo(this.#room), participant, track });
  }
}
