/**
 * Composables for Vue 3.5 and later over the Parley SDK: `@parley/client/vue`.
 *
 *   const { room, status, error } = useRoom({ url, room: 'standup', name: 'Ada' });
 *   const participants = useParticipants(room);
 */
export { provideRoom, useRoomContext, type RoomSource } from './roomContext.ts';
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
export type { EntryStatus } from '../hooks/RoomEntry.ts';
export type { Selector } from '../hooks/keepEqual.ts';
export type { TrackFilter, TrackReference } from '../hooks/selectors.ts';
export type { OwnSource } from '../hooks/ownSources.ts';
export type { DevicesState } from '../hooks/deviceWatch.ts';
