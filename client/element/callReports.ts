import type { NoticeBoard } from './NoticeBoard.ts';
import type { SessionReports } from './sessionTypes.ts';
import type { RoomSwitchesParts } from './switches/RoomSwitches.ts';
import { text } from './text.ts';
import type { VisitReports } from './visitTypes.ts';

/**
 * What the person, and the page around, are told of a call.
 *
 * @param ownPeerId Undefined until joined.
 */
export function callReports(
  board: NoticeBoard,
  event: VisitReports['event'],
  ownPeerId: () => string | undefined,
): Omit<SessionReports, 'changed' | 'failed' | 'closed'> {
  return {
    told: (sentence) => board.show(sentence),
    peerJoined: ({ peerId, name }) => {
      board.show(text.peerJoined(name));
      event('peerjoined', { peerId, name });
    },
    peerLeft: ({ peerId, name }, reason) => {
      // Whoever went with a server that ends is on the way back.
      if (reason !== 'serverClosed') board.show(text.peerLeft(name));
      event('peerleft', { peerId, name, reason });
    },
    draining: () => board.show(text.draining),
    recordingEnded: (reason) => {
      if (reason !== 'stopped' && reason !== 'roomClosed')
        board.show(text.recordingEnded(reason === 'diskFull'), 'error');
    },
    sharing: ({ name }) => board.show(text.startedSharing(name)),
    chat: ({ peerId, name, text: message, sentAt, to }) => {
      const privateMessage = to !== undefined;
      if (peerId === ownPeerId()) {
        event('outgoingMessage', { message, privateMessage });
        return;
      }
      const announcement = privateMessage ? text.chatAnnouncePrivate : text.chatAnnounce;
      board.announce(announcement(name, message));
      const stamp = new Date(sentAt).toISOString();
      event('incomingMessage', { from: peerId, nick: name, message, privateMessage, stamp });
    },
    deviceEnded: (kind) => board.show(text.mediaEnded(kind), 'error'),
    reconnected: () => board.announce(text.reconnected),
  };
}

/** What the person, and the page around, are told of the switches. @param chose Called when something is worth remembering. */
export function callSwitches(
  board: NoticeBoard,
  { changed, event }: VisitReports,
  chose: () => void,
): Pick<RoomSwitchesParts, 'changed' | 'chose' | 'told' | 'complain' | 'said'> {
  return {
    changed,
    chose,
    told: (sentence) => board.show(sentence),
    complain: (sentence) => board.show(sentence, 'error'),
    said: ({ id, text: said, final, language }, { peerId, name }) =>
      event('transcriptionChunkReceived', {
        language,
        messageID: `${peerId}-${id}`,
        participant: { id: peerId, name },
        final: final ? said : '',
        stable: '',
        unstable: final ? '' : said,
      }),
  };
}
