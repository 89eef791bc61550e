import { expect } from '@jest/globals';
import { Tour, type Step } from '../Tour.ts';
import { action, role, tile, type Tourist } from '../Tourist.ts';

export const STUDIO = 'studio';

/** A page commands the room that it has, whose person is a host by a token; each command also as a method, a key and a button. */
export const commanding: readonly Step[] = [
  {
    name: 'looks as the page wants, and has its button',
    take: async ({ me, url }) => {
      await me.insert(
        {
          ...{
            room: STUDIO,
            name: me.name,
            mode: 'inline',
            url,
            autojoin: '',
            theme: 'dark',
            shortcuts: 'page',
          },
          buttons: JSON.stringify([{ key: 'notes', text: 'Notes' }]),
          token: await Tour.token(me.name),
          class: 'branded',
        },
        {},
      );
      await me.stands('connected');
      await me.holds('moderator', true);
      await me.holds('room', STUDIO);
      expect(await me.get('token')).toContain('.');
      const scheme = (wanted: string): boolean => {
        const frame = window.parleyTest.reach(['parley-room', 'parley-inline-room'])[0];
        return frame !== undefined && getComputedStyle(frame).colorScheme === wanted;
      };
      await me.until('the dark theme', scheme, 'dark');
      await me.set('theme', 'light');
      await me.until('the light theme', scheme, 'light');
      await hasAccent(me, 'rgb(1, 2, 3)');
      await me.setAttribute('style', '--parley-accent: rgb(4, 5, 6)');
      await hasAccent(me, 'rgb(4, 5, 6)');
      await me.setAttribute('style', '');
      await me.setAttribute('class', '');
      await me.visitor.run(() => document.body.style.setProperty('--parley-accent', 'rgb(7, 8, 9)'), null);
      await me.call('refreshTheme');
      await hasAccent(me, 'rgb(7, 8, 9)');
      await me.press(action('own-button'));
      await me.tells('toolbarButtonClicked', { key: 'notes' });
      await me.set('buttons', []);
      await me.seesNo(action('own-button'));
      await me.set('sounds', '1');
      await me.holds('shortcuts', 'page');
    },
  },
  {
    name: 'mutes and unmutes',
    take: async ({ me, bob }) => {
      await bob.joins(STUDIO);
      await bob.seesAndHears(me.visitor.person);
      const muted = (muted: boolean): Promise<unknown> => me.tells('audioMuteStatusChanged', { muted });
      // While it joined it told more than once whether it is muted.
      await me.holds('audioMuted', false);
      await me.holds('videoMuted', false);
      await me.forgets('audioMuteStatusChanged', 'videoMuteStatusChanged');
      await me.command('toggleAudio');
      await muted(true);
      expect(await me.call('isAudioMuted')).toBe(true);
      await me.call('toggleAudio');
      await muted(false);
      await me.press(action('toggle-audio'));
      await muted(true);
      // The focus is on the button now, whose key the space bar is.
      await me.press(tile(bob.name));
      await me.hands.hold('Space');
      await muted(false);
      await me.hands.letGo('Space');
      await muted(true);
      me.logbook.drove('key', 'Space');
      await me.key('m');
      await muted(false);
      await bob.seesAndHears(me.visitor.person);
    },
  },
  {
    name: 'turns the camera off and on',
    take: async ({ me, bob }) => {
      const off = async (muted: boolean): Promise<void> => {
        await me.tells('videoMuteStatusChanged', { muted });
        await bob.seesPicture(me.name, 'camera', !muted);
      };
      await me.command('toggleVideo');
      await off(true);
      expect(await me.call('isVideoMuted')).toBe(true);
      await me.call('toggleVideo');
      await off(false);
      await me.press(action('toggle-video'));
      await off(true);
      await me.key('v');
      await off(false);
    },
  },
  {
    name: 'opens and closes what is beside the stage',
    take: async ({ me }) => {
      const chat = (isOpen: boolean): Promise<unknown> => me.tells('chatUpdated', { isOpen });
      await me.command('toggleChat');
      await chat(true);
      await me.call('toggleChat');
      await chat(false);
      await me.key('c');
      await chat(true);
      await me.holds('chatOpen', true);
      await me.key('Escape');
      await chat(false);
      await me.press(action('toggle-chat'));
      await chat(true);
      await me.press(action('close-panel'));
      await chat(false);
      await me.command('toggleParticipantsPane');
      await me.sees('parley-people');
      await me.call('toggleParticipantsPane');
      await me.seesNo('parley-people');
      await me.key('p');
      await me.sees('parley-people', role('participant'));
      await me.press(action('toggle-people'));
      await me.seesNo('parley-people');
    },
  },
  {
    name: 'raises the hand and lowers it',
    take: async ({ me, bob }) => {
      const id = await me.get('participantId');
      const hand = async (up: boolean): Promise<void> => {
        const told = await me.tells('raiseHandUpdated', up ? { id } : { id, handRaised: 0 });
        expect(Number(told['handRaised']) > 0).toBe(up);
      };
      await bob.opens('people');
      await me.command('toggleRaiseHand');
      await hand(true);
      await bob.sees('[data-role="hand"]', me.name);
      await me.call('toggleRaiseHand');
      await hand(false);
      await me.key('h');
      await hand(true);
      await me.press(action('toggle-hand'));
      await hand(false);
      await bob.seesNo('[data-role="hand"]');
    },
  },
  {
    name: 'pins, and shows everybody in a grid',
    take: async ({ me, bob }) => {
      const other = (await me.get('participants')).find(({ local }) => !local)?.participantId ?? '';
      await me.command('pinParticipant', other);
      await me.holds('pinnedParticipant', other);
      await me.sees(tile(bob.name), '.tools.kept');
      await me.call('pinParticipant');
      await me.holds('pinnedParticipant', null);
      await me.command('toggleTileView');
      await me.tells('tileViewChanged', { enabled: true });
      await me.holds('tileView', true);
      await me.call('toggleTileView');
      await me.tells('tileViewChanged', { enabled: false });
    },
  },
  {
    name: 'has a name, and asks for those of the others',
    take: async ({ me, bob }) => {
      const id = await me.get('participantId');
      await me.command('displayName', 'Ada');
      await me.tells('displayNameChange', { id, displayname: 'Ada' });
      await bob.sees('parley-tile[data-peer-name="Ada"]');
      expect(await me.call('getDisplayName', id)).toBe('Ada');
      await me.call('setDisplayName', me.name);
      await me.tells('displayNameChange', { id, displayname: me.name });
      expect(await me.call('getNumberOfParticipants')).toBe(2);
      const known = (await me.call('getParticipantsInfo')) as { displayName: string }[];
      expect(known.map(({ displayName }) => displayName).sort()).toEqual([me.name, bob.name].sort());
    },
  },
  {
    name: 'hears who speaks',
    take: async ({ me, bob }) => {
      // There has to be somebody who begins, and is alone in that.
      await me.call('toggleAudio');
      await bob.participant.click('toggle-audio');
      await bob.has('audio', false);
      await bob.participant.click('toggle-audio');
      await bob.has('audio', true);
      const other = (await me.get('participants')).find(({ local }) => !local)?.participantId ?? '';
      await me.tells('dominantSpeakerChanged', { id: other });
      expect(['string', 'object']).toContain(typeof (await me.get('dominantSpeaker')));
      await me.call('toggleAudio');
    },
  },
];

async function hasAccent(me: Tourist, colour: string): Promise<void> {
  await me.until(
    `the accent ${colour}`,
    (colour: string) => {
      const bar = window.parleyTest.all('parley-control-bar')[0];
      return bar && getComputedStyle(bar).getPropertyValue('--parley-accent').trim() === colour;
    },
    colour,
  );
}
