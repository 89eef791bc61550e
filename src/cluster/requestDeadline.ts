import { badRequest } from '../support/errors.ts';

/** ms for which an answer of another node is waited for when nothing is said. */
export const REQUEST_DEADLINE = 5000;

const LONGEST = 60_000;

/** @throws ParleyError `badRequest` for what is not 1 to 60,000 ms. */
export function assertDeadline(ms: number): number {
  if (!(ms >= 1 && ms <= LONGEST)) throw badRequest(`an answer is waited for 1 to ${LONGEST} ms`);
  return ms;
}
