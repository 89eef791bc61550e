import {
  computed,
  inject,
  provide,
  toValue,
  type ComputedRef,
  type InjectionKey,
  type MaybeRefOrGetter,
} from 'vue';
import type { RoomClient } from '../lib/RoomClient.ts';

/** A room, a ref of one, or a getter; null while there is none. */
export type RoomSource = MaybeRefOrGetter<RoomClient | null>;

const ROOM: InjectionKey<RoomSource> = Symbol('parley room');

/** Gives a room to the composables of everything in this component. `useRoom` does so by itself. */
export function provideRoom(room: RoomSource): void {
  provide(ROOM, room);
}

/** The room of the nearest component that provides one; null without one, and while it has none. */
export function useRoomContext(): ComputedRef<RoomClient | null> {
  const room = inject(ROOM, null);
  return computed(() => toValue(room));
}

/** The given room, or the provided one where none is given. */
export function useGivenRoom(room: RoomSource | undefined): ComputedRef<RoomClient | null> {
  return room === undefined ? useRoomContext() : computed(() => toValue(room));
}
