import {
  onScopeDispose,
  shallowReadonly,
  shallowRef,
  toValue,
  watch,
  type ComputedRef,
  type MaybeRefOrGetter,
  type ShallowRef,
} from 'vue';
import { invalidState } from '../../src/support/errors.ts';
import { NO_DEVICES, watchDevices, type DevicesState } from '../hooks/deviceWatch.ts';
import { isOn, turn, type OwnSource } from '../hooks/ownSources.ts';
import type { CaptureOptions } from '../lib/publicTypes.ts';
import { toError } from '../lib/toError.ts';
import { useGivenRoom, type RoomSource } from './roomContext.ts';
import { useRoomState } from './useRoomState.ts';

/**
 * Plays a track: give what it returns to a `<video>` or `<audio>` as `ref`.
 *
 * @param track null: nothing is played.
 */
export function useMediaElement(
  track: MaybeRefOrGetter<MediaStreamTrack | null | undefined>,
): ShallowRef<HTMLMediaElement | null> {
  const element = shallowRef<HTMLMediaElement | null>(null);
  watch(
    // A getter for each, so that the same track is not given to the same element again.
    [() => element.value, () => toValue(track)],
    ([place, playable], _, onCleanup) => {
      if (!place || !playable) return;
      place.srcObject = new MediaStream([playable]);
      onCleanup(() => {
        place.srcObject = null;
      });
    },
    { immediate: true, flush: 'post' },
  );
  return element;
}

/** One of this client's own sources, and its switch. */
export interface TrackToggle {
  /** Whether the others get it. */
  readonly enabled: ComputedRef<boolean>;
  /** It is being turned on or off. */
  readonly pending: Readonly<ShallowRef<boolean>>;
  /** Why it could not be turned on or off the last time, such as MediaError `denied`. */
  readonly error: Readonly<ShallowRef<Error | null>>;
  /** Turns it over, or as wished. Never rejects, see `error`; does nothing while `pending`. */
  toggle(on?: boolean): Promise<void>;
}

/**
 * A switch for microphone, camera or screen. The device is opened when it is turned on; off, a microphone is muted, and
 * camera and screen are unpublished.
 *
 * @param capture Which device, and how; counts when it is opened.
 */
export function useTrackToggle(
  source: OwnSource,
  capture?: MaybeRefOrGetter<CaptureOptions | undefined>,
  room?: RoomSource,
): TrackToggle {
  const given = useGivenRoom(room);
  const pending = shallowRef(false);
  const error = shallowRef<Error | null>(null);
  return {
    enabled: useRoomState(isOn(source), given),
    pending,
    error,
    async toggle(on) {
      if (pending.value) return;
      pending.value = true;
      try {
        const current = given.value;
        if (!current) throw invalidState('not in a room');
        await turn(current, source, on ?? !isOn(source)(current.state), toValue(capture));
        error.value = null;
      } catch (failure) {
        error.value = toError(failure);
      } finally {
        pending.value = false;
      }
    },
  };
}

/** The devices of this computer. */
export interface MediaDevicesState {
  readonly devices: Readonly<ShallowRef<DevicesState>>;
  /** Lists them again, such as after a permission, which gives them their names. */
  refresh(): void;
}

/** Microphones, cameras and speakers, also as they come and go. */
export function useMediaDevices(): MediaDevicesState {
  const devices = shallowRef(NO_DEVICES);
  const watching = watchDevices((found) => (devices.value = found));
  onScopeDispose(watching.stop);
  return { devices: shallowReadonly(devices), refresh: watching.refresh };
}
