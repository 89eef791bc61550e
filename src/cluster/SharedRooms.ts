import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { badRequest, notFound } from '../support/errors.ts';
import type { Cluster } from './cluster.ts';
import type { NodeMedia } from './media/NodeMedia.ts';
import { RoomOrders } from './RoomOrders.ts';
import { SharedRoom, STATE_REQUEST } from './SharedRoom.ts';
import { readRemoval, readStateRequest } from './sharedState.ts';

const REMOVE_PEER = 'room.removePeer';
const CLOSE_PRODUCER = 'room.closeProducer';

/**
 * Makes each room of this node one with the rooms of the same name on the other nodes.
 *
 * What concerns a peer is done by the node that has it: others ask for it.
 */
export class SharedRooms {
  /** What concerns many of a room, on all nodes. */
  readonly orders: RoomOrders;
  readonly #cluster: Cluster;
  readonly #rooms: Pick<RoomRegistry, 'rooms'>;
  readonly #open: (name: string) => Promise<Room>;
  readonly #shared = new WeakMap<Room, SharedRoom>();

  /**
   * @param rooms Without any as yet. Rooms leave the cluster as they close, which must be before the cluster does.
   * @param open Opens a room that somebody enters. Default: as nobody defined it.
   */
  constructor(
    cluster: Cluster,
    nodeMedia: NodeMedia,
    rooms: Pick<RoomRegistry, 'rooms' | 'getOrCreate' | 'on'>,
    open?: (name: string) => Promise<Room>,
  ) {
    this.#open = open ?? ((name) => Promise.resolve(rooms.getOrCreate(name)));
    this.#cluster = cluster;
    this.#rooms = rooms;
    this.orders = new RoomOrders(cluster, rooms);
    rooms.on('roomCreated', (room) => this.#shared.set(room, new SharedRoom(room, cluster, nodeMedia)));
    const { bus } = cluster;
    bus.answer(STATE_REQUEST, (data) => {
      const request = understood(readStateRequest(data));
      const shared = this.#shared.get(this.#room(request.room));
      if (!shared) throw notFound('no such room');
      return shared.state(request);
    });
    bus.answer(REMOVE_PEER, (data) => {
      const { room, id } = understood(readRemoval(data));
      this.#room(room).removePeer(id);
      return {};
    });
    bus.answer(CLOSE_PRODUCER, (data) => {
      const { room, id } = understood(readRemoval(data));
      this.#room(room).tracks.remove(id);
      return {};
    });
  }

  /**
   * The room of that name, made when it is not there, once it is known who is in it on other nodes: within a second, and
   * at once without Redis.
   *
   * @throws ParleyError as `RoomRegistry.getOrCreate`.
   */
  async enter(name: string): Promise<Room> {
    const room = await this.#open(name);
    const shared = this.#shared.get(room);
    if (!shared || shared.isKnown) return room;
    const arrived = room.expect();
    try {
      await shared.known;
    } finally {
      arrived();
    }
    // An admin may have closed it meanwhile.
    return this.#open(name);
  }

  /**
   * The room of that name, if it is on any node; it is here from then on.
   *
   * @throws ParleyError `unavailable` when it is not here, and the others cannot be asked.
   */
  async find(name: string): Promise<Room | undefined> {
    const { rooms, nodes } = this.#cluster;
    if (this.#rooms.rooms.has(name)) return this.enter(name);
    if (nodes.others.size === 0) return undefined;
    const members = await rooms.locate(name);
    return members.length > 0 ? this.enter(name) : undefined;
  }

  /**
   * Removes a peer, whichever node it is on.
   *
   * @throws ParleyError `notFound`; `unavailable` or `timeout` when its node cannot be asked, and it may be removed
   * nevertheless.
   */
  async removePeer(room: Room, peerId: string): Promise<void> {
    const node = room.elsewhere.peers.get(peerId)?.node;
    // While it moves it is on two nodes.
    if (node === undefined || room.peers.has(peerId)) room.removePeer(peerId);
    if (node !== undefined)
      await this.#cluster.bus.request(node, REMOVE_PEER, { room: room.name, id: peerId });
  }

  /** Closes an own producer, or as a host anybody's. @throws ParleyError as `removePeer`. */
  async closeProducer(room: Room, by: Peer, producerId: string): Promise<void> {
    const node = room.elsewhere.nodeOfProducer(producerId);
    if (node === undefined || by.conduct.role !== 'host') room.tracks.close(by, producerId);
    else await this.#cluster.bus.request(node, CLOSE_PRODUCER, { room: room.name, id: producerId });
  }

  #room(name: string): Room {
    const room = this.#rooms.rooms.get(name);
    if (!room) throw notFound('no such room');
    return room;
  }
}

function understood<T>(request: T | undefined): T {
  if (request === undefined) throw badRequest('this is not understood');
  return request;
}
