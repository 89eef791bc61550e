import type { AccessTokens, Grant } from '../access/AccessTokens.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { ClientPlacement } from '../cluster/ClientPlacement.ts';
import type { Drain } from '../cluster/Drain.ts';
import type { SharedRooms } from '../cluster/SharedRooms.ts';
import { VIDEO_CODECS } from '../protocol/models.ts';
import type { Limits } from '../sfu/limits.ts';
import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import { forbidden, invalidState, notFound, unauthorized } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';
import { digestOf, HttpSession, type Patched } from './HttpSession.ts';
import { writeAnswer } from './negotiation/answer.ts';
import { readOffer } from './negotiation/offer.ts';
import { readPlaying } from './negotiation/playing.ts';
import { readPublishing } from './negotiation/publishing.ts';
import { ROUTER_CAPABILITIES } from './negotiation/matchCodec.ts';
import { openPlayer } from './openPlayer.ts';
import { Channels } from './play/Channels.ts';
import { select, type Target } from './play/Selection.ts';
import { SessionOrders, type SessionAsker, type SessionOrder, type SessionPlace } from './SessionOrders.ts';
import { WhipProblem } from './WhipProblem.ts';

/** s after which a player should ask again for what is not there yet. */
const RETRY_AFTER = '2';

/** How rooms of this node are entered. */
export interface Entrance {
  shared: Pick<SharedRooms, 'enter'>;
  placement: Pick<ClientPlacement, 'assertHere'>;
}

export interface WhipSessionsParts {
  tokens: Pick<AccessTokens, 'grantFor'>;
  drain: Pick<Drain, 'admit'>;
  /** @throws ParleyError `unavailable` while the server starts. */
  entrance: () => Entrance;
  /** Nodes to which a load balancer may bring what is asked of a session of this one. */
  cluster: Pick<Cluster, 'nodes' | 'bus'>;
  limits: Limits;
  logger: Logger;
}

/** What somebody asks who wants to publish or play. */
export interface SessionRequest {
  room: string;
  token: string | undefined;
  /** As it wants to be called, where its token does not say. */
  name: string | undefined;
  /** SDP. */
  offer: string;
  /** Whether nobody waits for the answer any more. */
  isGone: () => boolean;
}

interface Begun {
  session: HttpSession;
  answer: string;
}

export interface OpenedSession extends Begun {
  /** As its URL has it. */
  id: string;
}

/** The sessions of WHIP senders (RFC 9725) and WHEP players (draft-ietf-wish-whep-03) on this node. */
export class WhipSessions {
  readonly #parts: WhipSessionsParts;
  readonly #sessions = new Map<string, { session: HttpSession; room: string; kind: 'whip' | 'whep' }>();
  readonly #channels = new Channels();
  readonly #orders: SessionOrders;

  constructor(parts: WhipSessionsParts) {
    this.#parts = parts;
    this.#orders = new SessionOrders(parts.cluster, (place, asker) => this.#find(place, asker));
  }

  get size(): number {
    return this.#sessions.size;
  }

