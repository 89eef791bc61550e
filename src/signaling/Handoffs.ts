import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Cluster } from '../cluster/cluster.ts';
import type { Drain } from '../cluster/Drain.ts';
import { PEER_ROLES } from '../protocol/conduct.ts';
import { MEDIA_SOURCES, type Permissions } from '../protocol/models.ts';
import type { PeerOptions } from '../sfu/peerParts.ts';
import { badRequest, notFound, unavailable } from '../support/errors.ts';
import type { Grant } from '../access/AccessTokens.ts';
import type { Activity } from './Activity.ts';
import type { Seat, Sessions } from './Sessions.ts';

const TAKE = 'peer.take';
/** Peers of a node that move to others at a time. */
const AT_A_TIME = 16;
/** ms after which a peer that was told to move is not waited for any more: it is told to come back, as without other nodes. */
const TURN = 10_000;
/** ms before the end of the drain at which all are told so who are still there. */
const LATE = 2000;
/** ms for which a peer that was taken is kept until this node hears from the other one that it is there. */
const HEARD_WITHIN = 1000;

const attributes = z.record(z.string(), z.string()).exactOptional();
const permissions: z.ZodType<Permissions> = z.object({
  canPublish: z.boolean(),
  canPublishSources: z.array(z.enum(MEDIA_SOURCES)).exactOptional(),
  canSubscribe: z.boolean(),
  canPublishData: z.boolean(),
  canUpdateOwnMetadata: z.boolean(),
  roomAdmin: z.boolean(),
  hidden: z.boolean().exactOptional(),
  recorder: z.boolean().exactOptional(),
});
const taking = z.object({ room: z.string(), ticket: z.string() });
/** A peer as the node tells of it that it moves away from. */
const moved = z.object({
  peerId: z.string(),
  joinedAt: z.number(),
  name: z.string(),
  identity: z.string().exactOptional(),
  metadata: z.string().exactOptional(),
  attributes,
  /** Those that it was granted, whatever its role. */
  permissions,
  standing: z
    .object({
      role: z.enum(PEER_ROLES).exactOptional(),
      handRaisedAt: z.number().exactOptional(),
      spotlightAt: z.number().exactOptional(),
      unattended: z.literal(true).exactOptional(),
      wasHeard: z.boolean().exactOptional(),
    })
    .exactOptional(),
  data: z.boolean(),
  /** What its access token said, if it came with one. */
  grant: z
    .object({
      identity: z.string().exactOptional(),
      name: z.string().exactOptional(),
      metadata: z.string().exactOptional(),
      attributes,
      permissions,
      expiresAt: z.number().exactOptional(),
    })
    .exactOptional(),
});

export interface HandoffsOptions {
  cluster: Pick<Cluster, 'nodes' | 'bus'>;
  drain: Drain;
  sessions: Sessions;
  activity: Pick<Activity, 'handedOver'>;
}

/**
 * Hands the peers of a node that drains over to other nodes: gives each a ticket, a few at a time, and tells the node
 * that a client brings it to who that is. On that node, takes them.
 */
export class Handoffs {
  readonly #cluster: HandoffsOptions['cluster'];
  readonly #drain: Drain;
  readonly #sessions: Sessions;
  readonly #activity: HandoffsOptions['activity'];
  /** Not used yet. */
  readonly #tickets = new Map<string, Seat>();
  readonly #moving = new Map<Seat, string>();
  /** Those whose ticket was used. */
  readonly #taken = new WeakSet<Seat>();
  readonly #told = new WeakSet<Seat>();
  /** Those that did not move in their turn. */
  readonly #stayed = new WeakSet<Seat>();
  #late: NodeJS.Timeout | undefined;
  readonly #off: (() => void)[];

