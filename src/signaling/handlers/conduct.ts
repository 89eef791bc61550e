import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { ConductAnswers } from '../../protocol/conductRequests.ts';
import type { PeerInfo } from '../../protocol/models.ts';
import type { PeerOrder } from '../../cluster/PeerOrders.ts';
import { settingsChange } from '../../sfu/conduct/settingsChange.ts';
import { isHidden, peerInfo, peersOf, permissionsOf } from '../../sfu/roomSnapshot.ts';
import { forbidden, invalidState, notFound, ParleyError } from '../../support/errors.ts';
import type { Handlers } from '../dispatch.ts';
import type { PeerSession } from '../PeerSession.ts';
import type { Seat } from '../Sessions.ts';

/** Reactions of one peer: this many in this many seconds. */
const reactions = new RateLimiterMemory({ points: 10, duration: 5 });

/** Requests about who may do what. */
export const conductHandlers: Pick<Handlers, keyof ConductAnswers> = {
  async setHand(session, { raised }) {
    const { peer, room } = session.seat;
    const isRaised = peer.conduct.handRaisedAt !== undefined;
    if (raised !== isRaised)
      await order(session, peer.id, {
        verb: 'stand',
        handRaisedAt: raised ? room.conduct.nextHand : null,
      });
    return {};
  },

  async sendReaction(session, { reaction }) {
    const { peer, room } = session.seat;
    if (!peer.permissions.canPublishData) throw forbidden('this peer may not send messages');
    try {
      await reactions.consume(peer.id);
    } catch {
      throw new ParleyError('rateLimited', 'too many reactions at a time');
    }
    room.conduct.react({ peerId: peer.id, reaction });
    return {};
  },

  async lowerHands(session, { peerIds }) {
    assertHost(session.seat);
    const wanted = peerIds && new Set(peerIds);
    const raised = session.seat.room.conduct.hands.filter(({ peerId }) => wanted?.has(peerId) ?? true);
    await all(raised.map(({ peerId }) => order(session, peerId, { verb: 'stand', handRaisedAt: null })));
    return {};
  },

  async setRole(session, { peerId, role }) {
    assertHost(session.seat);
    const { room } = session.seat;
    const other = find(session, peerId);
    const isLast = peersOf(room).every((one) => one.peerId === peerId || one.role !== 'host');
    if (other.role === 'host' && role !== 'host' && isLast)
      throw invalidState('the last host has to appoint another one first');
    await order(session, peerId, { verb: 'stand', role });
    return {};
  },

  async setSpotlight(session, { peerIds }) {
    assertHost(session.seat);
    const { room } = session.seat;
    const wanted = [...new Set(peerIds)];
    for (const peerId of wanted) find(session, peerId);
    const gone = peersOf(room).filter(
      ({ peerId, spotlightAt }) => spotlightAt !== undefined && !wanted.includes(peerId),
    );
    await all([
      ...gone.map(({ peerId }) => order(session, peerId, { verb: 'stand', spotlightAt: null })),
      ...wanted.map((peerId, index) => order(session, peerId, { verb: 'stand', spotlightAt: index })),
    ]);
    return {};
  },

  async mutePeer(session, { peerId, source }) {
    assertMayAct(session, peerId);
    await order(session, peerId, { verb: 'silence', source });
    return {};
  },

  async muteEveryone(session) {
    assertHost(session.seat);
    const { room, peer } = session.seat;
    await session.services.shared.orders.muteEveryone(room, peer.id);
    return {};
  },

  async askToUnmute(session, { peerId }) {
    assertHost(session.seat);
    find(session, peerId);
    await order(session, peerId, { verb: 'askToUnmute', by: session.seat.peer.id });
    return {};
  },

  async removePeer(session, { peerId }) {
    assertMayAct(session, peerId);
    await session.services.shared.removePeer(session.seat.room, peerId);
    return {};
  },

  closeRoom(session) {
    assertHost(session.seat);
    session.seat.room.close('roomClosed');
    return {};
  },

  async changeSettings(session, change) {
    assertHost(session.seat);
    const { room, peer } = session.seat;
    await session.services.defined.adjust(room, await settingsChange(room.definition, change));
    const { settings } = room.conduct;
    peer.logger.info({ settings }, 'a host changed the settings of the room');
    return { settings };
  },

  async answerKnocks(session, { knockIds, admit }) {
    assertHost(session.seat);
    const answered = await session.services.shared.orders.answerKnocks(session.seat.room, knockIds, admit);
    return { answered };
  },
};

/** @throws ParleyError `forbidden`. */
export function assertHost({ peer }: Seat): void {
  if (peer.conduct.role !== 'host') throw forbidden('only a host may do this');
}

/** Nobody whom the operator made a host is muted or removed by one whom the call did. */
function assertMayAct(session: PeerSession, peerId: string): void {
  assertHost(session.seat);
  find(session, peerId);
  const { peer, room } = session.seat;
  if (permissionsOf(room, peerId)?.roomAdmin && !peer.permissions.roomAdmin)
    throw forbidden('this peer is a host by its token');
}

/** A peer that can be seen. @throws ParleyError `notFound`. */
function find({ seat: { room } }: PeerSession, peerId: string): PeerInfo {
  const info = isHidden(room, peerId) ? undefined : peerInfo(room, peerId);
  if (!info) throw notFound('no such peer');
  return info;
}

function order(session: PeerSession, peerId: string, what: PeerOrder) {
  return session.services.orders.give(session.seat.room, peerId, what);
}

/** All is tried before one that failed is told of; who left meanwhile needs nothing. */
async function all(work: readonly Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(work)) {
    if (one.status === 'fulfilled') continue;
    const error: unknown = one.reason;
    if (!(error instanceof ParleyError && error.code === 'notFound')) throw error;
  }
}
