import { useMemo } from 'react';
import * as selectors from '../hooks/selectors.ts';
import type { TrackFilter, TrackReference } from '../hooks/selectors.ts';
import type { ConnectionStatus, PeerState } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/RoomClient.ts';
import { useRoomState } from './useRoomState.ts';

/** Everybody in the room, in order of arrival, this client included. */
export function useParticipants(room?: RoomClient | null): readonly PeerState[] {
  return useRoomState(selectors.everybody, room);
}

/** Everybody else in the room, in order of arrival. */
export function useRemoteParticipants(room?: RoomClient | null): readonly PeerState[] {
  return useRoomState(selectors.others, room);
}

/** This client, as the room knows it; null outside. */
export function useLocalParticipant(room?: RoomClient | null): PeerState | null {
  return useRoomState(selectors.self, room);
}

/** Whoever has this id; null when nobody has. */
export function useParticipant(peerId: string, room?: RoomClient | null): PeerState | null {
  return useRoomState(
    useMemo(() => selectors.byId(peerId), [peerId]),
    room,
  );
}

/** Who holds the floor, which may be this client; null when nobody does. */
export function useActiveSpeaker(room?: RoomClient | null): PeerState | null {
  return useRoomState(selectors.activeSpeaker, room);
}

/** Where the connection stands; `outside` without a room. */
export function useConnectionState(room?: RoomClient | null): ConnectionStatus | 'outside' {
  return useRoomState(selectors.connectionStatus, room);
}

/** The tracks in the room, such as one for each tile; stays the same while somebody only gets louder. */
export function useTracks(filter: TrackFilter = {}, room?: RoomClient | null): readonly TrackReference[] {
  const { sources, remoteOnly = false } = filter;
  const key = sources?.join();
  const select = useMemo(
    () => selectors.tracks({ ...(sources ? { sources } : {}), remoteOnly }),
    // The sources in place of the array, which is another one at each rendering.
    [key, remoteOnly],
  );
  return useRoomState(select, room);
}
