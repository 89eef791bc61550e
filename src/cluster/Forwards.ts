import { ForwardedPeer } from '../sfu/ForwardedPeer.ts';
import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import { badRequest, invalidState, ParleyError } from '../support/errors.ts';

/** Who stands for somebody in the room that he is forwarded to. */
export interface StandIn {
  peerId: string;
  joinedAt: number;
}

/** Where somebody is to be forwarded to; `moved`: as whom he was, from another node. */
export interface ForwardRequest {
  room: string;
  moved?: StandIn | undefined;
}

/** Has it asked of the node that has the peer now. */
type HandOver = (from: Room, peerId: string, request: { room: string; moved: StandIn }) => Promise<void>;

/** The participants of this node who are forwarded to other rooms. */
export class Forwards {
  readonly #enter: (room: string) => Promise<Room>;
  readonly #handOver: HandOver;
  /** By the name of the other room. */
  readonly #forwarded = new WeakMap<Peer, Map<string, Promise<ForwardedPeer>>>();

  /** @param enter Opens a room, once it is known who is in it. */
  constructor(enter: (room: string) => Promise<Room>, handOver: HandOver) {
    this.#enter = enter;
    this.#handOver = handOver;
  }

  /**
   * Has a participant heard and seen in another room too, which is made when it is not there. Idempotent.
   *
   * @throws ParleyError `badRequest` for the room that it is in, `invalidState` for somebody who is forwarded himself, so
   * that there are no circles, `conflict` where somebody of the same identity is in the other room; and as `Room.join`.
   */
  async forward(from: Room, source: Peer, request: ForwardRequest): Promise<void> {
    if (request.room === from.name) throw badRequest('the participant is in that room');
    if (source.isForwarded)
      throw invalidState('this participant is forwarded itself: only the room that it is in may forward it');
    const forwarded = this.#forwarded.get(source) ?? new Map<string, Promise<ForwardedPeer>>();
    this.#forwarded.set(source, forwarded);
    let opening = forwarded.get(request.room);
    if (!opening) {
      opening = this.#open(from, source, request);
      forwarded.set(request.room, opening);
      const forget = (): void => void forwarded.delete(request.room);
      opening.then((opened) => (opened.closed ? forget() : opened.once('closed', forget)), forget);
    }
    await opening;
  }

  async #open(from: Room, source: Peer, { room: name, moved }: ForwardRequest): Promise<ForwardedPeer> {
    const room = await this.#enter(name);
    const forwarded = await ForwardedPeer.open({ source, from, room, moved });
    const { logger } = source;
    forwarded.on('sourceMoved', () => void this.#moved(forwarded, from, source, room));
    forwarded.once('closed', () => logger.info({ to: name }, 'not forwarded any more'));
    logger.info({ to: name }, 'forwarded to another room');
    // It may have moved while its tracks were published.
    if (source.closed && !forwarded.closed) void this.#moved(forwarded, from, source, room);
    return forwarded;
  }

  /** The node that it moved to goes on with it, as somebody who moved there in the other room as well. Never rejects. */
  async #moved(forwarded: ForwardedPeer, from: Room, source: Peer, room: Room): Promise<void> {
    const { id: peerId, joinedAt } = forwarded.peer;
    try {
      await this.#handOver(from, source.id, { room: room.name, moved: { peerId, joinedAt } });
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      source.logger.warn({ error, to: room.name }, 'another node does not go on forwarding');
    } finally {
      forwarded.close('left');
    }
  }
}
