import { expect } from '@jest/globals';
import type { Step } from '../Tour.ts';
import { action, role } from '../Tourist.ts';

/** What a host does to the tourist, who is a guest in the lounge, and what the tourist answers. */
export const asGuest: readonly Step[] = [
  {
    name: 'is muted, is asked to speak, stays silent, and then speaks',
    take: async ({ me, bob }) => {
      // While it joined it told more than once whether it is muted.
      await me.holds('audioMuted', false);
      await me.forgets('audioMuteStatusChanged');
      await bob.does('mute-peer', me.name);
      await me.tells('audioMuteStatusChanged', { muted: true });
      await me.reads('muted you', role('notice'));
      await bob.does('ask-to-unmute', me.name);
      await me.reads(bob.name, role('unmute-asked'));
      await me.press(action('stay-muted'));
      await me.seesNo(role('unmute-asked'));
      await bob.does('ask-to-unmute', me.name);
      await me.press(action('unmute-asked'));
      await me.tells('audioMuteStatusChanged', { muted: false });
      await bob.seesAndHears(me.visitor.person);
    },
  },
  {
    name: 'may not unmute where hosts say so, reads that, and puts it away',
    take: async ({ me, bob }) => {
      await bob.sets('unmute', false);
      await bob.does('mute-peer', me.name);
      await me.tells('audioMuteStatusChanged', { muted: true });
      await me.press(action('toggle-audio'));
      await me.tells('errorOccurred', { name: 'forbidden', isFatal: false });
      await me.reads('Only hosts may unmute', role('notice'));
      await me.press(action('dismiss-notice'));
      await me.seesNo(action('dismiss-notice'));
      await me.holds('audioMuted', true);
    },
  },
  {
    name: 'is told who joins and who leaves, and how they are called',
    take: async ({ me, bob }) => {
      await bob.sets('waitingRoom', false);
      await bob.page.locator('[data-action="remove-password"]').click();
      await bob.seesNo('[data-action="remove-password"]');
      await bob.crowd.come('lounge', 'Kim');
      await me.tells('peerjoined', { name: 'Kim' });
      await me.tells('participantJoined', { displayName: 'Kim' });
      await bob.crowd.leave();
      const { reason } = await me.tells('peerleft', { name: 'Kim' });
      expect(reason).toBe('left');
      await me.tells('participantLeft');
    },
  },
  {
    name: 'is put out',
    take: async ({ me, bob }) => {
      await bob.does('remove-peer', me.name);
      await me.tells('left', { reason: 'removed' });
      await me.stands('closed');
      await me.remove();
      await bob.leaves();
    },
  },
];
