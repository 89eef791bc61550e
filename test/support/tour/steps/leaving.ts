import type { Step } from '../Tour.ts';
import { action, role } from '../Tourist.ts';
import { does } from './hosting.ts';

const ATTIC = 'attic';

/** A host by having come first hands the room over, gets it back, and ends the call. */
export const leaving: readonly Step[] = [
  {
    name: 'leaves as a host who is not alone',
    take: async ({ me, bob }) => {
      await me.press(action('open-leave'));
      await me.press('parley-leave-control', action('leave'));
      await me.tells('left', { reason: 'left' });
      await me.stands('closed');
      await me.remove();
      await bob.leaves();
    },
  },
  {
    name: 'is alone, hands the room over, and gets it back',
    take: async ({ me, bob, url }) => {
      await me.insert({ room: ATTIC, name: me.name, mode: 'inline', url, autojoin: '' });
      await me.stands('connected');
      await me.holds('moderator', true);
      await me.press('.invitation', action('copy-link'));
      await me.reads('Link copied', role('notice'));
      await bob.joins(ATTIC);
      // What the menu offers about him changes under the pointer until then.
      await me.visitor.seesAndHears(bob.participant.person, 60_000);
      await me.press(action('toggle-people'));
      await does(me, 'hand-over');
      await me.holds('moderator', false);
      await bob.does('make-host', me.name);
      await me.holds('moderator', true);
    },
  },
  {
    name: 'ends the call for everybody',
    take: async ({ me, bob }) => {
      await me.press(action('open-leave'));
      await me.press(action('end-for-all'));
      await me.tells('left', { reason: 'roomClosed' });
      await bob.stands('closed');
      await me.stands('closed');
      await me.remove();
    },
  },
];
