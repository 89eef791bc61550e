import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { invalidState } from '../../src/support/errors.ts';
import { NO_DEVICES, watchDevices, type DevicesState, type DeviceWatch } from '../hooks/deviceWatch.ts';
import { isOn, turn, type OwnSource } from '../hooks/ownSources.ts';
import type { CaptureOptions } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/RoomClient.ts';
import { toError } from '../lib/toError.ts';
import { useGivenRoom } from './RoomContext.ts';
import { useLatest } from './useLatest.ts';
import { useRoomState } from './useRoomState.ts';

/**
 * Plays a track: give what it returns to a `<video>` or `<audio>` as `ref`.
 *
 * @param track null: nothing is played.
 */
export function useMediaElement(
  track: MediaStreamTrack | null | undefined,
): (element: HTMLMediaElement | null) => void {
  const [element, setElement] = useState<HTMLMediaElement | null>(null);
  useEffect(() => {
    if (!element || !track) return;
    element.srcObject = new MediaStream([track]);
    return () => {
      element.srcObject = null;
    };
  }, [element, track]);
  return setElement;
}

/** One of this client's own sources, and its switch. */
export interface TrackToggle {
  /** Whether the others get it. */
  readonly enabled: boolean;
  /** It is being turned on or off. */
  readonly pending: boolean;
  /** Why it could not be turned on or off the last time, such as MediaError `denied`. */
  readonly error: Error | null;
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
  capture?: CaptureOptions,
  room?: RoomClient | null,
): TrackToggle {
  const given = useGivenRoom(room);
  const enabled = useRoomState(
    useMemo(() => isOn(source), [source]),
    given,
  );
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const busy = useRef(false);
  const latest = useLatest(capture);
  const toggle = useCallback(
    async (on?: boolean) => {
      if (busy.current) return;
      busy.current = true;
      setPending(true);
      try {
        if (!given) throw invalidState('not in a room');
        await turn(given, source, on ?? !isOn(source)(given.state), latest.current);
        setError(null);
      } catch (error) {
        setError(toError(error));
      } finally {
        busy.current = false;
        setPending(false);
      }
    },
    [given, source, latest],
  );
  return { enabled, pending, error, toggle };
}

/** The devices of this computer. */
export interface MediaDevicesState extends DevicesState {
  /** Lists them again, such as after a permission, which gives them their names. */
  refresh(): void;
}

/** Microphones, cameras and speakers, also as they come and go. */
export function useMediaDevices(): MediaDevicesState {
  const [devices, setDevices] = useState(NO_DEVICES);
  const watch = useRef<DeviceWatch | null>(null);
  useEffect(() => {
    const started = watchDevices(setDevices);
    watch.current = started;
    return () => {
      started.stop();
      watch.current = null;
    };
  }, []);
  const refresh = useCallback(() => watch.current?.refresh(), []);
  return { ...devices, refresh };
}
