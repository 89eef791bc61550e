import type { RoomState } from '../../lib/publicTypes.ts';

/** Why there are no pictures of the others: the person does not want any, or the link carries none; null: there are. */
export type NoPictures = 'chosen' | 'tooSlow' | null;

/** @param chosen The person does not want them. */
export function noPictures(state: Pick<RoomState, 'audioOnly'>, chosen: boolean): NoPictures {
  if (chosen) return 'chosen';
  return state.audioOnly ? 'tooSlow' : null;
}
