import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { FirefoxVisitor } from '../support/firefox.ts';
import { describeTour } from '../support/tour/describeTour.ts';
import { FirefoxHands } from '../support/tour/FirefoxHands.ts';
import { VirtualScreen } from '../support/virtualScreen.ts';

const NO_FLOATING = 'Firefox has no Picture-in-Picture API (W3C or WICG), so the room does not offer it';

let screen: VirtualScreen | undefined;

describeTour(
  'Firefox',
  async (network, host) => {
    screen = await VirtualScreen.open();
    const downloads = join(network.directory, 'downloads');
    const visitor = await FirefoxVisitor.launch(network, host, {
      display: screen.display,
      preferences: {
        ...FirefoxHands.savesTo(downloads),
        // As for people: nothing is heard before they have clicked, and what counts is a click on the page.
        'media.autoplay.default': 1,
        'media.autoplay.blocking_policy': 0,
      },
    });
    return { visitor, hands: new FirefoxHands(visitor.page, downloads) };
  },
  {
    'role caption-me':
      'Firefox has no speech recognition (W3C Web Speech API), so the room does not offer it',
    'control float': NO_FLOATING,
    'control menu-float': NO_FLOATING,
    'control float-back': NO_FLOATING,
  },
);

afterAll(() => screen?.close());
