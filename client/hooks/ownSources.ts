import type { CaptureOptions } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/RoomClient.ts';
import type { Selector } from './keepEqual.ts';
import { ownPublication } from './selectors.ts';

/** What a person turns on and off. */
export type OwnSource = 'microphone' | 'camera' | 'screen';

/** Whether the others get it. */
export function isOn(source: OwnSource): Selector<boolean> {
  return (state) => ownPublication(state, source)?.paused === false;
}

/**
 * Turns a source on, opening the device where it is not open, or off: a microphone is muted, a camera is unpublished, so
 * that its light goes off, and so is a screen.
 *
 * @throws as `RoomClient.publishMicrophone`, `publishCamera`, `publishScreen` and `setMuted`.
 */
export async function turn(
  room: RoomClient,
  source: OwnSource,
  on: boolean,
  options?: CaptureOptions,
): Promise<void> {
  const published = ownPublication(room.state, source);
  if (published) {
    if (source !== 'microphone' && !on) await room.unpublish(source);
    else if (published.paused === on) await room.setMuted(source, !on);
    return;
  }
  if (!on) return;
  if (source === 'microphone') await room.publishMicrophone(options);
  else if (source === 'camera') await room.publishCamera(options);
  else await room.publishScreen(options);
}
