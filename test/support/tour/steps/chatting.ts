import type { Step, Tour } from '../Tour.ts';
import { action, role } from '../Tourist.ts';

/** Messages to all and to one, answers, and files in both directions. */
export const chatting: readonly Step[] = [
  {
    name: 'writes to everybody, and is told what others write',
    take: async ({ me, bob }) => {
      await me.command('sendChatMessage', 'from a command');
      await me.tells('outgoingMessage', { message: 'from a command', privateMessage: false });
      await me.call('sendChatMessage', 'from a method');
      await me.tells('outgoingMessage', { message: 'from a method' });
      await bob.opens('chat');
      await bob.participant.reads('from a method');
      await bob.writes('hello page');
      await me.tells('incomingMessage', { message: 'hello page', nick: bob.name, privateMessage: false });
      await me.tells('chatUpdated', { isOpen: false, unreadCount: 1 });
      await me.until(
        'the message to be read out',
        (wanted: string) =>
          window.parleyTest.all(wanted).some(({ textContent }) => textContent.includes('hello page')),
        role('announcements'),
      );
      me.logbook.drove('role', 'announcements');
      await me.press(action('toggle-chat'));
      await me.tells('chatUpdated', { isOpen: true, unreadCount: 0 });
      await me.reads('hello page', role('chat-message'), role('chat-text'));
      await me.fill('from the field', role('chat-input'));
      await me.press(action('send-chat'));
      await bob.participant.reads('from the field');
    },
  },
  {
    name: 'writes to one alone, and answers',
    take: async ({ me, bob }) => {
      await bob.page.locator('[data-role="receiver"]').selectOption({ label: `${me.name} only` });
      await bob.writes('for your eyes only');
      await me.tells('incomingMessage', { message: 'for your eyes only', privateMessage: true });
      await me.reads('to you only', role('private'));
      const last = `${role('chat-message')}:last-of-type`;
      await me.press(last, action('reply'));
      await me.reads('for your eyes only', role('answered'));
      await me.press(action('cancel-reply'));
      await me.seesNo(role('answered'));
      await me.press(last, action('reply'));
      await me.fill('understood', role('chat-input'));
      await me.hands.press('Enter');
      await me.tells('outgoingMessage', { message: 'understood', privateMessage: true });
      await me.reads('for your eyes only', role('quote'));
      await bob.sees('[data-role="quote"]', 'for your eyes only');
      await bob.page.locator('[data-role="receiver"]').selectOption('');
      await me.choose('', role('receiver'));
    },
  },
  {
    name: 'comes back to the newest message',
    take: async ({ me, bob }) => {
      await me.call('sendChatMessage', Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n'));
      await bob.participant.reads('line 59');
      await me.until(
        'the top of the chat',
        () => {
          const log = window.parleyTest.all('parley-chat')[0]?.shadowRoot?.querySelector('.scroller');
          if (!log || log.scrollHeight <= log.clientHeight + 100) return false;
          log.scrollTop = 0;
          return true;
        },
        null,
      );
      await bob.writes('something new');
      await me.press(action('newest-message'));
      await me.seesNo(action('newest-message'));
    },
  },
  {
    name: 'sends files, and takes one back',
    take: async ({ me, bob }) => {
      await sends(me, 'plan.txt');
      await me.reads('plan.txt', role('file'), role('file-name'));
      await bob.page.locator('[data-action="accept-file"]').click();
      await me.sees(`${role('file')}[data-status="sent"]`);
      await me.press(action('forget-file'));
      await me.seesNo(role('file'));
      await sends(me, 'draft.txt');
      await bob.sees('[data-role="file-name"]', 'draft.txt');
      await me.press(action('cancel-file'));
      await me.sees(`${role('file')}[data-status="cancelled"]`);
      await me.press(action('forget-file'));
    },
  },
  {
    name: 'gets files, and does not want one',
    take: async ({ me, bob }) => {
      const buffer = Buffer.from('what was agreed');
      const choose = bob.page.locator('[data-role="file-input"]');
      await choose.setInputFiles({ name: 'agreed.txt', mimeType: 'text/plain', buffer });
      await me.press(action('accept-file'));
      const saved = await me.hands.saved('agreed.txt', () => me.press(action('save-file')));
      if (saved !== buffer.toString()) throw new Error(`the file says: ${saved}`);
      await me.press(action('forget-file'));
      await choose.setInputFiles({ name: 'other.txt', mimeType: 'text/plain', buffer });
      await me.press(action('decline-file'));
      await bob.sees('[data-role="file"][data-status="declined"]');
      await me.press(action('close-panel'));
    },
  },
];

/** Sends a file as a person does, with the browser's own chooser. */
async function sends(me: Tour['me'], name: string): Promise<void> {
  await me.hands.give({ name, content: 'what is planned' }, () => me.press(action('attach-file')));
  me.logbook.drove('role', 'file-input');
}
