import { expect } from '@jest/globals';
import type { Step } from '../Tour.ts';
import { action } from '../Tourist.ts';

/** Screens are shared: by a command from the page, a key and a button. */
export const sharing: readonly Step[] = [
  {
    name: 'shares a screen',
    take: async ({ me, bob }) => {
      const shares = async (on: boolean): Promise<void> => {
        await me.tells('screenSharingStatusChanged', { on });
        await bob.seesPicture(me.name, 'screen', on);
      };
      // Only what a person clicks on the page may open a screen.
      await me.visitor.run(() => {
        const button = document.createElement('button');
        button.id = 'share';
        button.style.cssText = 'position: fixed; top: 0; left: 0; z-index: 9';
        button.textContent = 'Share';
        const room = document.querySelector('parley-room') as unknown as Record<
          string,
          (...a: unknown[]) => Promise<void>
        >;
        button.onclick = () => void room['executeCommand']?.('toggleShareScreen');
        document.body.append(button);
      }, null);
      await me.press('#share');
      await shares(true);
      await me.holds('sharingScreen', true);
      expect(await me.call('isSharingScreen')).toBe(true);
      me.logbook.drove('command', 'toggleShareScreen');
      await me.call('toggleShareScreen');
      await shares(false);
      await me.visitor.run(() => document.querySelector('#share')?.remove(), null);
      await me.press(action('toggle-screen'));
      await shares(true);
      await me.key('s');
      await shares(false);
    },
  },
];
