import type { LocalDevices } from '../LocalDevices.ts';
import type { RoomSession } from '../RoomSession.ts';

/** Has the microphone filtered from now on, or not. Resolves with whether that came about; a room may have it open already. */
export async function switchNoise(
  on: boolean,
  local: LocalDevices,
  session: RoomSession | null,
): Promise<boolean> {
  await session?.settled('audio');
  local.noiseFilter = on;
  await (session?.state ? session.renew('microphone') : local.renew('microphone'));
  return local.noiseFilter === on;
}
