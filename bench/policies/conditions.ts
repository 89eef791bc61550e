import type { Conduct } from './Attendee.ts';

/** How the room is run, and what people do in it. */
export interface Condition {
  name: string;
  what: string;
  conduct: Conduct;
  /** What happens beyond being there: speakers change, people come and go, and everybody turns pages as well. */
  lives: 'no' | 'talking' | 'leafing';
  env: Record<string, string>;
}

const POLICIES_OFF = { PARLEY_LOUDEST: '0', PARLEY_LAST_N: '0', PARLEY_DYNACAST: 'false' };

export const conditions: readonly Condition[] = [
  {
    name: 'idle',
    what: 'everybody is there, and that is all',
    conduct: { publishes: false, subscribes: false, tells: false },
    lives: 'no',
    env: POLICIES_OFF,
  },
  {
    name: 'nobody subscribes',
    what: 'they publish, speak, come and go, but nobody gets anything, and no policy has anything to decide',
    conduct: { publishes: true, subscribes: false, tells: false },
    lives: 'talking',
    env: POLICIES_OFF,
  },
  ...(['talking', 'leafing'] as const).flatMap((lives): Condition[] => [
    {
      name: nameOf('policies off', lives),
      what: 'clients choose for themselves: they subscribe to all sound and to the nine tiles',
      conduct: { publishes: true, subscribes: true, tells: false },
      lives,
      env: POLICIES_OFF,
    },
    {
      name: nameOf('policies on', lives),
      what: 'as the server is by default; everybody says which nine tiles are on the screen',
      conduct: { publishes: true, subscribes: true, tells: true },
      lives,
      env: {},
    },
  ]),
];

function nameOf(policies: string, lives: 'talking' | 'leafing'): string {
  return lives === 'leafing' ? `${policies}, leafing` : policies;
}
