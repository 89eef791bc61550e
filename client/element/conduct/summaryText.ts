import { text } from '../text.ts';

const MINUTE = 60_000;

/** How long a call was, in words: whole minutes, and hours where there are any. */
export function durationText(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return text.callUnder;
  return minutes < 60 ? text.callMinutes(minutes) : text.callHours(Math.floor(minutes / 60), minutes % 60);
}

/** How good the connection was, in words; a moment does not count. */
export function connectionText(weak: number): string {
  return weak < 0.05 ? text.callGood : text.callWeakFor(Math.round(weak * 100));
}
