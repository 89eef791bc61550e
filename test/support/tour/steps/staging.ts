import { expect } from '@jest/globals';
import type { Step, Tour } from '../Tour.ts';
import { action, role, tile } from '../Tourist.ts';
import { STUDIO } from './commanding.ts';

const WIDE = { width: 960, height: 640 };
const SMALL = { width: 300, height: 480 };

/** Who is large, who is there at all, and how they look: in the menus of the room and of a tile. */
export const staging: readonly Step[] = [
  {
    name: 'pins in three ways, and puts one into the spotlight',
    take: async ({ me, bob }) => {
      const other = (await me.get('participants')).find(({ local }) => !local)?.participantId ?? '';
      await me.press(tile(bob.name), action('pin'));
      await me.holds('pinnedParticipant', other);
      await me.press(tile(bob.name), action('pin'));
      await me.holds('pinnedParticipant', null);
      await me.click(2, [tile(bob.name), '.card.camera']);
      await me.holds('pinnedParticipant', other);
      await onTile(me, bob.name, 'menu-pin');
      await me.holds('pinnedParticipant', null);
      await me.press(tile(bob.name), action('tile-menu'));
      await me.reads(bob.name, role('tile-details'));
      await me.hands.press('Escape');
      await onTile(me, bob.name, 'menu-spotlight');
      await untilLarge(me, bob.name, true);
      await onTile(me, bob.name, 'menu-spotlight');
      await untilLarge(me, bob.name, false);
    },
  },
  {
    name: 'chooses a layout, with the own tile or without',
    take: async ({ me, bob }) => {
      await me.press(action('view'));
      await me.press(action('layout-grid'));
      await me.tells('tileViewChanged', { enabled: true });
      await me.press(action('layout-speaker'));
      await me.tells('tileViewChanged', { enabled: false });
      await untilLarge(me, bob.name, true);
      await me.press(action('layout-auto'));
      await untilLarge(me, bob.name, false);
      await prefers(me, 'mirrorSelf', () => me.press(action('mirror-self')), false);
      await prefers(me, 'hideSelf', () => me.press(action('hide-self')), true);
      await me.seesNo(`${tile(me.name)}:not(.away)`);
      await me.press(action('hide-self'));
      await me.hands.press('Escape');
      await me.sees(`${tile(me.name)}:not(.away)`);
      await prefers(me, 'mirrorSelf', () => onTile(me, me.name, 'menu-mirror-self'), true);
      await prefers(me, 'hideSelf', () => onTile(me, me.name, 'menu-hide-self'), true);
      await me.seesNo(`${tile(me.name)}:not(.away)`);
      await me.press(action('view'));
      await me.press(action('hide-self'));
      await me.hands.press('Escape');
    },
  },
  {
    name: 'turns pages, with buttons and keys',
    take: async ({ me, bob }) => {
      await bob.crowd.come(STUDIO, 'Kim', 'Lee');
      await bob.crowd.are('in', 'Kim', 'Lee');
      await me.press(tile(bob.name), action('pin'));
      await me.hands.resize(SMALL);
      await me.reads('1', role('page'));
      await me.press(action('next-page'));
      await me.sees(`${action('previous-page')}:not([disabled])`);
      await me.press(action('previous-page'));
      await me.sees(`${action('previous-page')}[disabled]`);
      await me.key('ArrowRight');
      await me.sees(`${action('previous-page')}:not([disabled])`);
      await me.key('ArrowLeft');
      await me.sees(`${action('previous-page')}[disabled]`);
      await me.hands.resize(WIDE);
      await me.seesNo(role('page'));
      await me.press(tile(bob.name), action('pin'));
      await me.holds('pinnedParticipant', null);
      await bob.crowd.leave();
    },
  },
  {
    name: 'draws the statistics of a tile and of the connection, and saves them',
    take: async ({ me, bob }) => {
      await onTile(me, bob.name, 'menu-statistics');
      await me.sees(role('track-statistics'), 'path.line[d*="L"]');
      await me.choose('', role('statistics-subject'));
      await me.seesNo(role('track-statistics'));
      const saved = await me.hands.saved('parley-statistics.json', () => me.press(action('save-statistics')));
      const { people } = JSON.parse(saved) as { people: { name: string }[] };
      expect(people.map(({ name }) => name)).toContain(bob.name);
      await me.press(action('close-panel'));
      await me.press(action('view'));
      await me.press(action('statistics'));
      await me.sees('parley-statistics', 'path.line[d*="L"]');
      await me.press(action('close-panel'));
      await me.seesNo('parley-statistics');
    },
  },
];

/** Opens the menu of a tile, and chooses. */
export async function onTile(me: Tour['me'], name: string, what: string): Promise<void> {
  await me.press(tile(name), action('tile-menu'));
  await me.press(action(what));
}

/** Does what changes how the person likes the stage, of which the page is told. */
async function prefers(
  me: Tour['me'],
  what: string,
  change: () => Promise<void>,
  value: boolean,
): Promise<void> {
  await change();
  for (;;) {
    const { stage } = (await me.tells('preferenceschanged')) as { stage: Record<string, unknown> };
    if (stage[what] === value) return;
  }
}

/** Waits until somebody's tile is much wider than the narrowest, or is not. */
async function untilLarge(me: Tour['me'], name: string, large: boolean): Promise<void> {
  await me.until(
    `${name} to be ${large ? 'large' : 'as the others'}`,
    ([name, large]: [string, boolean]) => {
      const tiles = window.parleyTest.all('parley-tile:not(.away)');
      const smallest = Math.min(...tiles.map(({ clientWidth }) => clientWidth));
      const own = tiles.find((one) => one.getAttribute('data-peer-name') === name)?.clientWidth ?? 0;
      return own > 1.6 * smallest === large;
    },
    [name, large] as [string, boolean],
  );
}
