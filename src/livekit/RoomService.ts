import type { z } from 'zod';
import type { AccessTokens } from '../access/AccessTokens.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { PeerOrders } from '../cluster/PeerOrders.ts';
import type { DefinedRooms } from '../sfu/DefinedRooms.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { badRequest, notFound, unsupported } from '../support/errors.ts';
import { roomInfo } from './infos.ts';
import {
  camelCased,
  roomServiceRequests,
  UNSUPPORTED_FIELDS,
  type RoomServiceMethod,
  type RoomServiceRequest,
} from './requests.ts';
import { RoomLists } from './RoomLists.ts';
import { RoomVerbs } from './RoomVerbs.ts';

const CALL = 'livekit.roomService';
/** ms for which a room that was made is kept until somebody comes: LiveKit's own default. */
const EMPTY_TIMEOUT = 300_000;

export interface RoomServiceOptions {
  rooms: Pick<RoomRegistry, 'rooms' | 'limits'>;
  defined: DefinedRooms;
  cluster: Pick<Cluster, 'nodes' | 'bus' | 'rooms'>;
  orders: PeerOrders;
  tokens: AccessTokens;
}

/**
 * LiveKit's `RoomService` (livekit_room.proto). What concerns a room is done by a node that has it, whichever is asked;
 * what concerns a peer is done from there by the node that has the peer.
 */
export class RoomService {
  readonly #rooms: RoomServiceOptions['rooms'];
  readonly #defined: DefinedRooms;
  readonly #cluster: RoomServiceOptions['cluster'];
  readonly #tokens: AccessTokens;
  readonly #verbs: RoomVerbs;
  readonly #lists: RoomLists;

  constructor({ rooms, defined, cluster, orders, tokens }: RoomServiceOptions) {
    this.#rooms = rooms;
    this.#defined = defined;
    this.#cluster = cluster;
    this.#tokens = tokens;
    this.#verbs = new RoomVerbs(orders, defined);
    this.#lists = new RoomLists(cluster, rooms);
    cluster.bus.answer(CALL, (data) => {
      const { method, request } = Object(data) as { method?: unknown; request?: unknown };
      if (!isMethod(method)) throw badRequest('this is not understood');
      return this.#act(method, parse(method, request));
    });
  }

  /** Whether there is such a method. */
  has(method: string): method is RoomServiceMethod {
    return isMethod(method);
  }

  /**
   * Does what is asked, if the bearer of the token may; resolves with the answer's JSON.
   *
   * @throws ParleyError `badRequest`, `unauthorized`, `forbidden`, `notFound`, `unsupported`, and what the doing throws.
   */
  async call(method: RoomServiceMethod, body: unknown, token: string | undefined): Promise<object> {
    // Before anything is said of what was sent.
    await this.#authorize(method, body, token);
    const request = parse(method, body);
    const name = roomOf(method, request);
    const node = name === undefined || this.#rooms.rooms.has(name) ? undefined : await this.#nodeOf(name);
    if (node === undefined) return this.#act(method, request);
    return (await this.#cluster.bus.request(node, CALL, { method, request })) as object;
  }

  async #authorize(method: RoomServiceMethod, body: unknown, token: string | undefined): Promise<void> {
    if (method === 'CreateRoom' || method === 'DeleteRoom') return this.#tokens.assertRoomCreate(token);
    if (method === 'ListRooms') return this.#tokens.assertRoomList(token);
    const said = camelCased(Object(body) as object);
    const room = typeof said['room'] === 'string' ? said['room'] : '';
    const to = said['destinationRoom'];
    if (method !== 'MoveParticipant' && method !== 'ForwardParticipant')
      return this.#tokens.assertRoomAdmin(room, token);
    return this.#tokens.assertDestination(room, typeof to === 'string' ? to : '', token);
  }

  /** Another node that has the room. */
  async #nodeOf(name: string): Promise<string | undefined> {
    const { nodes, rooms } = this.#cluster;
    if (nodes.others.size === 0) return undefined;
    return (await rooms.locate(name)).find((node) => nodes.others.has(node));
  }

  async #act(method: RoomServiceMethod, request: RoomServiceRequest<RoomServiceMethod>): Promise<object> {
    if (method === 'CreateRoom') return this.#create(request as RoomServiceRequest<'CreateRoom'>);
    if (method === 'ListRooms')
      return { rooms: await this.#lists.all((request as RoomServiceRequest<'ListRooms'>).names) };
    const room = this.#rooms.rooms.get(roomOf(method, request) ?? '');
    if (!room) throw notFound('no such room');
    return this.#verbs.run(method, room, request);
  }

  async #create(request: RoomServiceRequest<'CreateRoom'>): Promise<object> {
    const { name, emptyTimeout, departureTimeout, maxParticipants, metadata } = request;
    const isNew = !this.#rooms.rooms.has(name);
    const room = await this.#defined.open(name);
    const arrived = room.expect();
    try {
      await this.#defined.define(room, {
        ...(emptyTimeout > 0 ? { emptyTimeout: emptyTimeout * 1000 } : {}),
        ...(emptyTimeout === 0 && isNew ? { emptyTimeout: EMPTY_TIMEOUT } : {}),
        ...(departureTimeout > 0 ? { departureTimeout: departureTimeout * 1000 } : {}),
        ...(maxParticipants > 0 ? { maxPeers: maxParticipants } : {}),
        ...(metadata === '' ? {} : { metadata }),
      });
    } finally {
      arrived();
    }
    return roomInfo(room);
  }
}

function isMethod(method: unknown): method is RoomServiceMethod {
  return typeof method === 'string' && Object.hasOwn(roomServiceRequests, method);
}

function roomOf(
  method: RoomServiceMethod,
  request: RoomServiceRequest<RoomServiceMethod>,
): string | undefined {
  if (method === 'CreateRoom') return (request as RoomServiceRequest<'CreateRoom'>).name;
  return 'room' in request ? request.room : undefined;
}

/** @throws ParleyError `badRequest`, or `unsupported` for a field that cannot be heeded. */
function parse(method: RoomServiceMethod, body: unknown): RoomServiceRequest<RoomServiceMethod> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('the body must be a JSON object');
  const named = camelCased(body);
  const unknown = (UNSUPPORTED_FIELDS[method] ?? []).filter((field) => isSet(named[field]));
  if (unknown.length > 0) throw unsupported(`this server does not know ${unknown.join(', ')}`);
  const parsed = roomServiceRequests[method].safeParse(named);
  if (parsed.success) return parsed.data;
  throw badRequest(`malformed ${method}: ${problems(parsed.error)}`);
}

/** Whether it is something else than the default of its type. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return !(Array.isArray(value) && value.length === 0) && Number(value) !== 0;
}

function problems(error: z.ZodError): string {
  return error.issues
    .slice(0, 8)
    .map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
    .join('; ');
}
