import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { entryKey, OUTSIDE, RoomEntry, type EntryState } from '../hooks/RoomEntry.ts';
import type { ClientEnvironment } from '../lib/ClientEnvironment.ts';
import type { ConnectOptions } from '../lib/publicTypes.ts';
import { useLatest } from './useLatest.ts';

/** A room, and how one is in it. */
export interface RoomStay extends EntryState {
  /** Leaves, and stays outside until `retry`, or other options. */
  leave(): void;
  /** Enters anew, also after a failure or after having been put out. */
  retry(): void;
}

const outside = (): EntryState => OUTSIDE;
const nothing = (): (() => void) => () => undefined;

/**
 * Enters a room for as long as the component is there, and leaves it with the component.
 *
 * Another `url`, `room`, `token` or `password` enters anew; all other options count at the time of the entry, so they may be
 * written down in place. In StrictMode one connection is made, not two.
 *
 * @param options null: stay outside, such as until the person has said its name.
 * @param environment For tests.
 */
export function useRoom(options: ConnectOptions | null, environment?: ClientEnvironment): RoomStay {
  const latest = useLatest({ options, environment });
  const key = options && entryKey(options);
  const [attempt, setAttempt] = useState(0);
  const [entry, setEntry] = useState<RoomEntry | null>(null);

  useEffect(() => {
    const { options: current, environment: surroundings } = latest.current;
    if (key === null || !current) return;
    const next = new RoomEntry(() => latest.current.options ?? current, surroundings);
    setEntry(next);
    next.open();
    return () => {
      next.close();
      setEntry(null);
    };
  }, [key, attempt, latest]);

  const read = useCallback(() => entry?.state ?? OUTSIDE, [entry]);
  const state = useSyncExternalStore(entry?.subscribe ?? nothing, read, outside);
  const leave = useCallback(() => entry?.close(), [entry]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return useMemo(() => ({ ...state, leave, retry }), [state, leave, retry]);
}
