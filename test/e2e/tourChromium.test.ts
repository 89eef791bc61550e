import { CHROMIUM, Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { scriptRecognition } from '../support/scriptedRecognition.ts';
import { ChromiumHands } from '../support/tour/ChromiumHands.ts';
import { describeTour } from '../support/tour/describeTour.ts';

const [ann] = PEOPLE as [ClipPerson];

describeTour(
  'Chromium',
  async (network, host) => {
    const visitor = await Participant.launch(ann, {
      program: network.program(host, CHROMIUM),
      // As for people: nothing is heard before they have clicked.
      flags: ['--ignore-certificate-errors', '--autoplay-policy=document-user-activation-required'],
    });
    await visitor.page.addInitScript(scriptRecognition);
    return { visitor, hands: new ChromiumHands(visitor.page) };
  },
  {},
);
