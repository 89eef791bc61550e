'use client';

/**
 * Hooks for React 18 and later over the Parley SDK: `@parley/client/react`.
 *
 *   const { room, status, error } = useRoom({ url, room: 'standup', name: 'Ada' });
 *   const participants = useParticipants(room);
 */
export { RoomProvider, useRoomContext, type RoomProviderProps } from './RoomContext.ts';
export { useRoom, type RoomStay } from './useRoom.ts';
export { useRoomEvent, useRoomState } from './useRoomState.ts';
export {
  useActiveSpeaker,
  useConnectionState,
  useLocalParticipant,
  useParticipant,
  useParticipants,
  useRemoteParticipants,
  useTracks,
} from './participants.ts';
export { useChat, useDataMessages, type Chat, type SendData } from './messages.ts';
export {
  useMediaDevices,
  useMediaElement,
  useTrackToggle,
  type MediaDevicesState,
  type TrackToggle,
} from './media.ts';
export type { EntryState, EntryStatus } from '../hooks/RoomEntry.ts';
export type { Selector } from '../hooks/keepEqual.ts';
export type { TrackFilter, TrackReference } from '../hooks/selectors.ts';
export type { OwnSource } from '../hooks/ownSources.ts';
export type { DevicesState } from '../hooks/deviceWatch.ts';
