import type { PeerOrder, PeerOrders } from '../cluster/PeerOrders.ts';
import { MAX_DATA_PAYLOAD } from '../protocol/dataFrame.ts';
import type { MediaSource, PeerInfo, Permissions } from '../protocol/models.ts';
import type { DefinedRooms } from '../sfu/DefinedRooms.ts';
import type { Room } from '../sfu/Room.ts';
import { peersOf, permissionsOf } from '../sfu/roomSnapshot.ts';
import { badRequest, invalidState, notFound } from '../support/errors.ts';
import { identityOf, participantInfo, roomInfo, SOURCE_NAMES, trackInfo } from './infos.ts';
import type { RoomServiceMethod, RoomServiceRequest } from './requests.ts';

type VerbName = Exclude<RoomServiceMethod, 'CreateRoom' | 'ListRooms'>;
type Verbs = { [M in VerbName]: (room: Room, request: RoomServiceRequest<M>) => object | Promise<object> };

/** What may be done in a room that is on this node, and to its participants wherever they are. */
export class RoomVerbs {
  readonly #orders: PeerOrders;
  readonly #defined: DefinedRooms;
  readonly #verbs: Verbs = {
    DeleteRoom: (room) => {
      this.#defined.end(room.name);
      return {};
    },
    ListParticipants: (room) => ({
      participants: peersOf(room).map((peer) => participantInfo(room, peer)),
    }),
    GetParticipant: (room, { identity }) => participantInfo(room, find(room, identity)),
    RemoveParticipant: async (room, { identity }) => {
      await this.#order(room, identity, { verb: 'remove' });
      return {};
    },
    MutePublishedTrack: (room, request) => this.#mute(room, request),
    UpdateParticipant: (room, request) => this.#update(room, request),
    UpdateSubscriptions: async (room, { identity, trackSids, participantTracks, subscribe }) => {
      const producerIds = [...trackSids, ...participantTracks.flatMap((one) => one.trackSids)];
      for (const producerId of producerIds)
        if (!room.tracks.get(producerId)) throw notFound(`no such track: ${producerId}`);
      await this.#order(room, identity, { verb: 'subscribe', producerIds, subscribe });
      return {};
    },
    SendData: (room, request) => send(room, request),
    UpdateRoomMetadata: async (room, { metadata }) => {
      await this.#defined.define(room, { metadata });
      return roomInfo(room);
    },
    MoveParticipant: async (room, { identity, destinationRoom }) => {
      if (destinationRoom === room.name) throw badRequest('the participant is in that room');
      await this.#order(room, identity, { verb: 'send', room: destinationRoom });
      return {};
    },
    ForwardParticipant: async (room, { identity, destinationRoom }) => {
      await this.#order(room, identity, { verb: 'forward', room: destinationRoom });
      return {};
    },
  };

  constructor(orders: PeerOrders, defined: DefinedRooms) {
    this.#orders = orders;
    this.#defined = defined;
  }

  async run(method: VerbName, room: Room, request: RoomServiceRequest<RoomServiceMethod>): Promise<object> {
    const verb = this.#verbs[method] as (room: Room, request: unknown) => object | Promise<object>;
    return verb(room, request);
  }

  #order(room: Room, identity: string, order: PeerOrder) {
    return this.#orders.give(room, find(room, identity).peerId, order);
  }

  async #mute(room: Room, request: RoomServiceRequest<'MutePublishedTrack'>): Promise<object> {
    const { identity, trackSid, muted } = request;
    const known = find(room, identity).producers.find(({ producerId }) => producerId === trackSid);
    if (!known) throw notFound('the participant has no such track');
    // Nobody is made to be heard or seen who chose not to be.
    if (!muted && known.paused) throw invalidState('only the participant itself may unmute');
    if (muted === known.paused) return { track: trackInfo(room, known) };
    await this.#order(room, identity, { verb: 'mute', producerId: trackSid });
    return { track: trackInfo(room, { ...known, paused: true }) };
  }

  async #update(room: Room, request: RoomServiceRequest<'UpdateParticipant'>): Promise<object> {
    const { identity, name, metadata, attributes, permission } = request;
    const permissions = permission && permissionsFrom(room, find(room, identity), permission);
    const { peer, permissions: now } = await this.#order(room, identity, {
      verb: 'update',
      ...(name === '' ? {} : { name }),
      ...(metadata === '' ? {} : { metadata }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
      ...(permissions ? { permissions } : {}),
    });
    return participantInfo(room, peer, undefined, now);
  }
}

/** @throws ParleyError `notFound`. */
function find(room: Room, identity: string): PeerInfo {
  const peers = peersOf(room).filter((peer) => identityOf(peer) === identity);
  // For a moment there may be two, of which the later one stays.
  const peer = peers.at(-1);
  if (!peer) throw notFound('no such participant');
  return peer;
}

const SOURCES = new Map<string, MediaSource>(
  Object.entries(SOURCE_NAMES).map(([source, name]) => [name, source as MediaSource]),
);

type Permission = NonNullable<RoomServiceRequest<'UpdateParticipant'>['permission']>;

/** LiveKit's rule: what is not granted here is taken away; without a list of sources all are granted. */
function permissionsFrom(room: Room, { peerId }: PeerInfo, permission: Permission): Permissions {
  const { canSubscribe, canPublish, canPublishData, canPublishSources, canUpdateMetadata } = permission;
  const before = permissionsOf(room, peerId);
  if (permission.hidden && !before?.hidden)
    throw badRequest('hidden: a participant that was seen cannot be hidden; let it join with that grant');
  const sources = canPublishSources.flatMap((name) => SOURCES.get(name) ?? []);
  return {
    canPublish: canPublish || sources.length > 0,
    ...(canPublishSources.length > 0 ? { canPublishSources: sources } : {}),
    canSubscribe,
    canPublishData,
    canUpdateOwnMetadata: canUpdateMetadata,
    roomAdmin: before?.roomAdmin ?? false,
    ...(before?.hidden ? { hidden: true } : {}),
    ...(permission.recorder ? { recorder: true } : {}),
  };
}

function send(room: Room, request: RoomServiceRequest<'SendData'>): object {
  const { data, kind, destinationSids, destinationIdentities, topic } = request;
  const payload = Buffer.from(data, 'base64');
  if (payload.length > MAX_DATA_PAYLOAD) throw badRequest(`data: has more than ${MAX_DATA_PAYLOAD} bytes`);
  const isForSome = destinationSids.length + destinationIdentities.length > 0;
  const identities = new Set(destinationIdentities);
  const addressed = peersOf(room).filter((peer) => identities.has(identityOf(peer)));
  const to = new Set([...destinationSids, ...addressed.map(({ peerId }) => peerId)]);
  room.data.say({
    format: 'bytes',
    payload,
    reliable: kind === 'RELIABLE' || kind === 0,
    ...(topic === '' ? {} : { topic }),
    ...(isForSome ? { to } : {}),
  });
  return {};
}
