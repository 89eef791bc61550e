import { toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import * as selectors from '../hooks/selectors.ts';
import type { TrackFilter, TrackReference } from '../hooks/selectors.ts';
import type { ConnectionStatus, PeerState } from '../lib/publicTypes.ts';
import type { RoomSource } from './roomContext.ts';
import { useRoomState } from './useRoomState.ts';

/** Everybody in the room, in order of arrival, this client included. */
export function useParticipants(room?: RoomSource): ComputedRef<readonly PeerState[]> {
  return useRoomState(selectors.everybody, room);
}

/** Everybody else in the room, in order of arrival. */
export function useRemoteParticipants(room?: RoomSource): ComputedRef<readonly PeerState[]> {
  return useRoomState(selectors.others, room);
}

/** This client, as the room knows it; null outside. */
export function useLocalParticipant(room?: RoomSource): ComputedRef<PeerState | null> {
  return useRoomState(selectors.self, room);
}

/** Whoever has this id; null when nobody has. */
export function useParticipant(
  peerId: MaybeRefOrGetter<string>,
  room?: RoomSource,
): ComputedRef<PeerState | null> {
  return useRoomState((state) => selectors.byId(toValue(peerId))(state), room);
}

/** Who holds the floor, which may be this client; null when nobody does. */
export function useActiveSpeaker(room?: RoomSource): ComputedRef<PeerState | null> {
  return useRoomState(selectors.activeSpeaker, room);
}

/** Where the connection stands; `outside` without a room. */
export function useConnectionState(room?: RoomSource): ComputedRef<ConnectionStatus | 'outside'> {
  return useRoomState(selectors.connectionStatus, room);
}

/** The tracks in the room, such as one for each tile; stays the same while somebody only gets louder. */
export function useTracks(
  filter: MaybeRefOrGetter<TrackFilter> = {},
  room?: RoomSource,
): ComputedRef<readonly TrackReference[]> {
  return useRoomState((state) => selectors.tracks(toValue(filter))(state), room);
}
