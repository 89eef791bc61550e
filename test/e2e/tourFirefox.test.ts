import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { FirefoxVisitor } from '../support/firefox.ts';
import { describeTour } from '../support/tour/describeTour.ts';
import { FirefoxHands } from '../support/tour/FirefoxHands.ts';
import { VirtualScreen } from '../support/virtualScreen.ts';
import { VirtualSpeaker } from '../support/virtualSpeaker.ts';

let screen: VirtualScreen | undefined;
let speaker: VirtualSpeaker | undefined;

describeTour(
  'Firefox',
  async (network, host) => {
    screen = await VirtualScreen.open();
    speaker = await VirtualSpeaker.open(join(network.directory, 'speaker'));
    const downloads = join(network.directory, 'downloads');
    const visitor = await FirefoxVisitor.launch(network, host, {
      display: screen.display,
      speaker: speaker.server,
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
  },
);

afterAll(() => {
  screen?.close();
  speaker?.close();
});
