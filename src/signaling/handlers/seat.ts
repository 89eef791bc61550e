import type { ParsedRequest } from '../../protocol/requests.ts';
import type { PeerOptions } from '../../sfu/Peer.ts';
import { roomSnapshot } from '../../sfu/roomSnapshot.ts';
import { invalidState, notFound } from '../../support/errors.ts';
import type { Grant } from '../AccessTokens.ts';
import type { Handlers } from '../dispatch.ts';
import type { SignalingServices } from '../SignalingServer.ts';

/** Requests by which a socket takes or gives up a peer. */
export const seatHandlers: Pick<Handlers, 'join' | 'resume' | 'leave'> = {
  async join(session, request, isLate) {
    if (session.seated) throw invalidState('this socket has joined already');
    const { services } = session;
    const { room, peer, media, grant } = await services.drain.admit(async () => {
      const entering = await whoEnters(services, request);
      const entered = await services.shared.enter(request.room);
      return { room: entered, grant: entering.grant, ...(await entered.join(entering.options)) };
    });
    if (session.closed || isLate()) {
      peer.close('left');
      throw invalidState('nobody waits for this join any more');
    }
    const seat = services.sessions.create(peer, room, grant);
    return () => {
      if (peer.closed) throw invalidState('removed while joining');
      session.sit(seat);
      return {
        peerId: peer.id,
        sessionToken: seat.sessionToken,
        gracePeriod: services.rooms.limits.gracePeriod,
        permissions: peer.permissions,
        snapshot: { ...roomSnapshot(room), mediaEpoch: peer.mediaEpoch },
        media: { ...media, iceServers: services.iceServers },
      };
    };
  },

  async resume(session, { sessionToken, mediaEpoch }) {
    if (session.seated) throw invalidState('this socket has joined already');
    const { services } = session;
    const seat = services.sessions.find(sessionToken);
    if (!seat) throw notFound('no such session, or its grace period is over');
    const { peer, room } = seat;
    const isCurrent = () => peer.mediaEpoch === mediaEpoch;
    const iceParameters = isCurrent() ? await peer.transports.restartAllIce() : {};
    if (session.closed || peer.closed) throw notFound('the session ended meanwhile');
    return () => {
      if (peer.closed) throw notFound('the session ended meanwhile');
      session.sit(seat);
      peer.logger.info('session resumed');
      return {
        snapshot: { ...roomSnapshot(room), mediaEpoch: peer.mediaEpoch },
        permissions: peer.permissions,
        consumerIds: peer.consumers.ids(),
        iceParameters: isCurrent() ? iceParameters : {},
        iceServers: services.iceServers,
      };
    };
  },

  leave(session) {
    session.seat.peer.close('left');
    return {};
  },
};

/** Who somebody is that joins, by ticket, by token, or by its own word; and what its token said, if it has one. */
async function whoEnters(
  { handoffs, tokens }: SignalingServices,
  { room, ticket, token, name, metadata, data }: ParsedRequest<'join'>,
): Promise<{ options: PeerOptions; grant: Grant | undefined }> {
  if (ticket !== undefined) return handoffs.take(room, ticket);
  const grant = await tokens.grantFor(room, token);
  const options: PeerOptions = {
    name: grant.name ?? name ?? grant.identity ?? 'Guest',
    identity: grant.identity,
    metadata: grant.metadata ?? metadata,
    permissions: grant.permissions,
    data,
  };
  return { options, grant: token === undefined ? undefined : grant };
}
