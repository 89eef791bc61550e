import type { PeerState } from '../../lib/publicTypes.ts';
import { publicationOf } from '../placement.ts';
import type { Arrangement } from '../requests.ts';
import type { Visit } from '../Visit.ts';
import { NOTHING_KNOWN, type Participant, type RoomElementEvents, type RoomSummary } from './contract.ts';

/** What an embedder may know of a visit, and of how its room is arranged on the screen. */
export function summaryOf(
  visit: Visit | null,
  room: string,
  arrangement: Arrangement,
  unreadMessages: number,
): RoomSummary {
  if (!visit) return { ...NOTHING_KNOWN, room };
  const { session, local, status, name } = visit;
  const state = session?.state;
  if (!state) {
    return {
      ...NOTHING_KNOWN,
      status,
      room,
      displayName: name,
      audioMuted: !local.wanted('microphone'),
      videoMuted: !local.wanted('camera'),
    };
  }
  const participants = state.peers.map(participantOf);
  const self = participants.find((participant) => participant.local);
  return {
    status,
    room: state.room,
    participantId: state.peerId,
    displayName: self?.displayName ?? name,
    audioMuted: self?.audioMuted ?? true,
    videoMuted: self?.videoMuted ?? true,
    sharingScreen: self?.sharingScreen ?? false,
    participants,
    dominantSpeaker: state.dominantPeerId,
    pinned: arrangement.pinned?.peerId ?? null,
    tileView: arrangement.layout === 'grid' && arrangement.pinned === null,
    chatOpen: arrangement.panel === 'chat',
    unreadMessages,
    participantsOpen: arrangement.panel === 'people',
    recording: state.recording !== null,
    moderator: state.role === 'host',
    videoQuality: visit.switches.choice.videoQuality,
    audioOnly: visit.switches.audioOnly,
    captions: visit.switches.choice.captions,
  };
}

function participantOf(peer: PeerState): Participant {
  const isOn = (source: 'microphone' | 'camera' | 'screen'): boolean => {
    const publication = publicationOf(peer, source);
    return publication !== undefined && !publication.paused;
  };
  return {
    participantId: peer.peerId,
    displayName: peer.name,
    local: peer.isLocal,
    audioMuted: !isOn('microphone'),
    videoMuted: !isOn('camera'),
    sharingScreen: isOn('screen'),
    handRaised: peer.handRaisedAt ?? 0,
  };
}

/** An event and what it tells. */
export type Told = {
  [E in keyof RoomElementEvents]: [name: E, detail: RoomElementEvents[E]];
}[keyof RoomElementEvents];

/** What happened between two summaries, as Jitsi's external API tells it. */
export function eventsBetween(before: RoomSummary, after: RoomSummary): Told[] {
  const wasIn = before.participantId !== '';
  const isIn = after.participantId !== '';
  const changedRoom = wasIn && isIn && before.room !== after.room;
  const events: Told[] = [];
  if (wasIn && (!isIn || changedRoom)) events.push(['videoConferenceLeft', { roomName: before.room }]);
  if (wasIn && !isIn) events.push(['readyToClose', {}]);
  if (isIn && (!wasIn || changedRoom)) {
    const { room, participantId, displayName } = after;
    events.push(['videoConferenceJoined', { roomName: room, id: participantId, displayName }]);
  }
  if (isIn) events.push(...comings(changedRoom ? [] : before.participants, after.participants));
  const differs = (key: keyof RoomSummary): boolean => before[key] !== after[key];
  if (differs('audioMuted')) events.push(['audioMuteStatusChanged', { muted: after.audioMuted }]);
  if (differs('videoMuted')) events.push(['videoMuteStatusChanged', { muted: after.videoMuted }]);
  if (differs('sharingScreen')) events.push(['screenSharingStatusChanged', { on: after.sharingScreen }]);
  if (differs('recording')) events.push(['recordingStatusChanged', { on: after.recording }]);
  if (differs('tileView')) events.push(['tileViewChanged', { enabled: after.tileView }]);
  if (differs('chatOpen') || differs('unreadMessages')) {
    events.push(['chatUpdated', { isOpen: after.chatOpen, unreadCount: after.unreadMessages }]);
  }
  if (differs('videoQuality')) events.push(['videoQualityChanged', { videoQuality: after.videoQuality }]);
  if (differs('audioOnly')) events.push(['audioOnlyChanged', { audioOnlyChanged: after.audioOnly }]);
  if (differs('dominantSpeaker') && after.dominantSpeaker !== null) {
    events.push(['dominantSpeakerChanged', { id: after.dominantSpeaker }]);
  }
  return events;
}

/** Of the others; whoever was there first is told as having joined too, as Jitsi does. */
function comings(before: readonly Participant[], after: readonly Participant[]): Told[] {
  const known = new Map(before.map((participant) => [participant.participantId, participant]));
  const events: Told[] = [];
  for (const { participantId: id, displayName, local, handRaised } of after) {
    const former = known.get(id);
    known.delete(id);
    if (!former && !local) events.push(['participantJoined', { id, displayName }]);
    if (former && former.displayName !== displayName)
      events.push(['displayNameChange', { id, displayname: displayName }]);
    if ((former?.handRaised ?? 0) !== handRaised) events.push(['raiseHandUpdated', { id, handRaised }]);
  }
  for (const { participantId: id, local } of known.values()) {
    if (!local) events.push(['participantLeft', { id }]);
  }
  return events;
}
