import {
  getCurrentInstance,
  markRaw,
  onMounted,
  shallowRef,
  toValue,
  watch,
  onScopeDispose,
  type MaybeRefOrGetter,
  type ShallowRef,
} from 'vue';
import { entryKey, OUTSIDE, RoomEntry, type EntryState, type EntryStatus } from '../hooks/RoomEntry.ts';
import type { ClientEnvironment } from '../lib/ClientEnvironment.ts';
import type { ConnectOptions } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/RoomClient.ts';
import { provideRoom } from './roomContext.ts';

/** A room, and how one is in it. */
export interface RoomStay {
  readonly status: Readonly<ShallowRef<EntryStatus>>;
  /** From the first `connected` on, and also once it is closed. */
  readonly room: Readonly<ShallowRef<RoomClient | null>>;
  /** Why it failed: what `connect()` rejected with. */
  readonly error: Readonly<ShallowRef<Error | null>>;
  /** Leaves, and stays outside until `retry`, or other options. */
  leave(): void;
  /** Enters anew, also after a failure or after having been put out. */
  retry(): void;
}

/**
 * Enters a room for as long as the component (or effect scope) is there, leaves it with it, and provides it to the
 * components inside.
 *
 * Another `url`, `room`, `token` or `password` enters anew; all other options count at the time of the entry. On a server
 * (SSR) nothing is entered.
 *
 * @param options null: stay outside, such as until the person has said its name.
 * @param environment For tests.
 */
export function useRoom(
  options: MaybeRefOrGetter<ConnectOptions | null>,
  environment?: ClientEnvironment,
): RoomStay {
  const status = shallowRef<EntryStatus>('outside');
  const room = shallowRef<RoomClient | null>(null);
  const error = shallowRef<Error | null>(null);
  const attempt = shallowRef(0);
  let entry: RoomEntry | undefined;
  let unlisten: (() => void) | undefined;

  const show = (state: EntryState): void => {
    // A proxy of it would have none of its private fields.
    room.value = state.room && markRaw(state.room);
    error.value = state.error;
    status.value = state.status;
  };
  const end = (): void => {
    entry?.close();
    unlisten?.();
    entry = unlisten = undefined;
  };
  const begin = (current: ConnectOptions | null): void => {
    end();
    show(OUTSIDE);
    if (!current) return;
    const next = new RoomEntry(() => toValue(options) ?? current, environment);
    entry = next;
    unlisten = next.subscribe(() => show(next.state));
    next.open();
  };

  const follow = (): void => {
    // A getter for each: Vue takes shallow refs among several sources for changed whenever one of them is.
    const sources = [() => keyOf(toValue(options)), () => attempt.value];
    watch(sources, () => begin(toValue(options)), { immediate: true });
  };
  if (getCurrentInstance()) {
    provideRoom(room);
    // Which is not called on a server.
    onMounted(follow);
  } else {
    follow();
  }
  onScopeDispose(end);

  return {
    status,
    room,
    error,
    leave: () => entry?.close(),
    retry: () => void (attempt.value += 1),
  };
}

const keyOf = (options: ConnectOptions | null): string | null => options && entryKey(options);
