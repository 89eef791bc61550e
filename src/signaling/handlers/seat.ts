import { roomSnapshot } from '../../sfu/roomSnapshot.ts';
import { invalidState, notFound } from '../../support/errors.ts';
import type { Handlers } from '../dispatch.ts';

/** Requests by which a socket takes or gives up a peer. */
export const seatHandlers: Pick<Handlers, 'join' | 'resume' | 'leave'> = {
  async join(session, { room: roomName, name, token, metadata, data, region, placed }, isLate) {
    if (session.seated) throw invalidState('this socket has joined already');
    const { services } = session;
    const grant = await services.tokens.grantFor(roomName, token);
    if (!placed) await services.placement.assertHere(roomName, region);
    const { room, peer, media } = await services.drain.admit(async () => {
      const entered = await services.shared.enter(roomName);
      const joined = await entered.join({
        name: grant.name ?? name ?? grant.identity ?? 'Guest',
        identity: grant.identity,
        metadata: grant.metadata ?? metadata,
        permissions: grant.permissions,
        data,
      });
      return { room: entered, ...joined };
    });
    if (session.closed || isLate()) {
      peer.close('left');
      throw invalidState('nobody waits for this join any more');
    }
    const seat = services.sessions.create(peer, room, token === undefined ? undefined : grant);
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
