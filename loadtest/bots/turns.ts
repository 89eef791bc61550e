import { unixNow } from '../rtp/ntp.ts';
import { memberName, type BotPlan } from '../scenario/planBots.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** ms for which somebody speaks before the next does. */
export const TURN = 4000;

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

/** Display names of those in a bot's room that speak in turns, in their order; the bot may be one of them. */
export function talkersOf(plan: Pick<BotPlan, 'name' | 'group' | 'number'>, { groups }: Scenario): string[] {
  return groups
    .filter(({ audio }) => audio === 'turns')
    .flatMap(({ name, count }) =>
      Array.from({ length: count }, (_, index) => memberName(plan, name, index + 1)),
    );
}

/** Which turn it is at a time in Unix ms: they count on, one after the other. */
export function turnAt(now: number): number {
  return Math.floor(now / TURN);
}

/** Whether it is its turn now; all bots agree without a word, because they share a clock. */
export function isTurn({ position, of }: Turn, now = unixNow()): boolean {
  return turnAt(now) % of === position;
}

/** Unix ms at which its next turn begins, after `now`. */
export function nextTurn({ position, of }: Turn, now: number): number {
  const next = turnAt(now) + 1;
  return (next + ((position - (next % of) + of) % of)) * TURN;
}
