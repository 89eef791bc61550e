/** Of those who are asked in turns, so many are asked at a time, at least and at most. */
const FEWEST = 8;
const MOST = 32;
/** Turns in which everybody is asked once, as long as there are not more than can be asked. */
const ROUND = 5;

/**
 * Who is asked now, of all in the order in which they were asked last: everybody within five turns, but never more than 32 at a
 * time, so that the cost of a turn has an end.
 */
export function takeTurn<T>(all: Iterable<T>, size: number): T[] {
  const count = Math.min(MOST, Math.max(FEWEST, Math.ceil(size / ROUND)));
  const turn: T[] = [];
  for (const one of all) {
    if (turn.length === count) break;
    turn.push(one);
  }
  return turn;
}
