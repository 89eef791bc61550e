import type { SenderLimit } from '../../src/protocol/models.ts';
import { growth, type Stat } from './statsReport.ts';

/** Worst last. */
const BY_WEIGHT: readonly SenderLimit[] = ['none', 'other', 'bandwidth', 'cpu'];
/** Share of the frames of an interval. */
const MANY_DROPPED = 0.1;
/** Shares of an interval that are spent with decoding, of one stream on one thread: all of it, and much of it. */
const BUSY = 0.9;
const STRAINED = 0.4;
/** Frames per second below which a share says nothing. */
const FEW_FRAMES = 3;

/** What keeps the encoder of a track down: the worst of its active layers. */
export function senderLimit(streams: readonly Stat[]): SenderLimit {
  const weights = streams
    .filter(({ active }) => active ?? true)
    .map(({ qualityLimitationReason }) => BY_WEIGHT.findIndex((limit) => limit === qualityLimitationReason));
  return BY_WEIGHT[Math.max(0, ...weights)] ?? 'none';
}

/** Whether decoding cannot keep up with what arrives; undefined when the two readings do not tell. */
export function isDecodingTooSlow(now: Stat, before: Stat | undefined): boolean | undefined {
  const received = growth(now, before, ({ framesReceived }) => framesReceived);
  if (received === null || received < FEW_FRAMES) return undefined;
  const dropped = growth(now, before, ({ framesDropped }) => framesDropped) ?? 0;
  const isDropping = dropped > received * MANY_DROPPED;
  const decoded = growth(now, before, ({ framesDecoded }) => framesDecoded);
  const busy = growth(now, before, ({ totalDecodeTime }) => totalDecodeTime);
  if (!decoded || busy === null) return isDropping;
  // A sender that is short of time sends several frames at once, of which a decoder with time to spare drops some, too.
  return (busy / decoded) * received > (isDropping ? STRAINED : BUSY);
}

/** Whether no packet of a track came between two readings; undefined when they do not tell. */
export function isNothingArriving(now: Stat, before: Stat | undefined): boolean | undefined {
  const received = growth(now, before, ({ packetsReceived }) => packetsReceived);
  return received === null ? undefined : received === 0;
}
