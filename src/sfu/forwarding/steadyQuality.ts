import type { QualityCause } from '../../protocol/models.ts';
import { isDecided, isOfLayers, type Quality } from './quality.ts';

/** ms for which a cause that is measured must hold before it is told. */
const HOLD = 500;
/** The same where a keyframe may be on its way: the longest wait for one, and a round trip. */
const HOLD_LAYERS = 1000;
/** Points by which a score must have changed. */
const STEP = 0.5;

/** What a peer was told of a track, and what it may be told next. */
export interface SteadyQuality {
  told: Quality;
  next: QualityCause | undefined;
  /** Since when the next one holds, ms. */
  since: number;
}

/**
 * The next state of what is told; the same object when nothing changed.
 *
 * What is decided is told at once. What is measured must have held for a while; meanwhile a track that flows again is
 * `connecting`, because its first picture may be on its way.
 */
export function settle(state: SteadyQuality | undefined, quality: Quality, now: number): SteadyQuality {
  const { cause, score } = quality;
  if (!state) {
    const first = isDecided(cause) || cause === 'fine' || cause === 'tileIsSmall';
    return first
      ? { told: rounded(quality), next: undefined, since: now }
      : { told: { cause: 'connecting', score: 0 }, next: cause, since: now };
  }
  const { told } = state;
  if (cause === told.cause) {
    const moved = Math.abs(score - told.score) >= STEP || (score !== told.score && isEnd(score));
    if (moved) return { told: rounded(quality), next: undefined, since: now };
    return state.next === undefined ? state : { ...state, next: undefined };
  }
  if (isDecided(cause) || (isDecided(told.cause) && !isMeasured(cause))) {
    return { told: rounded(quality), next: undefined, since: now };
  }
  if (isDecided(told.cause) && told.cause !== 'connecting') {
    return { told: { cause: 'connecting', score: 0 }, next: cause, since: now };
  }
  if (state.next !== cause) return { ...state, next: cause, since: now };
  const held = now - state.since >= (isOfLayers(cause) ? HOLD_LAYERS : HOLD);
  return held ? { told: rounded(quality), next: undefined, since: now } : state;
}

const isMeasured = (cause: QualityCause): boolean => cause !== 'fine' && cause !== 'tileIsSmall';

const isEnd = (score: number): boolean => score === 0 || score === 5;

const rounded = ({ cause, score }: Quality): Quality => ({ cause, score: Math.round(score * 10) / 10 });
