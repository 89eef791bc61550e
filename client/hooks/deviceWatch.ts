import { listDevices, onDevicesChanged, type DeviceList } from '../lib/LocalMedia.ts';
import { toError } from '../lib/toError.ts';

/** What there is to choose from, as far as the browser says. */
export interface DevicesState extends Readonly<DeviceList> {
  /** Why they cannot be listed: MediaError `insecure` or `unsupported`. */
  readonly error: Error | null;
}

export const NO_DEVICES: DevicesState = Object.freeze({
  microphones: [],
  cameras: [],
  speakers: [],
  error: null,
});

/** Follows the devices of this computer. */
export interface DeviceWatch {
  /** Lists them again, such as after a permission, which gives them their names. */
  readonly refresh: () => void;
  readonly stop: () => void;
}

export function watchDevices(tell: (devices: DevicesState) => void): DeviceWatch {
  let stopped = false;
  const list = (devices: DeviceList): void => {
    if (!stopped) tell({ ...devices, error: null });
  };
  const fail = (error: unknown): void => {
    if (!stopped) tell({ ...NO_DEVICES, error: toError(error) });
  };
  const refresh = (): void => void listDevices().then(list, fail);
  let unlisten: (() => void) | undefined;
  try {
    unlisten = onDevicesChanged(list);
  } catch {
    // The list says why.
  }
  refresh();
  return {
    refresh,
    stop: () => {
      stopped = true;
      unlisten?.();
    },
  };
}
