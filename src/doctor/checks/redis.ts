import type { Facts } from '../facts.ts';
import { fault, ok, skipped, type Finding } from '../finding.ts';

/** The oldest that Parley’s scripts run on. */
const OLDEST = 6;

/** Whether the Redis that makes this process a node of a cluster answers, and is new enough. */
export function redis({ redis: fact }: Pick<Facts, 'redis'>): Omit<Finding, 'check'>[] {
  if (!fact) return [skipped('this server is no node of a cluster (PARLEY_REDIS_URL)')];
  if (!fact.isReachable) {
    return [
      fault(
        `Redis at ${fact.shownUrl} cannot be used: ${fact.reason}`,
        'start Redis, open its port to this machine, or mend address, user and password in PARLEY_REDIS_URL',
      ),
    ];
  }
  if (Number.parseInt(fact.version, 10) < OLDEST) {
    return [fault(`Redis at ${fact.shownUrl} is ${fact.version}`, `use Redis ${OLDEST} or a later one`)];
  }
  return [ok(`Redis ${fact.version} answers at ${fact.shownUrl}`)];
}
