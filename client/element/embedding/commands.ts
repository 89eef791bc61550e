import type { ErrorCode } from '../../../src/protocol/errors.ts';
import {
  badRequest,
  forbidden,
  invalidState,
  notFound,
  ParleyError,
  unsupported,
} from '../../../src/support/errors.ts';
import type { SessionClient, RoomSession, Toggle } from '../RoomSession.ts';
import type { RoomView } from '../RoomView.ts';
import type { RoomSwitches } from '../switches/RoomSwitches.ts';
import { isVideoQuality, TALLEST } from '../switches/videoQuality.ts';
import type { Visit } from '../Visit.ts';
import type { CommandName } from './commandNames.ts';

/** What commands act on, as it is at that moment. */
export interface CommandTarget {
  visit: Visit | null;
  view: RoomView | null;
}

type Command = (target: CommandTarget, ...args: readonly unknown[]) => Promise<void> | void;

/**
 * What each command does. Arguments come from any page, so each command looks at its own.
 *
 * All reject with `invalidState` where they need a room and there is none, and with `badRequest` for wrong arguments.
 */
const COMMANDS: Record<CommandName, Command> = {
  toggleAudio: (target) => toggle(target, 'audio'),
  toggleVideo: (target) => toggle(target, 'video'),
  toggleShareScreen: (target) => toggle(target, 'screen'),
  toggleChat: (target) => viewOf(target).togglePanel('chat'),
  toggleParticipantsPane: (target) => viewOf(target).togglePanel('people'),
  toggleTileView: (target) => viewOf(target).toggleTileView(),
  toggleRaiseHand: (target) => {
    const client = clientOf(target);
    const isUp = client.state.hands.some(({ isLocal }) => isLocal);
    return isUp ? client.lowerHand() : client.raiseHand();
  },
  muteEveryone: (target, mediaType) => {
    if (mediaType !== undefined && mediaType !== null && mediaType !== 'audio')
      throw unsupported('only microphones are muted all at once');
    return clientOf(target).moderation.muteEveryone();
  },
  displayName: (target, name) => visitOf(target).rename(textOf(name, 'a name', 64)),
  sendChatMessage: async (target, message, to) => {
    const said = textOf(message, 'a message', 4000);
    if (to === undefined || to === null || to === '') await sessionOf(target).sendChat(said);
    else await clientOf(target).sendChat(said, { to: textOf(to, 'a participant’s id', 256) });
  },
  pinParticipant: (target, participantId) => {
    const id = participantId === null ? undefined : participantId;
    if (id !== undefined && typeof id !== 'string')
      throw badRequest('pinParticipant takes a participant’s id');
    const { state } = sessionOf(target);
    if (id && !state?.peers.some((peer) => peer.peerId === id)) throw notFound(`nobody here is ${id}`);
    viewOf(target).pin(id ? { peerId: id } : null);
  },
  setVideoQuality: (target, height) => {
    const lines = height ?? 0;
    if (!isVideoQuality(lines))
      throw badRequest(`setVideoQuality takes a height from 1 to ${TALLEST}, or 0 for no limit`);
    return switchesOf(target).change({ videoQuality: lines });
  },
  setAudioOnly: (target, on) => {
    if (typeof on !== 'boolean') throw badRequest('setAudioOnly takes true or false');
    return switchesOf(target).change({ audioOnly: on });
  },
  toggleSubtitles: (target) => {
    const switches = switchesOf(target);
    return switches.change({ captions: !switches.choice.captions });
  },
  kickParticipant: (target, participantId) =>
    clientOf(target).removePeer(textOf(participantId, 'a participant’s id', 256)),
  startRecording: async (target, options) => {
    const mode = (options as { mode?: unknown } | undefined)?.mode ?? 'file';
    if (mode !== 'file') throw unsupported('this server records to files only');
    await clientOf(target).startRecording();
  },
  stopRecording: (target) => clientOf(target).stopRecording(),
  hangup: (target) => visitOf(target).leave(),
};

/**
 * Does what an embedding page commands; resolves when it is done.
 *
 * @throws ParleyError; where a device or screen could not be had, with the MediaError as its cause.
 */
export async function runCommand(
  target: CommandTarget,
  name: CommandName,
  args: readonly unknown[],
): Promise<void> {
  try {
    await COMMANDS[name](target, ...args);
  } catch (error) {
    throw error instanceof ParleyError ? error : codedError(error);
  }
}

/** A MediaError with a code, as everything else that a command rejects with. */
function codedError(error: unknown): ParleyError {
  const { reason, message } = error as { reason?: unknown; message?: unknown };
  const code = typeof reason === 'string' ? (MEDIA_CODES[reason] ?? 'unavailable') : 'internal';
  return new ParleyError(code, typeof message === 'string' ? message : String(error), { cause: error });
}

const MEDIA_CODES: Partial<Record<string, ErrorCode>> = {
  denied: 'forbidden',
  cancelled: 'forbidden',
  insecure: 'forbidden',
  notFound: 'notFound',
  overconstrained: 'notFound',
  unsupported: 'unsupported',
};

async function toggle(target: CommandTarget, what: Toggle): Promise<void> {
  const visit = visitOf(target);
  const session = visit.session?.state ? visit.session : null;
  if (what === 'screen' && !session) throw invalidState('a screen can be shared in a room only');
  if (session && !session.allowed(what))
    throw forbidden(`the token does not let this person publish ${what}`);
  // Such as by the first publishing, on the way in.
  await session?.settled(what);
  if (visit.session !== session && session) throw invalidState('not in the room any more');
  const request = { audio: 'toggleAudio', video: 'toggleVideo', screen: 'toggleScreen' } as const;
  await visit.answer({ type: request[what] });
}

function visitOf({ visit }: CommandTarget): Visit {
  if (!visit) throw invalidState('the element is not in a document');
  return visit;
}

function sessionOf(target: CommandTarget): RoomSession {
  const { session } = visitOf(target);
  if (!session?.state) throw invalidState('not in the room');
  return session;
}

/** In the room only, as those that they act on. */
function switchesOf(target: CommandTarget): RoomSwitches {
  sessionOf(target);
  return visitOf(target).switches;
}

function clientOf(target: CommandTarget): SessionClient {
  const { client } = sessionOf(target);
  if (!client) throw invalidState('not in the room');
  return client;
}

function viewOf(target: CommandTarget): RoomView {
  if (!target.view) throw invalidState('not in the room');
  return target.view;
}

function textOf(value: unknown, what: string, longest: number): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > longest)
    throw badRequest(`this takes ${what}, of 1 to ${longest} characters`);
  return value.trim();
}
