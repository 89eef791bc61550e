import type { ControlView } from './ControlBar.ts';
import type { CaptureKind, LocalDevices } from './LocalDevices.ts';
import type { CaptureView } from './PreJoin.ts';
import type { RoomSession, Toggle } from './RoomSession.ts';

/** How one of the media controls stands in the room. */
export function controlOf(session: RoomSession, toggle: Toggle): ControlView {
  return { on: session.isOn(toggle), busy: session.busy(toggle), allowed: session.allowed(toggle) };
}

/** How a device stands before the room. */
export function captureOf(local: LocalDevices, kind: CaptureKind): CaptureView {
  return { wanted: local.wanted(kind), opening: local.opening(kind), track: local.track(kind) };
}
