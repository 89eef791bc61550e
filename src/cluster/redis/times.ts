/*
 * How often nodes look at each other, and how long Redis keeps what nobody renews. All in ms.
 */

/** Between two signs of life of a node. It is also how soon a FLUSHALL is noticed. */
export const BEAT = 500;
/** Looks in a row without a sign of life after which a node is gone: 3 to 3.5 s after its last. */
export const MISSED_BEATS = 6;
/** For which keys outlive their node. Redis may be away for as long without anything being missed. */
export const KEEP = 120_000;
/** Between two renewals of what nothing else renews. */
export const RENEWAL = 30_000;
/** For which the last fencing token is kept; after that the clock is ahead of it. */
export const KEEP_FENCE = 86_400_000;
/** Between two attempts to reach Redis at most, so that everything heals within a second of its return. */
export const RETRY = 100;
/** After which an attempt is given up: packets that got lost on a broken way are sent again later than the next attempt. */
export const CONNECT_TIMEOUT = 750;
/** After which an answer of Redis will not come. */
export const COMMAND_TIMEOUT = 2000;
/** For which one read waits for messages. */
export const READ_BLOCK = 1000;
