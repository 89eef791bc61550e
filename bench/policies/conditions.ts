import type { Conduct } from './Attendee.ts';

/** How the room is run, and what people do in it. */
export interface Condition {
  name: string;
  what: string;
  conduct: Conduct;
  /** Whether anything happens beyond being there. */
  lives: boolean;
  env: Record<string, string>;
}

const POLICIES_OFF = { PARLEY_LOUDEST: '0', PARLEY_LAST_N: '0', PARLEY_DYNACAST: 'false' };

export const conditions: readonly Condition[] = [
  {
    name: 'idle',
    what: 'everybody is there, and that is all',
    conduct: { publishes: false, subscribes: false, tells: false },
    lives: false,
    env: POLICIES_OFF,
  },
  {
    name: 'nobody subscribes',
    what: 'they publish, speak, come and go, but nobody gets anything, and no policy has anything to decide',
    conduct: { publishes: true, subscribes: false, tells: false },
    lives: true,
    env: POLICIES_OFF,
  },
  {
    name: 'policies off',
    what: 'everybody gets everything',
    conduct: { publishes: true, subscribes: true, tells: false },
    lives: true,
    env: POLICIES_OFF,
  },
  {
    name: 'policies on',
    what: 'as the server is by default; everybody says which nine tiles are on the screen, and turns pages',
    conduct: { publishes: true, subscribes: true, tells: true },
    lives: true,
    env: {},
  },
];
