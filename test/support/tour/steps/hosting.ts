import { expect } from '@jest/globals';
import type { Step, Tour } from '../Tour.ts';
import { action, role, setting, tile } from '../Tourist.ts';
import { STUDIO } from './commanding.ts';

/** What a host does: about a person, about the room, about those at the door. */
export const hosting: readonly Step[] = [
  {
    name: 'mutes one, and asks for more',
    take: async ({ me, bob }) => {
      await me.command('toggleParticipantsPane');
      await does(me, 'mute-peer');
      await bob.has('audio', false);
      await does(me, 'ask-to-unmute');
      await bob.sees('[data-role="unmute-asked"]', me.name);
      await bob.participant.click('unmute-asked');
      await bob.has('audio', true);
      await does(me, 'stop-camera');
      await bob.has('video', false);
      await bob.participant.click('toggle-video');
      await bob.has('video', true);
      await bob.page.locator('[data-action="toggle-screen"]').click();
      await bob.has('screen', true);
      const shares = (name: string): boolean => window.parleyTest.hasVideo(name, 'screen');
      await me.until('the screen', shares, bob.name);
      await does(me, 'stop-screen');
      await bob.has('screen', false);
      await me.seesNo(tile(bob.name), 'video[data-source="screen"]');
    },
  },
  {
    name: 'says what one is in the call',
    take: async ({ me, bob }) => {
      const row = [role('participant'), role('role')];
      await does(me, 'make-viewer');
      await me.reads('Viewer', ...row);
      await bob.sees('[data-action="toggle-video"][disabled]');
      await does(me, 'let-speak');
      await bob.seesNo('[data-action="toggle-video"][disabled]');
      // Who may again begins silent and unseen.
      for (const what of ['audio', 'video'] as const) {
        await bob.participant.click(`toggle-${what}`);
        await bob.has(what, true);
      }
      // What the menu offers about him changes under the pointer until then.
      await me.visitor.seesAndHears(bob.participant.person, 60_000);
      await does(me, 'make-host');
      await bob.sees('[data-action="toggle-host"]');
      await does(me, 'unmake-host');
      await bob.seesNo('[data-action="toggle-host"]');
      await does(me, 'spotlight');
      await bob.sees('[data-role="participant"]', 'in the spotlight');
      await does(me, 'end-spotlight');
    },
  },
  {
    name: 'lowers the hands of others',
    take: async ({ me, bob }) => {
      await bob.crowd.come(STUDIO, 'Kim', 'Lee');
      await bob.crowd.are('in', 'Kim', 'Lee');
      await bob.page.keyboard.press('h');
      await me.reads(bob.name, role('hand-list'), role('hand'));
      await does(me, 'lower-hand', bob.name);
      await bob.crowd.seesHand(bob.name, false);
      await bob.page.keyboard.press('h');
      await me.press(role('hand'), action('lower-hand'));
      await bob.crowd.seesHand(bob.name, false);
      await bob.crowd.raiseHands('Kim', 'Lee');
      await me.press(action('lower-all'));
      await bob.crowd.seesHand('Kim', false);
      await bob.crowd.seesHand('Lee', false);
      // In the menu of the reactions, as on a phone.
      await me.press(action('open-reactions'));
      await me.press(action('menu-hand'));
      await bob.crowd.seesHand(me.name, true);
      await me.press(action('toggle-hand'));
      await bob.crowd.seesHand(me.name, false);
      await me.press(action('open-reactions'));
      await me.press(action('react'));
      await me.sees(role('reaction'));
      await bob.sees('[data-role="reaction"]');
    },
  },
  {
    name: 'invites by link and code',
    take: async ({ me, url }) => {
      await me.press(action('invite'));
      await me.reads(`${url}/r/${STUDIO}`, role('room-link'));
      await me.sees(role('room-code'));
      await me.press(action('copy-link'));
      await me.reads('Link copied', role('notice'));
    },
  },
  {
    name: 'sets what the others may',
    take: async ({ me, bob }) => {
      await me.press(action('open-host'));
      await me.sees('parley-host');
      await me.fill('open sesame', role('new-password'));
      await me.press(action('set-password'));
      await bob.crowd.sees('hasPassword', true);
      await me.press(action('remove-password'));
      await bob.crowd.sees('hasPassword', false);
      for (const name of ['locked', 'chat', 'screenShare', 'unmute', 'webinar'] as const) {
        const usual = name !== 'locked' && name !== 'webinar';
        for (const on of [!usual, usual]) {
          await sets(me, name, on);
          await bob.crowd.sees(name, on);
        }
      }
      await sets(me, 'files', false);
      await bob.crowd.sees('maxFileSize', 0);
      await sets(me, 'files', true);
    },
  },
  {
    name: 'mutes everybody',
    take: async ({ me, bob }) => {
      for (const mute of [
        () => me.press(action('mute-everyone')),
        () => me.command('muteEveryone'),
        () => me.call('muteEveryone', 'audio'),
      ]) {
        // Whoever unmutes at the same moment may be heard afterwards.
        await bob.crowd.hears(bob.name);
        await mute();
        await bob.has('audio', false);
        await bob.participant.click('toggle-audio');
        await bob.has('audio', true);
      }
    },
  },
  {
    name: 'lets in who waits, or turns away: one, or all',
    take: async ({ me, bob }) => {
      const { crowd } = bob;
      await sets(me, 'waitingRoom', true);
      await crowd.sees('waitingRoom', true);
      await crowd.come(STUDIO, 'Mia');
      await me.reads('Mia', role('knock'));
      await me.press(role('knock'), action('deny'));
      await crowd.are('denied', 'Mia');
      await crowd.come(STUDIO, 'Mia', 'Noa');
      await crowd.are('waiting', 'Mia', 'Noa');
      await me.press(action('look-who-waits'));
      await me.reads('Noa', role('waiting-list'), role('waiting-peer'));
      await me.press(action('deny-all'));
      await crowd.are('denied', 'Mia', 'Noa');
      // Those who were turned away are not those who come next.
      await me.seesNo(role('waiting-peer'));
      await crowd.come(STUDIO, 'Mia');
      await me.press(role('waiting-peer'), action('admit'));
      await crowd.are('in', 'Mia');
      await me.seesNo(role('waiting-peer'));
      await crowd.come(STUDIO, 'Noa', 'Oda');
      await me.press(role('waiting-list'), action('admit-all'));
      await crowd.are('in', 'Noa', 'Oda');
      await me.press(action('toggle-host'));
      await sets(me, 'waitingRoom', false);
      await me.press(action('toggle-host'));
    },
  },
  {
    name: 'puts people out',
    take: async ({ me, bob }) => {
      const idOf = async (name: string): Promise<string> =>
        (await me.get('participants')).find(({ displayName }) => displayName === name)?.participantId ?? '';
      await me.command('kickParticipant', await idOf('Mia'));
      await bob.crowd.are('closed', 'Mia');
      await me.call('kickParticipant', await idOf('Noa'));
      await bob.crowd.are('closed', 'Noa');
      await me.command('toggleParticipantsPane');
      await does(me, 'remove-peer', 'Oda');
      await bob.crowd.are('closed', 'Oda');
      await me.command('toggleParticipantsPane');
      expect(await idOf('Oda')).toBe('');
      await bob.crowd.leave();
    },
  },
];

/** Chooses from the menu about somebody; default: the companion. */
export async function does(me: Tour['me'], what: string, name = 'Bob'): Promise<void> {
  const id =
    (await me.get('participants')).find(({ displayName }) => displayName === name)?.participantId ?? '';
  await me.press(`[data-role="participant"][data-peer-id="${id}"]`, action('person-menu'));
  await me.press('parley-people', 'parley-menu', action(what));
}

/** Switches something of the room; the server lets a host do that ten times in three seconds, and a switch goes back that it refuses. */
async function sets(me: Tour['me'], name: string, on: boolean): Promise<void> {
  const isOn = (selector: string): boolean =>
    (window.parleyTest.all(selector)[0] as HTMLInputElement | undefined)?.checked === true;
  await me.sees(setting(name));
  while ((await me.visitor.run(isOn, setting(name))) !== on) {
    await me.press(setting(name));
    await me.sees(`${setting(name)}[aria-busy="false"]`);
  }
}
