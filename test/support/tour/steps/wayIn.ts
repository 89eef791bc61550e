import { expect } from '@jest/globals';
import type { Step } from '../Tour.ts';
import { Tour } from '../Tour.ts';
import { action, device, role } from '../Tourist.ts';

const LOUNGE = 'lounge';

/** From the screen before the call through a door with a password and somebody who opens, to being one of the guests. */
export const wayIn: readonly Step[] = [
  {
    name: 'tries camera and microphone, and the speaker with a few notes, before the call',
    take: async ({ me, bob, site, url }) => {
      await bob.joins(LOUNGE, await Tour.token(bob.name));
      await bob.sets('waitingRoom', true);
      await bob.page.locator('[data-role="new-password"]').fill('open sesame');
      await bob.page.locator('[data-action="set-password"]').click();
      await bob.sees('[data-action="remove-password"]');

      await me.insert({
        room: LOUNGE,
        name: '',
        mode: 'inline',
        url,
        'token-url': `${site.url}/guest`,
        'token-method': 'GET',
      });
      await me.stands('prejoin');
      await me.holds('tokenMethod', 'GET');
      await me.fill(me.name, role('name-input'));
      for (const [control, event, method] of [
        ['toggle-audio', 'audioMuteStatusChanged', 'toggleAudio'],
        ['toggle-video', 'videoMuteStatusChanged', 'toggleVideo'],
      ] as const) {
        await me.tells(event, { muted: false });
        await me.press(action(control));
        await me.tells(event, { muted: true });
        await me.call(method);
        await me.tells(event, { muted: false });
      }
      for (const kind of ['camera', 'microphone'] as const) await chooseAnother(me, kind);
      await me.press(action('test-speaker'));
      await me.sees(`${action('test-speaker')}[aria-busy="true"]`);
      await me.sees(`${action('test-speaker')}[aria-busy="false"]`);
    },
  },
  {
    name: 'chooses a speaker',
    needs: 'device speaker',
    take: ({ me }) => chooseAnother(me, 'speaker'),
  },
  {
    name: 'tests the network, twice',
    take: async ({ me }) => {
      await me.press(action('test-network'));
      const good = [role('network-test') + '[data-grade="good"]', 'ul[aria-busy="false"]'];
      await me.sees(...good);
      await me.press(action('test-network-again'));
      await me.sees(role('network-test'), 'ul[aria-busy="true"]');
      await me.hands.press('Escape');
      await me.seesNo(role('network-test'));
    },
  },
  {
    name: 'knocks with a password, does not wait, and knocks again',
    take: async ({ me, bob, site }) => {
      site.wishes.length = 0;
      await me.press(action('join'));
      await me.tells('error', { code: 'passwordRequired' });
      await me.tells('errorOccurred', { name: 'passwordRequired', isFatal: true });
      expect(site.wishes).toContain(`GET /guest?room=${LOUNGE}&name=${me.name}`);
      await me.fill('open sesame', role('password-input'));
      await me.press(action('join'));
      await me.stands('waiting');
      await me.sees(role('waiting'));
      await bob.opens('people');
      await bob.sees(role('waiting-peer'), me.name);
      await me.press(action('give-up'));
      await me.stands('prejoin');
      // What was given up is not what is let in.
      await bob.seesNo(role('waiting-peer'));
      await me.press(action('join'));
      await me.stands('waiting');
      await bob.page.locator('[data-role="waiting-peer"] [data-action="admit"]').click();
      await me.stands('connected');
      await me.visitor.seesAndHears(bob.participant.person, 60_000);
      await bob.seesAndHears(me.visitor.person);
    },
  },
];

/** Chooses the last device of a kind, which the page is told of. */
async function chooseAnother(me: Tour['me'], kind: 'camera' | 'microphone' | 'speaker'): Promise<void> {
  const list = [device(kind)];
  const isThere = ([list]: string[][]): boolean =>
    [...((window.parleyTest.reach(list ?? [])[0] as HTMLSelectElement | undefined)?.options ?? [])].some(
      ({ value }) => value !== '',
    );
  await me.until(`a ${kind} to choose`, isThere, [list]);
  const last = await me.visitor.run(
    (list: string[]) =>
      [...(window.parleyTest.reach(list)[0] as HTMLSelectElement).options].at(-1)?.value ?? '',
    list,
  );
  await me.choose(last, ...list);
  const told = (await me.tells('preferenceschanged')) as { devices: Record<string, string> };
  expect(told.devices[kind]).toBe(last);
}
