import type { PeerCloseReason, Permissions } from '../../src/protocol/models.ts';
import { conductChanges } from './conductChanges.ts';
import { samePerson, sameQuality } from './peerState.ts';
import type { PeerState, PublicationState, RoomEvents, RoomState } from './publicTypes.ts';

/** One event with its arguments. */
export type RoomChange = {
  [E in keyof RoomEvents]: readonly [event: E, ...args: RoomEvents[E]];
}[keyof RoomEvents];

/**
 * The events that lead from one state to the next.
 *
 * Derived from the states alone, so a snapshot after a lost socket tells exactly what was missed and
 * nothing twice. `leftReason` is what the server said, where it said it.
 */
export function roomChanges(
  previous: RoomState,
  next: RoomState,
  leftReason: PeerCloseReason = 'left',
): RoomChange[] {
  if (previous === next) return [];
  const changes: RoomChange[] = [['stateChanged', next, previous]];
  if (previous.room !== next.room && previous.peerId !== '') changes.push(['roomChanged', next.room]);
  // What is there on arrival is in the state already; it did not happen now.
  if (previous.peerId !== '') {
    changes.push(...peerChanges(previous, next, leftReason));
    const known = new Set(previous.chat.map((message) => message.messageId));
    for (const message of next.chat)
      if (!known.has(message.messageId)) changes.push(['chatMessage', message]);
    if (previous.dominantPeerId !== next.dominantPeerId) {
      changes.push([
        'activeSpeakerChanged',
        next.peers.find((p) => p.peerId === next.dominantPeerId) ?? null,
      ]);
    }
  }
  if (previous.permissions !== next.permissions && previous.peerId !== '' && !samePermissions(previous, next))
    changes.push(['permissionsChanged', next.permissions]);
  if (previous.metadata !== next.metadata && previous.peerId !== '')
    changes.push(['roomUpdated', next.metadata]);
  if (previous.peerId !== '') changes.push(...conductChanges(previous, next));
  if (previous.audioOnly !== next.audioOnly) changes.push(['audioOnlyChanged', next.audioOnly]);
  if (previous.recording?.recordingId !== next.recording?.recordingId)
    changes.push(['recordingChanged', next.recording, next.recordingEndReason]);
  if (previous.trouble !== next.trouble) changes.push(['troubleChanged', next.trouble]);
  if (previous.status !== next.status) changes.push(['statusChanged', next.status]);
  if (previous.closeReason === null && next.closeReason !== null) changes.push(['closed', next.closeReason]);
  return changes;
}

function samePermissions({ permissions: one }: RoomState, { permissions: other }: RoomState): boolean {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])] as (keyof Permissions)[];
  return names.every((name) => String(one[name] ?? false) === String(other[name] ?? false));
}

function peerChanges(previous: RoomState, next: RoomState, leftReason: PeerCloseReason): RoomChange[] {
  if (previous.peers === next.peers) return [];
  const changes: RoomChange[] = [];
  // The local peer stays itself even when it had to join anew under another id.
  const key = (peer: PeerState): string => (peer.isLocal ? '' : peer.peerId);
  const before = new Map(previous.peers.map((peer) => [key(peer), peer]));
  const after = new Map(next.peers.map((peer) => [key(peer), peer]));

  for (const [id, peer] of before) {
    if (after.has(id) || peer.isLocal) continue;
    for (const publication of peer.publications) changes.push(...publicationGone(publication, peer));
    changes.push(['peerLeft', peer, leftReason]);
  }
  for (const [id, peer] of after) {
    const old = before.get(id);
    if (old === peer) continue;
    if (!old && !peer.isLocal) changes.push(['peerJoined', peer]);
    if (old && !samePerson(old, peer)) changes.push(['peerUpdated', peer]);
    if (old && old.connectionQuality !== peer.connectionQuality)
      changes.push(['connectionQualityChanged', peer]);
    changes.push(...publicationChanges(old?.publications ?? [], peer));
  }
  return changes;
}

function publicationChanges(before: readonly PublicationState[], peer: PeerState): RoomChange[] {
  if (before === peer.publications) return [];
  const changes: RoomChange[] = [];
  const known = new Map(before.map((publication) => [publication.producerId, publication]));
  const present = new Set(peer.publications.map((publication) => publication.producerId));

  for (const publication of before) {
    if (!present.has(publication.producerId)) changes.push(...publicationGone(publication, peer));
  }
  for (const publication of peer.publications) {
    const old = known.get(publication.producerId);
    if (old === publication) continue;
    if (!old) changes.push(['trackPublished', publication, peer]);
    // A local track is there to be shown from the state; nobody subscribes to himself.
    if (!peer.isLocal && old?.track !== publication.track) {
      if (old?.track) changes.push(['trackUnsubscribed', old.track, publication, peer]);
      if (publication.track) changes.push(['trackSubscribed', publication.track, publication, peer]);
    }
    if (old && old.paused !== publication.paused) {
      changes.push([publication.paused ? 'trackMuted' : 'trackUnmuted', publication, peer]);
    }
    if (old && !sameQuality(old.quality, publication.quality))
      changes.push(['qualityChanged', publication, peer]);
  }
  return changes;
}

function publicationGone(publication: PublicationState, peer: PeerState): RoomChange[] {
  const changes: RoomChange[] = [];
  if (!peer.isLocal && publication.track)
    changes.push(['trackUnsubscribed', publication.track, publication, peer]);
  changes.push(['trackUnpublished', publication, peer]);
  return changes;
}
