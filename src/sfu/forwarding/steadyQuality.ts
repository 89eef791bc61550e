import type { QualityCause } from '../../protocol/models.ts';
import { isDecided, isOfLayers, type Quality } from './quality.ts';

/** ms for which a cause that is measured must hold before it is told. */
const HOLD = 500;
/** The same where a keyframe may be on its way: the longest wait for one, and a round trip. */
const HOLD_LAYERS = 1000;
/**
 * ms that both links get to carry more than they had to until now: Chromium's encoder and mediasoup's estimate begin low,
 * and what they say meanwhile is no limit that lasts.
 */
const GROWTH = 4000;
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
 * `connecting`, because its first picture may be on its way. What was small for a reason that is over grows at first, and
 * then it is `layerNotSent` before any link is blamed.
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
  const held = now - state.since;
  if (mayGrow(told.cause, cause) && held < GROWTH) {
    const isLate = held >= HOLD_LAYERS && told.cause !== 'layerNotSent';
    return isLate ? { ...state, told: rounded({ cause: 'layerNotSent', score }) } : state;
  }
  return held >= (isOfLayers(cause) ? HOLD_LAYERS : HOLD)
    ? { told: rounded(quality), next: undefined, since: now }
    : state;
}

/** Whether a link that is to blame now may be only beginning to carry more than it had to. */
function mayGrow(told: QualityCause, cause: QualityCause): boolean {
  if (cause === 'receiverBandwidth')
    return isSmall(told) || told === 'senderBandwidth' || told === 'senderCpu';
  return cause === 'senderBandwidth' && isSmall(told);
}

/** Whether a picture of less than its full size was as it should be until now, or not sent. */
const isSmall = (cause: QualityCause): boolean =>
  cause === 'connecting' || cause === 'tileIsSmall' || cause === 'layerNotSent';

const isMeasured = (cause: QualityCause): boolean => cause !== 'fine' && cause !== 'tileIsSmall';

const isEnd = (score: number): boolean => score === 0 || score === 5;

const rounded = ({ cause, score }: Quality): Quality => ({ cause, score: Math.round(score * 10) / 10 });
