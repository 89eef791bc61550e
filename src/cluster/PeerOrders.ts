import { z } from 'zod';
import { PEER_ROLES } from '../protocol/conduct.ts';
import { MEDIA_SOURCES, type MediaSource, type PeerInfo, type Permissions } from '../protocol/models.ts';
import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { peerInfo } from '../sfu/roomSnapshot.ts';
import { badRequest, invalidState, notFound, ParleyError, unavailable } from '../support/errors.ts';
import type { Cluster } from './cluster.ts';
import { Forwards } from './Forwards.ts';
import { peerSchema, permissionsSchema } from './sharedState.ts';

const ORDER = 'room.order';

const id = z.string();
const place = z.number().nullable().exactOptional();
const order = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('remove') }),
  /** Mutes what it publishes. */
  z.object({ verb: z.literal('mute'), producerId: id }),
  /** What is absent stays. */
  z.object({
    verb: z.literal('update'),
    name: z.string().exactOptional(),
    metadata: z.string().exactOptional(),
    attributes: z.record(z.string(), z.string()).exactOptional(),
    permissions: permissionsSchema.exactOptional(),
  }),
  /** It is to receive these producers of others, or not any more. */
  z.object({ verb: z.literal('subscribe'), producerIds: z.array(id), subscribe: z.boolean() }),
  /** Its role, hand or place on the stage; what is absent stays, null goes. */
  z.object({
    verb: z.literal('stand'),
    role: z.enum(PEER_ROLES).exactOptional(),
    handRaisedAt: place,
    spotlightAt: place,
  }),
  /** Mutes its microphone, or ends another track of it. */
  z.object({ verb: z.literal('silence'), source: z.enum(MEDIA_SOURCES) }),
  z.object({ verb: z.literal('askToUnmute'), by: id }),
  /** It is to leave for another room. */
  z.object({ verb: z.literal('send'), room: id }),
  /** It is to be heard and seen in another room too; `moved`: as it was on the node that it moved here from. */
  z.object({
    verb: z.literal('forward'),
    room: id,
    moved: z.object({ peerId: id, joinedAt: z.number() }).exactOptional(),
  }),
]);
const ordering = z.object({ room: id, peerId: id, order });
const obeyed = z.object({ peer: peerSchema, permissions: permissionsSchema });

/** What somebody else wants of a peer. */
export type PeerOrder = z.output<typeof order>;

/** A peer after an order. */
export interface OrderedPeer {
  peer: PeerInfo;
  permissions: Permissions;
}

/** Has done to peers what others want, by the node that has them. */
export class PeerOrders {
  readonly #cluster: Pick<Cluster, 'bus'>;
  readonly #forwards: Forwards;

  /** @param enter Opens a room that somebody is forwarded to, once it is known who is in it. */
  constructor(
    cluster: Pick<Cluster, 'bus'>,
    rooms: Pick<RoomRegistry, 'rooms'>,
    enter: (room: string) => Promise<Room>,
  ) {
    this.#cluster = cluster;
    this.#forwards = new Forwards(enter, async (from, peerId, { room, moved }) => {
      await this.give(from, peerId, { verb: 'forward', room, moved });
    });
    cluster.bus.answer(ORDER, async (data) => {
      const request = ordering.safeParse(data).data;
      if (!request) throw badRequest('this is not understood');
      const room = rooms.rooms.get(request.room);
      if (!room) throw notFound('no such room');
      return this.#obey(room, request.peerId, request.order);
    });
  }

  /**
   * Resolves with the peer as it is afterwards.
   *
   * @throws ParleyError `notFound`, or whatever the order's doing throws; `unavailable` or `timeout` when its node cannot
   * be asked, and it may be done nevertheless.
   */
  async give(room: Room, peerId: string, what: PeerOrder): Promise<OrderedPeer> {
    const node = nodeFor(room, peerId, what);
    if (node === undefined) return this.#obey(room, peerId, what);
    // While it moves it is on two nodes, and forwarded from the one that it moves to.
    const isForBoth = what.verb !== 'mute' && what.verb !== 'forward';
    const here = isForBoth && room.peers.has(peerId) ? await this.#obey(room, peerId, what) : undefined;
    let answer: unknown;
    try {
      answer = await this.#cluster.bus.request(node, ORDER, { room: room.name, peerId, order: what });
    } catch (error) {
      // It has left that node, which was not heard here yet.
      if (here && error instanceof ParleyError && error.code === 'notFound') return here;
      throw error;
    }
    const { data } = obeyed.safeParse(answer);
    if (!data) throw unavailable('the other node tells what is not understood');
    return data;
  }

  async #obey(room: Room, peerId: string, what: PeerOrder): Promise<OrderedPeer> {
    const peer = room.peers.get(peerId);
    if (!peer) throw notFound('no such peer');
    switch (what.verb) {
      case 'remove':
        peer.close('removed');
        break;
      case 'mute':
        await peer.producers.mute(what.producerId);
        break;
      case 'update':
        if (what.name !== undefined || what.metadata !== undefined || what.attributes) peer.update(what);
        if (what.permissions) peer.permit(what.permissions);
        break;
      case 'stand':
        peer.conduct.stand(what);
        break;
      case 'silence':
        await silence(peer, what.source);
        break;
      case 'askToUnmute':
        peer.conduct.askToUnmute(what.by);
        break;
      case 'subscribe':
        peer.askToSubscribe(what.producerIds, what.subscribe);
        break;
      case 'send':
        if (peer.isForwarded)
          throw invalidState('this participant is forwarded: it is moved from the room that it is in');
        peer.sendTo(what.room);
        break;
      case 'forward':
        await this.#forwards.forward(room, peer, what);
    }
    return { peer: peerInfo(room, peerId) ?? peer.info(), permissions: peer.permissions };
  }
}

function nodeFor({ elsewhere }: Room, peerId: string, what: PeerOrder): string | undefined {
  return what.verb === 'mute' ? elsewhere.nodeOfProducer(what.producerId) : elsewhere.peers.get(peerId)?.node;
}

async function silence({ producers }: Peer, source: MediaSource): Promise<void> {
  const tracks = producers.list().filter((one) => one.source === source);
  if (source === 'microphone') await Promise.all(tracks.map(({ producerId }) => producers.mute(producerId)));
  else for (const { producerId } of tracks) producers.closeOne(producerId, 'removed');
}
