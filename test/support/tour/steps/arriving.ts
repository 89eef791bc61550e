import { expect } from '@jest/globals';
import type { Step } from '../Tour.ts';
import { Tour } from '../Tour.ts';
import { action, role } from '../Tourist.ts';

const HALL = 'hall';

/** Runs in the page: says on the console when the room wants a click before it can be heard. */
const TELL_SILENCE = `const look = () =>
  window.parleyTest.all('[data-action="play-audio"]').length > 0 ? console.info('silence') : requestAnimationFrame(look);
look();`;

/** The element comes into a page, with everything that a page can say, and the person leaves and comes back. */
export const arriving: readonly Step[] = [
  {
    name: 'comes in without devices, and hears the others after one click',
    take: async ({ me, bob, url, site }) => {
      await bob.joins(HALL, await Tour.token(bob.name));
      const attributes = {
        room: HALL,
        name: me.name,
        url,
        mode: 'inline',
        audio: '0',
        video: '0',
        sounds: '0',
      };
      const written = Object.entries({ ...attributes, autojoin: '', lang: 'de' });
      // Nobody has clicked on the page, and it captures nothing: no browser lets it be heard.
      site.body = `<parley-room ${written.map(([name, value]) => `${name}="${value}"`).join(' ')}></parley-room>
        <script>${TELL_SILENCE}</script>`;
      await me.arrive(`${site.url}/`, 'silence');
      await me.stands('connected');
      for (const [name, value] of Object.entries(attributes)) {
        await me.holds(name as keyof typeof attributes, value);
        me.logbook.drove('attribute', name);
      }
      me.logbook.drove('attribute', 'autojoin');
      await me.holds('autojoin', true);
      await me.holds('audioMuted', true);
      await me.holds('videoMuted', true);
      await me.sees('[part="leave-button"][aria-label="Verlassen"]');
      await me.setAttribute('lang', 'en');
      await me.sees('[part="leave-button"][aria-label="Leave"]');
      await me.press(action('play-audio'));
      await me.visitor.until(
        'the voice of Bob',
        (p) => window.parleyTest.hears(p.name, p.tone),
        bob.participant.person,
        60_000,
      );
    },
  },
  {
    name: 'leaves with the button, reads how it was, and comes back with another',
    take: async ({ me, bob }) => {
      await me.press(action('leave'));
      await me.tells('videoConferenceLeft', { roomName: HALL });
      await me.tells('readyToClose');
      await me.tells('left', { reason: 'left' });
      await me.stands('closed');
      await me.sees(role('summary'));
      await me.reads('1', role('others'));
      await bob.seesNo(`parley-tile[data-peer-name="${me.name}"]`);
      await me.press(action('rejoin'));
      await me.tells('videoConferenceJoined', { roomName: HALL, displayName: me.name });
      await me.tells('joined', { room: HALL });
      await me.tells('participantJoined', { displayName: bob.name });
      await me.stands('connected');
      await bob.sees(`parley-tile[data-peer-name="${me.name}"]`);
      expect(await me.call('leave')).toBeUndefined();
      await me.stands('closed');
      await me.remove();
    },
  },
  {
    name: 'begins as the page says: without pictures, with captions, a layout, a quality and a filter',
    take: async ({ me, bob, url, site }) => {
      const first = { room: HALL, name: me.name, mode: 'inline', autojoin: '' };
      const switches = { videoQuality: 360, stopCamera: false, captions: true };
      const stage = { layout: 'grid', hideSelf: false, mirrorSelf: true } as const;
      await me.insert(
        { ...first, 'audio-only': '', 'token-url': `${site.url}/token` },
        { switches, stage, noiseFilter: true, devices: { speaker: '' }, url },
      );
      await me.stands('connected');
      expect(site.wishes).toEqual([`POST /token${JSON.stringify({ room: HALL, name: me.name })}`]);
      await me.holds('tokenUrl', `${site.url}/token`);
      await me.holds('audioOnly', true);
      await me.holds('switches', switches);
      await me.holds('stage', stage);
      await me.holds('noiseFilter', true);
      await me.holds('devices', { speaker: '' });
      await me.holds('tileView', true);
      await me.sees(role('audio-only-chosen'));
      expect(await me.call('isAudioOnly')).toBe(true);
      expect(await me.call('isSubtitlesOn')).toBe(true);
      expect(await me.call('getVideoQuality')).toBe(360);
      await me.press(action('show-pictures'));
      await me.tells('audioOnlyChanged', { audioOnlyChanged: false });
      await me.visitor.seesAndHears(bob.participant.person, 60_000);
      await me.command('hangup');
      await me.remove();
    },
  },
  {
    name: 'is the same in a frame',
    take: async ({ me, bob, url }) => {
      await me.insert({
        room: HALL,
        name: me.name,
        mode: 'iframe',
        autojoin: '',
        url,
        video: '0',
        sounds: '1',
      });
      await me.stands('connected');
      await me.until(
        'the frame',
        () => document.querySelector('parley-room')?.shadowRoot?.querySelector('iframe'),
        null,
      );
      await bob.sees(`parley-tile[data-peer-name="${me.name}"]`);
      await me.command('toggleChat');
      await me.tells('chatUpdated', { isOpen: true });
      await me.remove();
      await bob.seesNo(`parley-tile[data-peer-name="${me.name}"]`);
      await bob.leaves();
    },
  },
];
