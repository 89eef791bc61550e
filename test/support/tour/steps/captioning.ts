import type { Step } from '../Tour.ts';
import { action, role } from '../Tourist.ts';
import { says } from './choosing.ts';

/** What the person says is written down, where the browser can. */
export const captioning: readonly Step[] = [
  {
    name: 'is written down',
    needs: 'role caption-me',
    take: async ({ me, bob }) => {
      await bob.page.locator('[data-role="captions"]').check();
      await me.press(action('toggle-settings'));
      await me.check(true, role('caption-me'));
      await says(me, 'Here I am.');
      await bob.sees('[data-role="caption"]', 'Here I am.');
      await me.check(false, role('caption-me'));
      await me.press(action('toggle-settings'));
    },
  },
];
