import { afterEach, describe, expect, it } from '@jest/globals';
import { callReports } from '../../client/element/callReports.ts';
import { NoticeBoard } from '../../client/element/NoticeBoard.ts';
import { text } from '../../client/element/text.ts';

let changes = 0;
const board = new NoticeBoard(() => (changes += 1));

afterEach(() => board.clear());

describe('the notice board', () => {
  it('shows a sentence once, the newest last, and at most three', () => {
    for (const sentence of ['a', 'b', 'a', 'c', 'd']) board.show(sentence);
    expect(board.notices.map((notice) => notice.text)).toEqual(['a', 'c', 'd']);
    board.dismiss(board.notices[0]!.id);
    expect(board.notices.map((notice) => notice.text)).toEqual(['c', 'd']);
  });

  it('says the same sentence again to a screen reader when it is news again', () => {
    const before = changes;
    board.announce('Bob writes: yes');
    board.announce('Bob writes: yes');
    expect(changes).toBe(before + 2);
    expect(board.announcements.map(({ text }) => text)).toEqual(['Bob writes: yes', 'Bob writes: yes']);
    expect(new Set(board.announcements.map(({ id }) => id)).size).toBe(2);
    for (const sentence of ['c', 'd', 'e']) board.announce(sentence);
    expect(board.announcements.map(({ text }) => text)).toEqual(['c', 'd', 'e']);
  });

  it('is empty once it was cleared', () => {
    board.show('a', 'error');
    board.announce('b');
    board.clear();
    expect([...board.notices, ...board.announcements]).toEqual([]);
  });
});

describe('a message of somebody else', () => {
  it('is read out as what it is: for all, or for this person only', () => {
    const reports = callReports(
      board,
      () => undefined,
      () => 'me',
    );
    const message = { messageId: 'm', peerId: 'bob', name: 'Bob', text: 'yes', sentAt: 0 };
    reports.chat(message);
    reports.chat({ ...message, to: 'me' });
    reports.chat({ ...message, peerId: 'me', to: 'bob' });
    expect(board.announcements.map((one) => one.text)).toEqual([
      text.chatAnnounce('Bob', 'yes'),
      text.chatAnnouncePrivate('Bob', 'yes'),
    ]);
    expect(text.chatAnnouncePrivate('Bob', 'yes')).not.toBe(text.chatAnnounce('Bob', 'yes'));
  });
});
