import type { RoomCloseReason, TokenSource } from '../lib/publicTypes.ts';
import type { ChosenDevices } from './LocalDevices.ts';
import type { Connect } from './RoomSession.ts';

/** What a page may remember for the person's next visit. */
export interface Preferences {
  name: string;
  devices: ChosenDevices;
  audio: boolean;
  video: boolean;
  /** Single letters are shortcuts. */
  shortcuts: boolean;
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
}

export interface VisitOptions {
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
  shortcuts: boolean;
  connect: Connect;
}

export interface VisitReports {
  /** Something to render anew. */
  changed: () => void;
  event: <E extends keyof VisitEvents>(type: E, detail: VisitEvents[E]) => void;
}
