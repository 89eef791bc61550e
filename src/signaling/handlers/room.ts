import { forbidden, unavailable } from '../../support/errors.ts';
import type { Handlers } from '../dispatch.ts';
import type { PeerSession } from '../PeerSession.ts';
import type { Seat } from '../Sessions.ts';
import type { Recorder } from '../SignalingServer.ts';

/** Requests about the room and the people in it. */
export const roomHandlers: Pick<
  Handlers,
  | 'sendChat'
  | 'updateSelf'
  | 'configureRoom'
  | 'startRecording'
  | 'stopRecording'
  | 'removePeer'
  | 'closeRoom'
> = {
  sendChat(session, { text }) {
    const { peer, room } = session.seat;
    const message = room.sendChat(peer, text);
    return { message };
  },

  updateSelf(session, change) {
    const { peer } = session.seat;
    if (!peer.permissions.canUpdateOwnMetadata)
      throw forbidden('this peer may not change what is said of it');
    peer.update(change);
    return {};
  },

  configureRoom(session, change) {
    assertAdmin(session.seat);
    const { room } = session.seat;
    room.forwarding.configure(change);
    return { forwarding: room.forwarding.settings };
  },

  async startRecording(session) {
    assertAdmin(session.seat);
    const { room, peer } = session.seat;
    const { recordingId, startedAt } = await recordingsOf(session).start(room.name);
    peer.logger.info({ recording: recordingId }, 'a moderator started a recording');
    return { recording: { recordingId, startedAt } };
  },

  async stopRecording(session) {
    assertAdmin(session.seat);
    await recordingsOf(session).end(session.seat.room.name);
    return {};
  },

  async removePeer(session, { peerId }) {
    assertAdmin(session.seat);
    await session.services.shared.removePeer(session.seat.room, peerId);
    return {};
  },

  closeRoom(session) {
    assertAdmin(session.seat);
    session.seat.room.close('roomClosed');
    return {};
  },
};

function recordingsOf({ services }: PeerSession): Recorder {
  if (!services.recordings) throw unavailable('this server does not record');
  return services.recordings;
}

function assertAdmin({ peer }: Seat): void {
  if (!peer.permissions.roomAdmin) throw forbidden('only a room admin may do this');
}