  constructor({ cluster, drain, sessions, activity }: HandoffsOptions) {
    this.#cluster = cluster;
    this.#drain = drain;
    this.#sessions = sessions;
    this.#activity = activity;
    this.#off = [
      drain.on('began', () => this.#begin()),
      cluster.nodes.on('nodeJoined', () => this.#next()),
      cluster.nodes.on('nodeChanged', () => this.#look()),
      cluster.nodes.on('nodeLeft', () => this.#look()),
      cluster.bus.answer(TAKE, (data) => this.#give(data)),
    ];
  }

  /** Whether a peer moves to another node, or will: then it need not be told to come back. */
  isAwaited(seat: Seat): boolean {
    return this.#drain.begun && this.#late !== undefined && this.#hasTakers && !this.#stayed.has(seat);
  }

  /** What a peer is told that takes its seat meanwhile; undefined for one that is not to move to another node. */
  forSeat(seat: Seat): { endsIn: number; ticket: string } | undefined {
    const ticket = this.#moving.get(seat);
    return ticket === undefined ? undefined : { endsIn: this.#drain.endsIn, ticket };
  }

  /**
   * Who comes with a ticket, which is used up by this.
   *
   * @throws ParleyError `unavailable` on the node that gave it, and when that cannot be asked; `notFound` for one that
   * it does not know.
   */
  async take(room: string, ticket: string): Promise<{ options: PeerOptions; grant: Grant | undefined }> {
    const node = ticket.slice(0, Math.max(0, ticket.lastIndexOf('.')));
    if (node === this.#cluster.nodes.self.id) throw unavailable('this is the node to move away from');
    if (!this.#cluster.nodes.others.has(node)) throw notFound('there is no such ticket');
    const answer = await this.#cluster.bus.request(node, TAKE, { room, ticket });
    const { data } = moved.safeParse(answer);
    if (!data) throw unavailable('the other node tells what is not understood');
    const { peerId, joinedAt, grant, ...options } = data;
    return { options: { ...options, moved: { peerId, joinedAt } }, grant };
  }

  /**
   * Resolves once a peer whose ticket was used is known to be on the other node, or that is not heard in time: before, it
   * would seem to leave the room. At once for every other peer.
   */
  async arrived(seat: Seat): Promise<void> {
    const { peer, room } = seat;
    if (!this.#taken.has(seat) || peer.closed || room.elsewhere.isThere(peer.id)) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        for (const off of offs) off();
        resolve();
      };
      const timer = setTimeout(end, HEARD_WITHIN);
      const offs = [
        room.elsewhere.on('peerArrived', (peerId) => {
          if (peerId === peer.id) end();
        }),
        peer.once('closed', end),
      ];
    });
  }

  /** Idempotent. */
  close(): void {
    for (const off of this.#off.splice(0)) off();
    clearTimeout(this.#late);
    this.#tickets.clear();
    this.#moving.clear();
  }

  #give(data: unknown): z.input<typeof moved> {
    const request = taking.safeParse(data).data;
    if (!request) throw badRequest('this is not understood');
    const seat = this.#tickets.get(request.ticket);
    if (seat?.room.name !== request.room || seat.peer.closed) throw notFound('there is no such ticket');
    this.#tickets.delete(request.ticket);
    this.#taken.add(seat);
    this.#activity.handedOver(true);
    const { peer, grant } = seat;
    const { peerId, joinedAt, name, identity, metadata, attributes } = peer.info();
    return {
      peerId,
      joinedAt,
      name,
      ...(identity === undefined ? {} : { identity }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(attributes === undefined ? {} : { attributes }),
      permissions: peer.granted,
      standing: peer.conduct.kept,
      data: peer.data.enabled,
      ...(grant === undefined ? {} : { grant }),
    };
  }

  get #hasTakers(): boolean {
    return [...this.#cluster.nodes.others.values()].some(({ accepting }) => accepting);
  }

  #begin(): void {
    const late = (): void => {
      this.#late = undefined;
      for (const seat of this.#sessions.seats()) seat.session?.farewell();
    };
    this.#late = setTimeout(late, Math.max(0, this.#drain.endsIn - LATE)).unref();
    this.#next();
  }

  #look(): void {
    if (!this.#drain.begun) return;
    if (this.#hasTakers) this.#next();
    else for (const seat of this.#sessions.seats()) seat.session?.farewell();
  }

  #next(): void {
    if (!this.#drain.begun || !this.#hasTakers) return;
    // Room after room, so that those of one call are on their way together.
    const seats = [...this.#sessions.seats()].sort((a, b) => a.room.createdAt - b.room.createdAt);
    for (const seat of seats) {
      if (this.#moving.size >= AT_A_TIME) return;
      if (!this.#told.has(seat) && seat.session && !seat.peer.closed) this.#move(seat);
    }
  }

  #move(seat: Seat): void {
    this.#told.add(seat);
    const ticket = `${this.#cluster.nodes.self.id}.${randomBytes(24).toString('base64url')}`;
    this.#tickets.set(ticket, seat);
    this.#moving.set(seat, ticket);
    const goOn = (): void => {
      clearTimeout(turn);
      this.#moving.delete(seat);
      this.#next();
    };
    const turn = setTimeout(() => {
      this.#stayed.add(seat);
      if (this.#tickets.has(ticket)) this.#activity.handedOver(false);
      seat.session?.farewell();
      goOn();
    }, TURN).unref();
    seat.peer.once('closed', () => {
      this.#tickets.delete(ticket);
      goOn();
    });
    seat.session?.move();
  }
}
