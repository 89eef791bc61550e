import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Exceptions } from './Logbook.ts';
import { arriving } from './steps/arriving.ts';
import { asGuest } from './steps/asGuest.ts';
import { captioning } from './steps/captioning.ts';
import { chatting } from './steps/chatting.ts';
import { choosing } from './steps/choosing.ts';
import { commanding } from './steps/commanding.ts';
import { floating } from './steps/floating.ts';
import { hosting } from './steps/hosting.ts';
import { leaving } from './steps/leaving.ts';
import { recording, recordingAgain } from './steps/recording.ts';
import { sharing } from './steps/sharing.ts';
import { staging } from './steps/staging.ts';
import { wayIn } from './steps/wayIn.ts';
import { weakLinks } from './steps/weakLinks.ts';
import { Tour, type Launch, type Step } from './Tour.ts';

/** In this order: each goes on where the one before ended. */
const CHAPTERS: Record<string, readonly Step[]> = {
  arriving,
  'the way in': wayIn,
  'as a guest': asGuest,
  commanding,
  recording,
  sharing,
  hosting,
  chatting,
  staging,
  floating,
  choosing,
  captioning,
  'recording again': recordingAgain,
  leaving,
  'weak links': weakLinks,
};

/**
 * Drives everything that `<parley-room>` has, in one browser, and looks afterwards whether it was everything.
 *
 * @param exceptions What cannot be driven there, and why.
 */
export function describeTour(browser: string, launch: Launch, exceptions: Exceptions): void {
  let tour: Tour | undefined;
  let failed = false;
  const isPossible = ({ needs = '' }: Step): boolean => !(needs in exceptions);
  const chapters = Object.entries(CHAPTERS)
    .map(
      ([name, steps]) =>
        [name, steps.filter(isPossible).map(({ name, take }) => [name, take] as const)] as const,
    )
    .filter(([, steps]) => steps.length > 0);

  beforeAll(async () => {
    tour = await Tour.open(launch);
  }, 120_000);

  afterAll(async () => {
    const left = await tour?.close();
    expect(left).toEqual({ errors: [], server: { status: 0, leftovers: [] } });
  }, 60_000);

  describe(`a tour of the room in ${browser}`, () => {
    describe.each(chapters)('%s', (_, steps) => {
      it.each(steps)(
        '%s',
        async (_, take) => {
          // What comes after something that went wrong would only wait for what does not come.
          if (!tour || failed) throw new Error('an earlier step went wrong');
          failed = true;
          await take(tour);
          await tour.me.look();
          failed = false;
        },
        240_000,
      );
    });

    it('has driven every command, event, attribute, key and control, but those that are excepted', () => {
      if (!tour || failed) throw new Error('an earlier step went wrong');
      const { logbook } = tour.me;
      expect(logbook.missing(exceptions)).toEqual([]);
      expect(logbook.stale(exceptions)).toEqual([]);
      expect(logbook.unlisted).toEqual([]);
    });
  });
}
