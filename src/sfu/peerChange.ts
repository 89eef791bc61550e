import { ATTRIBUTE_LIMITS } from '../protocol/models.ts';
import { limitExceeded } from '../support/errors.ts';

/** What to change about who somebody is; what is absent stays. */
export interface PeerChange {
  name?: string | undefined;
  metadata?: string | undefined;
  attributes?: Readonly<Record<string, string>> | undefined;
}

/**
 * The attributes after a change, in which those that are empty go.
 *
 * @throws ParleyError `limitExceeded` beyond `ATTRIBUTE_LIMITS`.
 */
export function mergedAttributes(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Object.entries({ ...before, ...change }).filter(([, value]) => value !== '');
  const characters = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const { count, characters: most } = ATTRIBUTE_LIMITS;
  if (entries.length > count) throw limitExceeded(`a peer may have ${count} attributes`);
  if (characters > most) throw limitExceeded(`a peer's attributes may have ${most} characters`);
  return Object.fromEntries(entries);
}