  /**
   * A sender becomes a peer of the room that publishes what it offers.
   *
   * @throws WhipProblem 400 or 406 for the offer; ParleyError as `AccessTokens.grantFor`, `Room.join` and `Room.produce`,
   * `forbidden` without the right to publish, `redirected` where another node is to serve it.
   */
  async publish(request: SessionRequest): Promise<OpenedSession> {
    const grant = await this.#parts.tokens.grantFor(request.room, request.token);
    if (!grant.permissions.canPublish) throw forbidden('this token does not let its bearer publish');
    const offer = readOffer(request.offer);
    // Once more in the room, whose codec may be another one; what cannot be taken is refused before anybody notices.
    readPublishing(offer, ROUTER_CAPABILITIES, VIDEO_CODECS[0]);
    return this.#enter('whip', request, grant, async (room, peer) => {
      const { tracks, answer } = readPublishing(offer, ROUTER_CAPABILITIES, room.forwarding.videoCodec);
      const { send: transport } = peer.transports;
      for (const track of tracks)
        await room.produce(peer, { transportId: transport.id, paused: false, ...track });
      await peer.transports.connect(transport.id, offer.dtls);
      const { iceParameters, iceCandidates, dtlsParameters } = transport;
      return {
        session: new HttpSession({ peer, transport, offer, token: request.token }),
        answer: writeAnswer(offer, answer, { iceParameters, iceCandidates, dtlsParameters }),
      };
    });
  }

  /**
   * A player becomes a peer of the room that only receives: a participant, or whoever speaks.
   *
   * @param target Peer id or identity; undefined for whoever speaks.
   * @throws WhipProblem as `publish`, and 409 while there is nothing to be played; ParleyError as `publish`, `forbidden`
   * without the right to subscribe.
   */
  async play(request: SessionRequest, target: Target): Promise<OpenedSession> {
    const grant = await this.#parts.tokens.grantFor(request.room, request.token);
    if (!grant.permissions.canSubscribe) throw forbidden('this token does not let its bearer subscribe');
    const offer = readOffer(request.offer);
    readPlaying(offer, VIDEO_CODECS);
    const receiving = { ...grant, permissions: { ...grant.permissions, canPublish: false } };
    return this.#enter(
      'whep',
      request,
      receiving,
      async (room, peer) => {
        const playing = readPlaying(offer, wantedCodecs(room, target));
        peer.consumers.capabilities.set(playing.rtpCapabilities);
        const { limits } = this.#parts;
        const channels = this.#channels;
        const opened = await openPlayer({ room, peer, target, offer, playing, channels, limits });
        const { transport, answer } = opened;
        return { session: new HttpSession({ peer, transport, offer, token: request.token }), answer };
      },
      (room) => assertLive(room, target),
    );
  }

  /**
   * Does to a session what its client asks, whichever node has it.
   *
   * @throws WhipProblem and ParleyError as `SessionOrders.give`.
   */
  async order(place: SessionPlace, token: string | undefined, what: SessionOrder): Promise<Patched> {
    if (token === undefined) return this.#orders.give(place, {}, what);
    // A token that was renewed meanwhile speaks for the same participant; one that has expired, for its own session.
    const grant = await this.#parts.tokens.grantFor(place.room, token).catch(() => undefined);
    const identity = grant?.identity === undefined ? {} : { identity: grant.identity };
    return this.#orders.give(place, { token: digestOf(token), ...identity }, what);
  }

  #find({ kind, room, id }: SessionPlace, { token, identity }: SessionAsker): HttpSession {
    const entry = this.#sessions.get(id);
    if (!entry || entry.kind !== kind || entry.room !== room)
      throw notFound('no such session, or it has ended');
    const { session } = entry;
    if (session.isOf(token) || (identity !== undefined && identity === session.peer.identity)) return session;
    throw unauthorized('the token is not that of this session');
  }

  async #enter(
    kind: 'whip' | 'whep',
    { room: name, token, name: wish, isGone }: SessionRequest,
    grant: Grant,
    open: (room: Room, peer: Peer) => Promise<Begun>,
    check: (room: Room) => void = () => undefined,
  ): Promise<OpenedSession> {
    const { drain, entrance, logger } = this.#parts;
    const { shared, placement } = entrance();
    await placement.assertHere(name, undefined);
    return drain.admit(async () => {
      const room = await shared.enter(name);
      check(room);
      const { peer } = await room.join({
        name: grant.name ?? wish ?? grant.identity ?? 'Guest',
        identity: grant.identity,
        metadata: grant.metadata,
        permissions: grant.permissions,
        data: false,
        unattended: true,
      });
      try {
        const opened = await open(room, peer);
        if (isGone() || peer.closed) throw invalidState('nobody waits for this session any more');
        const { session } = opened;
        this.#sessions.set(session.id, { session, room: name, kind });
        session.once('closed', () => {
          this.#sessions.delete(session.id);
          logger.debug({ room: name, peer: peer.id, kind }, 'session ended');
        });
        peer.logger.info({ kind, token: token !== undefined }, 'session began');
        return { ...opened, id: this.#orders.idOf(session) };
      } catch (error) {
        peer.close('left');
        throw error;
      }
    });
  }
}

/** What is to be played now; a player that comes before it is told to come again. */
function assertLive(room: Room, target: Target): void {
  const { audio, video } = select(room, target);
  if (audio === undefined && video === undefined)
    throw new WhipProblem(
      409,
      target === undefined
        ? 'nobody in this room publishes'
        : 'there is no such participant, or it publishes nothing',
      { headers: { 'Retry-After': RETRY_AFTER } },
    );
}

/** That of what is played now, then those that somebody else may publish with. */
function wantedCodecs(room: Room, target: Target): string[] {
  const { video } = select(room, target);
  const codec = video === undefined ? undefined : room.tracks.get(video)?.codec;
  const others =
    target === undefined || codec === undefined ? [room.forwarding.videoCodec, ...VIDEO_CODECS] : [];
  return [...(codec === undefined ? [] : [codec]), ...others];
}
