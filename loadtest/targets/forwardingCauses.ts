import type { QualityCause, TrackQuality } from '../../src/protocol/models.ts';

/** With these nothing is sent of a track, on purpose. */
const HELD: readonly QualityCause[] = ['mutedBySender', 'notVisible', 'notInLastN', 'notAmongLoudest'];

/** Whether the server sends nothing of a track at present, on purpose; a layer less is still something. */
export function isHeld({ cause, score }: Pick<TrackQuality, 'cause' | 'score'>): boolean {
  return HELD.includes(cause) || (cause === 'layerNotSent' && score === 0);
}
