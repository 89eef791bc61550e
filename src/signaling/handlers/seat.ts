import type { ParsedRequest } from '../../protocol/requests.ts';
import type { PeerOptions } from '../../sfu/peerParts.ts';
import { mergedAttributes } from '../../sfu/peerChange.ts';
import { roomSnapshot } from '../../sfu/roomSnapshot.ts';
import { invalidState, notFound, unavailable } from '../../support/errors.ts';
import type { Grant } from '../../access/AccessTokens.ts';
import type { Handlers } from '../dispatch.ts';

/** Requests by which a socket takes or gives up a peer. */
export const seatHandlers: Pick<Handlers, 'join' | 'knock' | 'resume' | 'leave'> = {
  async join(session, request, isLate) {
    if (session.seated) throw invalidState('this socket has joined already');
    const { services, cameAt } = session;
    const { room: roomName, token, ticket, region, placed, proof } = request;
    const known = ticket === undefined ? await services.tokens.grantFor(roomName, token) : undefined;
    if (known && !placed) await services.placement.assertHere(roomName, region);
    const { room, peer, media, grant } = await services.drain.admit(async () => {
      const entering = known
        ? { options: optionsOf(known, request), grant: token === undefined ? undefined : known }
        : await services.handoffs.take(roomName, ticket ?? '');
      const entered = await services.shared.enter(roomName);
      const options = { ...entering.options, formerly: services.tokens.proofs.read(roomName, proof) };
      if (known) await services.doorkeeper.admit(entered, options, request, session.address);
      const joined = await entered.join({ ...options, admitted: true });
      return { room: entered, grant: entering.grant, ...joined };
    });
    if (session.closed || isLate()) {
      peer.close('left');
      throw invalidState('nobody waits for this join any more');
    }
    const seat = services.sessions.create(peer, room, grant);
    return () => {
      if (peer.closed) throw invalidState('removed while joining');
      session.sit(seat);
      services.activity.peerJoined(peer, cameAt);
      return {
        peerId: peer.id,
        sessionToken: seat.sessionToken,
        proof: services.tokens.proofs.issue(room.name, peer.id),
        gracePeriod: services.rooms.limits.gracePeriod,
        permissions: peer.permissions,
        snapshot: { ...roomSnapshot(room, peer.id), mediaEpoch: peer.mediaEpoch },
        media: { ...media, iceServers: services.iceServersFor(peer.id) },
      };
    };
  },

  async knock(session, request, isLate) {
    if (session.seated) throw invalidState('this socket has joined already');
    const { services } = session;
    const { room: roomName, token, proof } = request;
    const grant = await services.tokens.grantFor(roomName, token);
    if (services.drain.begun) throw unavailable('the server is about to end; try again in a moment');
    const room = await services.shared.enter(roomName);
    const formerly = services.tokens.proofs.read(roomName, proof);
    const comer = { ...optionsOf(grant, { ...request, data: false }), formerly };
    const knock = await services.doorkeeper.knock(room, comer, request, session.address);
    if (session.closed || isLate()) {
      knock.hold()();
      throw invalidState('nobody waits for this answer any more');
    }
    return () => {
      session.waitsFor(knock);
      return { knock: services.shared.orders.knockOf(knock.token), endsIn: knock.endsIn };
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
        snapshot: { ...roomSnapshot(room, peer.id), mediaEpoch: peer.mediaEpoch },
        permissions: peer.permissions,
        consumerIds: peer.consumers.ids(),
        iceParameters: isCurrent() ? iceParameters : {},
        iceServers: services.iceServersFor(peer.id),
      };
    };
  },

  async leave(session) {
    if (session.stopWaiting()) return {};
    const { seat, services } = session;
    await services.handoffs.arrived(seat);
    seat.peer.close('left');
    return {};
  },
};

/** Who somebody is that joins, by its token and its own word. */
function optionsOf(
  grant: Grant,
  {
    name,
    metadata,
    attributes,
    data,
  }: Pick<ParsedRequest<'join'>, 'name' | 'metadata' | 'attributes' | 'data'>,
): PeerOptions {
  return {
    name: grant.name ?? name ?? grant.identity ?? 'Guest',
    identity: grant.identity,
    metadata: grant.metadata ?? metadata,
    attributes: grant.attributes ?? mergedAttributes({}, attributes ?? {}),
    permissions: grant.permissions,
    data,
  };
}
