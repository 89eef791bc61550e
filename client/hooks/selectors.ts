import type { ChatMessage, MediaSource } from '../../src/protocol/models.ts';
import type { ConnectionStatus, PeerState, PublicationState, RoomState } from '../lib/publicTypes.ts';
import type { Selector } from './keepEqual.ts';

/** A track in the room, and whose it is. */
export interface TrackReference {
  readonly peerId: string;
  /** Its owner's. */
  readonly name: string;
  readonly isLocal: boolean;
  /** `publication.track` is what a media element plays; null while it is not subscribed. */
  readonly publication: PublicationState;
}

/** Which tracks. */
export interface TrackFilter {
  /** Default: all. */
  sources?: readonly MediaSource[];
  /** Leaves out those of this client, which nobody wants to hear (default false). */
  remoteOnly?: boolean;
}

const NOBODY: readonly PeerState[] = Object.freeze([]);
const SILENCE: readonly ChatMessage[] = Object.freeze([]);

export const everybody: Selector<readonly PeerState[]> = (state) => state?.peers ?? NOBODY;

export const others: Selector<readonly PeerState[]> = (state) =>
  everybody(state).filter((peer) => !peer.isLocal);

export const self: Selector<PeerState | null> = (state) =>
  everybody(state).find((peer) => peer.isLocal) ?? null;

export const activeSpeaker: Selector<PeerState | null> = (state) => byId(state?.dominantPeerId)(state);

export const connectionStatus: Selector<ConnectionStatus | 'outside'> = (state) => state?.status ?? 'outside';

export const chatMessages: Selector<readonly ChatMessage[]> = (state) => state?.chat ?? SILENCE;

export function byId(peerId: string | null | undefined): Selector<PeerState | null> {
  return (state) => everybody(state).find((peer) => peer.peerId === peerId) ?? null;
}

export function tracks({ sources, remoteOnly = false }: TrackFilter): Selector<readonly TrackReference[]> {
  return (state) =>
    (remoteOnly ? others : everybody)(state).flatMap(({ peerId, name, isLocal, publications }) =>
      publications
        .filter(({ source }) => sources?.includes(source) ?? true)
        .map((publication) => ({ peerId, name, isLocal, publication })),
    );
}

/** The local publication of a source, of which there is one at most for microphone, camera and screen. */
export function ownPublication(state: RoomState | null, source: MediaSource): PublicationState | undefined {
  return self(state)?.publications.find((publication) => publication.source === source);
}
