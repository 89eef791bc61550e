import { Tour, type Step } from '../Tour.ts';
import { action, role } from '../Tourist.ts';

const CELLAR = 'cellar';

/** Media over TCP, which a browser stays with that has come by it. */
const BY_TCP = { protocol: 'tcp', ports: '20000:20001' } as const;

/** The network lets the person down, in every way that the room has words for. */
export const weakLinks: readonly Step[] = [
  {
    name: 'says what keeps all media away, until it is gone',
    take: async ({ me, bob, network, url }) => {
      await bob.joins(CELLAR, await Tour.token(bob.name));
      network.setFirewall('tourist', [{ protocol: 'udp' }, BY_TCP]);
      await me.insert({ room: CELLAR, name: me.name, mode: 'inline', url, autojoin: '' });
      await me.stands('connected');
      await me.sees(role('trouble'));
      await me.reads('network', role('advice'));
      await me.reads('UDP', role('operator'));
      network.setFirewall('tourist', [BY_TCP]);
      await me.seesNo(role('trouble'));
      await bob.seesAndHears(me.visitor.person);
      await me.visitor.seesAndHears(bob.participant.person, 60_000);
    },
  },
  {
    name: 'offers to leave pictures out where much is lost, does so, and the next time is waved off',
    take: async ({ me, bob, network }) => {
      network.impair('server', { loss: 0.3, from: 'tourist', protocol: 'udp' });
      await me.press(role('audio-only'), action('go-audio-only'));
      await me.tells('audioOnlyChanged', { audioOnlyChanged: true });
      await me.press(action('show-pictures'));
      await me.tells('audioOnlyChanged', { audioOnlyChanged: false });
      await me.press(role('audio-only'), action('decline-audio-only'));
      await me.seesNo(role('audio-only'));
      network.impair('server', null);
      await bob.seesAndHears(me.visitor.person);
      await me.visitor.run(() => window.parleyTest.clear(), null);
      await me.visitor.seesAndHears(bob.participant.person, 60_000);
    },
  },
  {
    name: 'says that the link carries no pictures, and has them again when it does',
    take: async ({ me, bob, network }) => {
      // Of media only what is tiny comes through, and nobody is told what is not: a tunnel narrower than its ends believe.
      network.impair('tourist', { larger: 150, protocol: 'udp' });
      await me.reads('too slow for video', role('audio-only'));
      network.impair('tourist', null);
      await me.seesNo(role('audio-only'));
      await me.visitor.run(() => window.parleyTest.clear(), null);
      await me.visitor.seesAndHears(bob.participant.person, 60_000);
    },
  },
  {
    name: 'says that the connection is lost, and comes back by itself',
    take: async ({ me, bob, network }) => {
      network.setCable('tourist', false);
      await me.sees(role('banner'));
      await me.holds('status', 'reconnecting');
      network.setCable('tourist', true);
      await me.stands('connected');
      await me.seesNo(role('banner'));
      await bob.seesAndHears(me.visitor.person);
      await me.call('hangup');
      await me.remove();
      await bob.leaves();
    },
  },
];
