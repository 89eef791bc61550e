import type { RoomCloseReason, TokenSource } from '../lib/publicTypes.ts';
import type { ChosenDevices } from './LocalDevices.ts';
import type { Request } from './requests.ts';
import type { Connect } from './RoomSession.ts';
import type { StageChoice } from './stage/stageChoice.ts';
import type { SwitchChoice } from './switches/switchChoice.ts';

/** How the person has the element itself. */
export interface Manner {
  /** Single letters are shortcuts. */
  shortcuts: boolean;
  /** What happens in the room can be heard. */
  sounds: boolean;
  /** The language that the person chose (BCP 47); empty: the browser's. */
  language: string;
}

/** What a request changes of it. */
export function mannerOf(
  request: Extract<Request, { type: 'useShortcuts' | 'useSounds' | 'useLanguage' }>,
): Partial<Manner> {
  if (request.type === 'useLanguage') return { language: request.tag };
  return request.type === 'useSounds' ? { sounds: request.on } : { shortcuts: request.on };
}

/** What a page may remember for the person's next visit. */
export interface Preferences extends Manner {
  name: string;
  devices: ChosenDevices;
  audio: boolean;
  video: boolean;
  /** How the participants are shown. */
  stage: StageChoice;
  /** The microphone is sent without its noise. */
  noiseFilter: boolean;
  switches: SwitchChoice;
}

/** What happens during a visit, as `<parley-room>` tells it to the page. */
export interface VisitEvents {
  joined: { room: string; peerId: string };
  left: { reason: RoomCloseReason };
  peerjoined: { peerId: string; name: string };
  peerleft: { peerId: string; name: string; reason: string };
  error: { code: string; message: string };
  preferenceschanged: Preferences;
  /** Of somebody else; `stamp` as in ISO 8601. */
  incomingMessage: { from: string; nick: string; message: string; privateMessage: boolean; stamp: string };
  outgoingMessage: { message: string; privateMessage: boolean };
  /** Of anybody, the person included; `unstable` while it is being said. */
  transcriptionChunkReceived: {
    language: string;
    messageID: string;
    participant: { id: string; name: string };
    final: string;
    stable: string;
    unstable: string;
  };
}

export interface VisitOptions extends Manner {
  url: string;
  room: string;
  name: string;
  token: string;
  /** Where one is had that is good at the moment; null: there is only `token`, if that. */
  tokenSource: TokenSource | null;
  audio: boolean;
  video: boolean;
  autojoin: boolean;
  devices: ChosenDevices;
  stage: StageChoice;
  noiseFilter: boolean;
  switches: SwitchChoice;
  /** Begin without the others' pictures. */
  audioOnly: boolean;
  connect: Connect;
}

export interface VisitReports {
  /** Something to render anew. */
  changed: () => void;
  event: <E extends keyof VisitEvents>(type: E, detail: VisitEvents[E]) => void;
}
