import { setTimeout as wait } from 'node:timers/promises';
import type { Move, Seat } from '../targets/Target.ts';
import type { Publisher } from './Publisher.ts';
import type { Viewer } from './Viewer.ts';

/**
 * ms, as the SDK has them: for the others' media to come on new transports before the bot publishes there all the same, and
 * for which the former ones go on after that.
 */
const RECEIVED_WITHIN = 3000;
const OVERLAP = 1500;

export interface MediaFollowers {
  publisher: Publisher;
  viewer: Viewer;
  /** The bot left, or has another seat. */
  isOver: () => boolean;
  /** Media was lost and is about to be built anew. */
  onLost: () => unknown;
}

/** Has a bot follow what becomes of its seat's media: lost and built anew, or moved without a gap. */
export function followMedia(seat: Seat, followers: MediaFollowers): void {
  const { publisher, viewer, isOver, onLost } = followers;
  seat.on('mediaReset', () => {
    if (isOver()) return;
    // The others' tracks are gone too and come again.
    onLost();
    // Failures are reported by the request that failed.
    Promise.all([publisher.start(seat), viewer.restart()]).catch(() => undefined);
  });
  seat.on('moving', (move) => void follow(move, seat, followers));
  seat.on('moveCancelled', () => {
    if (isOver()) return;
    viewer.goBack();
    publisher.goBack();
  });
}

/** Receives and publishes on the new transports, and lets go of the former ones when everybody has changed over. */
async function follow(move: Move, seat: Seat, { publisher, viewer }: MediaFollowers): Promise<void> {
  try {
    await within(viewer.moveTo(), RECEIVED_WITHIN);
    if (move.over) return;
    await publisher.moveTo(seat);
    await wait(OVERLAP);
    await move.end();
    viewer.moved();
    publisher.moved();
  } catch {
    // Reported by the request that failed.
    move.cancel();
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  const timer = new AbortController();
  try {
    await Promise.race([work, wait(ms, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
