import { badRequest } from '../support/errors.ts';

/** ms. Less would be lost to every hiccup. */
const SHORTEST = 1000;
const LONGEST = 3_600_000;

/** @throws ParleyError `badRequest` for a lease without a name, or one that lasts too short or too long. */
export function assertLease(name: string, ttl: number): void {
  if (name === '') throw badRequest('a lease needs a name');
  if (!Number.isInteger(ttl) || ttl < SHORTEST || ttl > LONGEST) {
    throw badRequest(`a lease lasts for ${SHORTEST} to ${LONGEST} ms, not for ${ttl}`);
  }
}
