import { unixNow } from '../rtp/ntp.ts';
import type { BotPlan } from '../scenario/planBots.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** ms for which somebody speaks before the next does. */
const TURN = 4000;

/** Where a bot stands among those of its room that speak in turns. */
export interface Turn {
  position: number;
  of: number;
}

/** Null for bots that do not take turns. */
export function turnOf(plan: Pick<BotPlan, 'group' | 'number'>, { groups }: Scenario): Turn | null {
  const taking = groups.filter(({ audio }) => audio === 'turns');
  const own = taking.findIndex(({ name }) => name === plan.group);
  if (own < 0) return null;
  const before = taking.slice(0, own).reduce((sum, { count }) => sum + count, 0);
  return {
    position: before + plan.number - 1,
    of: taking.reduce((sum, { count }) => sum + count, 0),
  };
}

/** Whether it is its turn now; all bots agree without a word, because they share a clock. */
export function isTurn({ position, of }: Turn, now = unixNow()): boolean {
  return Math.floor(now / TURN) % of === position;
}
