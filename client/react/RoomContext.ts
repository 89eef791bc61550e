import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react';
import type { RoomClient } from '../lib/RoomClient.ts';

const RoomContext = createContext<RoomClient | null>(null);

/** What `RoomProvider` takes. */
export interface RoomProviderProps {
  /** Such as that of `useRoom`; null while there is none. */
  room: RoomClient | null;
  children?: ReactNode;
}

/** Gives a room to the hooks of everything in it. */
export function RoomProvider({ room, children }: RoomProviderProps): ReactElement {
  return createElement(RoomContext.Provider, { value: room }, children);
}

/** The room of the nearest `RoomProvider`; null without one, and while it has none. */
export function useRoomContext(): RoomClient | null {
  return useContext(RoomContext);
}

/** The given room, or that of the context where none is given. */
export function useGivenRoom(room: RoomClient | null | undefined): RoomClient | null {
  const ofContext = useRoomContext();
  return room === undefined ? ofContext : room;
}
