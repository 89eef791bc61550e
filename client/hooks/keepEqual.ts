import type { RoomState } from '../lib/publicTypes.ts';

/** Finds something in a room's state; null while there is no room. */
export type Selector<T> = (state: RoomState | null) => T;

/**
 * A selector that gives the same object as before for as long as it would be an equal one: an array of the same
 * elements, or an object with the same values. So what shows it is not drawn anew for somebody's loudness.
 *
 * @param known What was found before, by another selector.
 */
export function keepEqual<T>(select: Selector<T>, known?: { readonly value: T } | null): Selector<T> {
  let last: { state: RoomState | null; value: T } | undefined;
  return (state) => {
    if (last?.state === state) return last.value;
    const found = select(state);
    const before = last ?? known;
    const value = before && isEqual(before.value, found) ? before.value : found;
    last = { state, value };
    return value;
  };
}

/** The same, or alike in each own value (`Object.is`); arrays also where their elements are. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, i) => isAlike(value, other[i]));
  return isAlike(one, other);
}

function isAlike(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isPlain(one) || !isPlain(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.is(one[key], other[key]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
