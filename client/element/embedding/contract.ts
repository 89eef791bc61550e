import type { ConnectionStatus, RoomCloseReason } from '../../lib/publicTypes.ts';
import type { ChosenDevices } from '../LocalDevices.ts';
import type { StageChoice } from '../stage/stageChoice.ts';
import type { SwitchChoice } from '../switches/switchChoice.ts';
import type { Preferences, VisitEvents } from '../visitTypes.ts';

/** A button of the embedding page in the room's toolbar. */
export interface ToolbarButton {
  /** What `toolbarButtonClicked` says; one of a kind. */
  key: string;
  /** Shown where there is no icon, read out where there is one. */
  text: string;
  /** A `data:image/…` URL. */
  icon?: string;
}

/** What `<parley-room>` is set up with, however it is embedded: plain data, so that it can be posted. */
export interface RoomSetup {
  room: string;
  name: string;
  token: string;
  /** The embedder gives tokens when it is asked. */
  asksForTokens: boolean;
  autojoin: boolean;
  audio: string;
  video: string;
  theme: 'auto' | 'light' | 'dark';
  shortcuts: 'focus' | 'page' | 'off';
  /** A tag (BCP 47); empty: the browser's. */
  lang: string;
  sounds: string;
  devices: ChosenDevices;
  /** This and the next three are absent where the page has the script of an older server. */
  stage?: StageChoice;
  noiseFilter?: boolean;
  switches?: SwitchChoice;
  audioOnly?: boolean;
  buttons: readonly ToolbarButton[];
  /** Custom properties, such as `--parley-accent`. */
  look: Readonly<Record<string, string>>;
}

/** What of it counts at once; the rest counts from the next visit on. */
export type SetupChange = Partial<
  Pick<RoomSetup, 'theme' | 'shortcuts' | 'lang' | 'sounds' | 'buttons' | 'look'>
>;

export interface Participant {
  participantId: string;
  displayName: string;
  /** The person in front of this page. */
  local: boolean;
  audioMuted: boolean;
  videoMuted: boolean;
  sharingScreen: boolean;
  /** When the hand was raised, in ms since the epoch; 0: it is not. */
  handRaised: number;
}

/** What an embedder may know of the room at any time. */
export interface RoomSummary {
  status: 'prejoin' | ConnectionStatus;
  room: string;
  /** Empty before the first join. */
  participantId: string;
  displayName: string;
  audioMuted: boolean;
  videoMuted: boolean;
  sharingScreen: boolean;
  /** In order of arrival; empty outside the room. */
  participants: readonly Participant[];
  dominantSpeaker: string | null;
  pinned: string | null;
  tileView: boolean;
  chatOpen: boolean;
  unreadMessages: number;
  participantsOpen: boolean;
  recording: boolean;
  /** The person may moderate the room. */
  moderator: boolean;
  /** Lines that a received picture has at most; 0: no limit. */
  videoQuality: number;
  /** The person wants no pictures of the others. */
  audioOnly: boolean;
  /** Captions are shown. */
  captions: boolean;
}

export const NOTHING_KNOWN: RoomSummary = {
  status: 'prejoin',
  room: '',
  participantId: '',
  displayName: '',
  audioMuted: true,
  videoMuted: true,
  sharingScreen: false,
  participants: [],
  dominantSpeaker: null,
  pinned: null,
  tileView: false,
  chatOpen: false,
  unreadMessages: 0,
  participantsOpen: false,
  recording: false,
  moderator: false,
  videoQuality: 0,
  audioOnly: false,
  captions: false,
};

/** Parley's own events, and those under the names that Jitsi's external API has. */
export interface RoomElementEvents {
  joined: { room: string; peerId: string };
  left: { reason: RoomCloseReason };
  peerjoined: { peerId: string; name: string };
  peerleft: { peerId: string; name: string; reason: string };
  error: { code: string; message: string };
  preferenceschanged: Preferences;
  videoConferenceJoined: { roomName: string; id: string; displayName: string };
  videoConferenceLeft: { roomName: string };
  readyToClose: Record<string, never>;
  participantJoined: { id: string; displayName: string };
  participantLeft: { id: string };
  displayNameChange: { id: string; displayname: string };
  audioMuteStatusChanged: { muted: boolean };
  videoMuteStatusChanged: { muted: boolean };
  screenSharingStatusChanged: { on: boolean };
  dominantSpeakerChanged: { id: string };
  tileViewChanged: { enabled: boolean };
  chatUpdated: { isOpen: boolean; unreadCount: number };
  recordingStatusChanged: { on: boolean };
  videoQualityChanged: { videoQuality: number };
  /** Named as in Jitsi: whether it is audio only from now on. */
  audioOnlyChanged: { audioOnlyChanged: boolean };
  /** `handRaised`: when, in ms since the epoch; 0: it is down. */
  raiseHandUpdated: { id: string; handRaised: number };
  transcriptionChunkReceived: VisitEvents['transcriptionChunkReceived'];
  incomingMessage: { from: string; nick: string; message: string; privateMessage: boolean; stamp: string };
  outgoingMessage: { message: string; privateMessage: boolean };
  errorOccurred: { name: string; message: string; isFatal: boolean };
  toolbarButtonClicked: { key: string };
}

export type RoomElementEvent = keyof RoomElementEvents;

/** Whoever embeds the element: hears all of it, in order. */
export interface RoomFollower {
  /** Comes before the events that it causes. */
  summary: (summary: RoomSummary) => void;
  event: (name: RoomElementEvent, detail: unknown) => void;
}
