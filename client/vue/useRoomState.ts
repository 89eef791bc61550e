import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue';
import { keepEqual, type Selector } from '../hooks/keepEqual.ts';
import type { RoomEvents } from '../lib/publicTypes.ts';
import { useGivenRoom, type RoomSource } from './roomContext.ts';

/**
 * Something of a room's state, as a ref that changes only when it is something else.
 *
 * @param select Gets `room.state`, or null without a room, and may read refs; a new array or object that equals the former
 * one counts as the same.
 * @param room Default: the provided one.
 */
export function useRoomState<T>(select: Selector<T>, room?: RoomSource): ComputedRef<T> {
  const source = useGivenRoom(room);
  const state = shallowRef(source.value?.state ?? null);
  let unlisten: (() => void) | undefined;
  watch(
    source,
    (current) => {
      unlisten?.();
      unlisten = current?.on('stateChanged', (next) => (state.value = next));
      state.value = current?.state ?? null;
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(() => unlisten?.());

  return computed<T>((shown) =>
    keepEqual(select, shown === undefined ? null : { value: shown })(state.value),
  );
}

/**
 * Hears an event of a room for as long as the component (or effect scope) is there.
 *
 * @param room Default: the provided one.
 */
export function useRoomEvent<E extends keyof RoomEvents>(
  event: E,
  listener: (...args: RoomEvents[E]) => void,
  room?: RoomSource,
): void {
  let unlisten: (() => void) | undefined;
  watch(
    useGivenRoom(room),
    (current) => {
      unlisten?.();
      unlisten = current?.on(event, listener);
    },
    { immediate: true, flush: 'sync' },
  );
  onScopeDispose(() => unlisten?.());
}
