import type { Step } from '../Tour.ts';
import { action } from '../Tourist.ts';
import { onTile } from './staging.ts';

/** A picture in a window above all others, where the browser has such windows. */
export const floating: readonly Step[] = [
  {
    name: 'has a picture in a window of its own, and has it back',
    needs: 'control float',
    take: async ({ me, bob }) => {
      const floats = (open: boolean): boolean => {
        const own = (window as { documentPictureInPicture?: { window: Window | null } })
          .documentPictureInPicture;
        const video = own?.window?.document.querySelector('video') ?? null;
        return open ? (video?.videoWidth ?? 0) > 0 : video === null;
      };
      for (const open of [
        async () => {
          await me.press(action('view'));
          await me.press(action('float'));
        },
        () => onTile(me, bob.name, 'menu-float'),
      ]) {
        await open();
        await me.until('the window', floats, true);
        // It is another document, with no pointer of the driver's.
        await me.visitor.run(() => {
          const own = (window as { documentPictureInPicture?: { window: Window | null } })
            .documentPictureInPicture;
          own?.window?.document.querySelector<HTMLElement>('[data-action="float-back"]')?.click();
        }, null);
        await me.until('the window to be gone', floats, false);
      }
      me.logbook.drove('control', 'float-back');
    },
  },
];
