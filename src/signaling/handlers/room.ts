import { chatMessage } from '../../sfu/ChatHistory.ts';
import { isHidden } from '../../sfu/roomSnapshot.ts';
import { forbidden, notFound, unavailable } from '../../support/errors.ts';
import type { Handlers } from '../dispatch.ts';
import type { PeerSession } from '../PeerSession.ts';
import type { Seat } from '../Sessions.ts';
import type { Recorder } from '../SignalingServer.ts';

/** Requests about the room and the people in it. */
export const roomHandlers: Pick<
  Handlers,
  'sendChat' | 'updateSelf' | 'configureRoom' | 'startRecording' | 'stopRecording'
> = {
  async sendChat(session, { text, to, replyTo }) {
    const { peer, room } = session.seat;
    if (to === undefined) return { message: room.sendChat(peer, text, replyTo) };
    room.conduct.assertMayWrite(peer);
    if (to === peer.id || isHidden(room, to)) throw notFound('no such peer');
    const reply = replyTo === undefined ? {} : { replyTo };
    const message = chatMessage({ peerId: peer.id, name: peer.name }, text, { to, ...reply });
    await session.services.shared.orders.whisper(room, message, to);
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
};

function recordingsOf({ services }: PeerSession): Recorder {
  if (!services.recordings) throw unavailable('this server does not record');
  return services.recordings;
}

function assertAdmin({ peer }: Seat): void {
  if (!peer.permissions.roomAdmin) throw forbidden('only a room admin may do this');
}
