import { expect } from '@jest/globals';
import type { Step } from '../Tour.ts';
import { action, role, tile } from '../Tourist.ts';

/** The settings panel, and the commands for what is in it. */
export const choosing: readonly Step[] = [
  {
    name: 'chooses how good pictures are',
    take: async ({ me }) => {
      await me.command('setVideoQuality', 180);
      await me.tells('videoQualityChanged', { videoQuality: 180 });
      await me.call('setVideoQuality', 0);
      await me.tells('videoQualityChanged', { videoQuality: 0 });
      expect(await me.call('getVideoQuality')).toBe(0);
      await me.press(action('toggle-settings'));
      await me.choose('low', role('quality'));
      await me.tells('videoQualityChanged', { videoQuality: 360 });
      await me.choose('standard', role('quality'));
      await me.tells('videoQualityChanged', { videoQuality: 0 });
    },
  },
  {
    name: 'goes without pictures, also of the own camera, and has them back',
    take: async ({ me, bob }) => {
      await me.command('setAudioOnly', true);
      await me.tells('audioOnlyChanged', { audioOnlyChanged: true });
      await me.sees(tile(bob.name), '.without');
      await me.call('setAudioOnly', false);
      await me.tells('audioOnlyChanged', { audioOnlyChanged: false });
      await me.check(true, role('audio-only'));
      await me.tells('audioOnlyChanged', { audioOnlyChanged: true });
      await me.check(true, role('stop-camera'));
      await bob.seesPicture(me.name, 'camera', false);
      await me.press(action('show-pictures'));
      await bob.seesPicture(me.name, 'camera', true);
      await me.check(false, role('stop-camera'));
      await me.visitor.seesAndHears(bob.participant.person, 60_000);
    },
  },
  {
    name: 'reads what is said',
    take: async ({ me, bob }) => {
      await me.command('toggleSubtitles');
      expect(await me.call('isSubtitlesOn')).toBe(true);
      await me.call('toggleSubtitles');
      expect(await me.call('isSubtitlesOn')).toBe(false);
      await me.check(true, role('captions'));
      await bob.opens('settings');
      await bob.page.locator('[data-role="caption-me"]').check();
      await says(bob, 'Good morning.');
      await me.reads('Good morning.', role('caption'));
      await me.tells('transcriptionChunkReceived', { final: 'Good morning.' });
      await bob.page.locator('[data-role="caption-me"]').uncheck();
      await me.check(false, role('captions'));
    },
  },
  {
    name: 'has the keys, and goes without',
    take: async ({ me }) => {
      await me.press(action('show-shortcuts'));
      await me.sees(role('shortcut-sheet'));
      await me.press(action('close-shortcuts'));
      await me.seesNo(role('shortcut-sheet'));
      await me.key('?');
      await me.sees(role('shortcut-sheet'));
      await me.hands.press('?');
      await me.seesNo(role('shortcut-sheet'));
      await me.check(false, role('shortcuts'));
      await me.tells('preferenceschanged', { shortcuts: false });
      await me.hands.press('?');
      await me.check(true, role('shortcuts'));
      await me.seesNo(role('shortcut-sheet'));
      await me.check(false, role('sounds'));
      await me.tells('preferenceschanged', { sounds: false });
      await me.setAttribute('sounds', '1');
    },
  },
  {
    name: 'speaks another language',
    take: async ({ me }) => {
      await me.choose('fr', role('language'));
      await me.sees('[part="leave-button"][aria-label="Quitter"]');
      await me.choose('en', role('language'));
      await me.sees('[part="leave-button"][aria-label="Leave"]');
    },
  },
  {
    name: 'takes the noise out of the microphone',
    take: async ({ me, bob }) => {
      await me.check(true, role('noise-filter'));
      await me.tells('preferenceschanged', { noiseFilter: true });
      await me.check(false, role('noise-filter'));
      await me.tells('preferenceschanged', { noiseFilter: false });
      await bob.seesAndHears(me.visitor.person);
    },
  },
  {
    name: 'finds the statistics there, too',
    take: async ({ me }) => {
      await me.press(action('open-statistics'));
      await me.sees('parley-statistics');
      await me.press(action('close-panel'));
    },
  },
];

/** Has the recognition of somebody's browser hear something, as soon as it listens. */
export async function says(who: { until: Until }, words: string): Promise<void> {
  await who.until(
    'the recognition',
    (words: string) => {
      try {
        window.speak(words, true);
        return true;
      } catch {
        return false;
      }
    },
    words,
  );
}

type Until = <A>(what: string, condition: (argument: A) => unknown, argument: A) => Promise<void>;
