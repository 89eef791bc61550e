import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { keepEqual, type Selector } from '../hooks/keepEqual.ts';
import type { RoomEvents } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/RoomClient.ts';
import { useGivenRoom } from './RoomContext.ts';
import { useLatest } from './useLatest.ts';

/**
 * Something of a room's state, drawn anew only when it is something else.
 *
 * @param select Gets `room.state`, or null without a room; a new array or object that equals the former one counts as the same.
 * @param room Default: that of the context.
 */
export function useRoomState<T>(select: Selector<T>, room?: RoomClient | null): T {
  const source = useGivenRoom(room);
  const shown = useRef<{ readonly value: T } | null>(null);
  const read = useMemo(() => {
    let kept: Selector<T> | undefined;
    return () => (kept ??= keepEqual(select, shown.current))(source?.state ?? null);
  }, [select, source]);
  const subscribe = useCallback(
    (listener: () => void) => source?.on('stateChanged', listener) ?? (() => undefined),
    [source],
  );
  const readOutside = useMemo(() => keepEqual(select), [select]);
  const value = useSyncExternalStore(subscribe, read, () => readOutside(null));
  useEffect(() => {
    shown.current = { value };
  }, [value]);
  return value;
}

/**
 * Hears an event of a room for as long as the component is there; the listener may be another one at each rendering.
 *
 * @param room Default: that of the context.
 */
export function useRoomEvent<E extends keyof RoomEvents>(
  event: E,
  listener: (...args: RoomEvents[E]) => void,
  room?: RoomClient | null,
): void {
  const source = useGivenRoom(room);
  const latest = useLatest(listener);
  useEffect(() => source?.on(event, (...args) => latest.current(...args)), [source, event, latest]);
}
