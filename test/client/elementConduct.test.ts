import { describe, expect, it } from '@jest/globals';
import { timeline } from '../../client/element/chat/timeline.ts';
import { CallRecord } from '../../client/element/conduct/CallRecord.ts';
import { FileShelf } from '../../client/element/conduct/FileShelf.ts';
import { outgoingView, sizeText, type FileView } from '../../client/element/conduct/fileViews.ts';
import { personMenu } from '../../client/element/conduct/personMenu.ts';
import { connectionText, durationText } from '../../client/element/conduct/summaryText.ts';
import { text } from '../../client/element/text.ts';
import { IncomingFile } from '../../client/lib/files/IncomingFile.ts';
import { OutgoingFile } from '../../client/lib/files/OutgoingFile.ts';
import { initialRoom } from '../../client/lib/initialRoom.ts';
import type { PeerState, PublicationState, RoomState } from '../../client/lib/publicTypes.ts';
import type { ChatMessage, MediaSource } from '../../src/protocol/models.ts';

const publication = (source: MediaSource, paused = false): PublicationState => ({
  producerId: source,
  source,
  kind: source === 'microphone' ? 'audio' : 'video',
  paused,
  track: null,
  quality: null,
});

const person = (peerId: string, change: Partial<PeerState> = {}): PeerState => ({
  peerId,
  name: peerId.toUpperCase(),
  role: 'speaker',
  joinedAt: 0,
  isLocal: false,
  publications: [],
  level: -127,
  speaking: false,
  connectionQuality: null,
  ...change,
});

const message = (messageId: string, change: Partial<ChatMessage> = {}): ChatMessage => ({
  messageId,
  peerId: 'ann',
  name: 'Ann',
  text: 'hello',
  sentAt: 0,
  ...change,
});

const offered = (id: string, after: string | null): FileView => ({
  id,
  own: false,
  name: 'plan.pdf',
  size: 1,
  from: 'Ann',
  after,
  status: 'offered',
  bytes: 0,
  to: [],
});

describe('the conversation', () => {
  it('has each file after the message that was the newest when it came, whatever the clocks say', () => {
    const entries = timeline(
      [message('m1', { sentAt: 9e12 }), message('m2', { sentAt: 1 })],
      [offered('first', null), offered('last', 'm2'), offered('middle', 'm1'), offered('old', 'dropped')],
    );
    expect(entries.map(({ id }) => id)).toEqual(['first', 'old', 'm1', 'middle', 'm2', 'last']);
  });

  it('puts messages under one name that one person wrote in a row to the same people', () => {
    const said = [
      message('a'),
      message('b', { sentAt: 60_000 }),
      message('private', { sentAt: 61_000, to: 'bob' }),
      message('again', { sentAt: 62_000, to: 'bob' }),
      message('answer', { sentAt: 63_000, to: 'bob', replyTo: 'a' }),
      message('other', { sentAt: 64_000, peerId: 'bob' }),
      message('later', { sentAt: 900_000, peerId: 'bob' }),
    ];
    const grouped = timeline(said, []).flatMap((entry) => (entry.message && entry.grouped ? [entry.id] : []));
    expect(grouped).toEqual(['b', 'again']);
    expect(timeline([said[0]!, said[1]!], [offered('between', 'a')])[2]).toMatchObject({ grouped: false });
  });
});

describe('a number of bytes', () => {
  it('is said with the unit that fits', () => {
    expect([0, 999, 1000, 1_048_576, 104_857_600, 3e9].map((bytes) => sizeText(bytes, 'en'))).toEqual([
      '0 bytes',
      '999 bytes',
      '1 kB',
      '1 MB',
      '104.9 MB',
      '3 GB',
    ]);
  });
});

describe('the shelf of files', () => {
  const parts = { say: () => undefined, got: () => undefined, ended: () => undefined };
  const info = { fileId: 'f', from: 'ann', name: 'plan.html', size: 3, type: 'text/html' };

  function shelf(): { shelf: FileShelf; changes: () => number; view: () => FileView | undefined } {
    let changes = 0;
    const made = new FileShelf(() => (changes += 1));
    return { shelf: made, changes: () => changes, view: () => made.views[0] };
  }

  it('has a file that is accepted, how much of it has come, and in the end all of it', async () => {
    const { shelf: files, view } = shelf();
    const file = new IncomingFile(info, parts);
    files.offered(file, 'Ann', 'm1');
    expect(view()).toMatchObject({
      own: false,
      name: 'plan.html',
      from: 'Ann',
      after: 'm1',
      status: 'offered',
    });
    const accepted = files.accept('ann f');
    expect(view()).toMatchObject({ status: 'receiving', bytes: 0 });
    file.take(0, new Uint8Array([1, 2]));
    expect(view()).toMatchObject({ status: 'receiving', bytes: 2 });
    file.take(2, new Uint8Array([3]));
    await accepted;
    expect(view()).toMatchObject({ status: 'received', bytes: 3 });
    const saved = await fetch(view()?.url ?? '');
    expect(saved.headers.get('content-type')).toBe('application/octet-stream');
    expect([...new Uint8Array(await saved.arrayBuffer())]).toEqual([1, 2, 3]);
    files.close();
    await expect(fetch(saved.url)).rejects.toThrow();
  });

  it('says what became of a file that did not come', async () => {
    const { shelf: files, view } = shelf();
    const declined = new IncomingFile(info, parts);
    files.offered(declined, 'Ann', null);
    files.decline('ann f');
    expect(view()?.status).toBe('declined');
    files.forget('ann f');
    expect(view()).toBeUndefined();

    const lost = new IncomingFile(info, parts);
    files.offered(lost, 'Ann', null);
    const accepted = files.accept('ann f');
    lost.end('lost');
    await expect(accepted).rejects.toMatchObject({ code: 'unavailable' });
    expect(view()).toMatchObject({ status: 'lost' });
    await files.accept('nothing of that name');
    files.close();
  });

  it('ends what is under way, and is silent, once it is closed', () => {
    const { shelf: files, changes } = shelf();
    const file = new IncomingFile(info, parts);
    files.offered(file, 'Ann', null);
    const before = changes();
    files.close();
    files.close();
    expect(file.status).toBe('cancelled');
    expect(changes()).toBe(before);
  });

  it('lets the oldest go that are over, and none that is under way', () => {
    const { shelf: files } = shelf();
    for (let number = 0; number < 60; number += 1) {
      const file = new IncomingFile({ ...info, fileId: String(number) }, parts);
      files.offered(file, 'Ann', null);
      if (number % 2 === 0) file.decline();
    }
    expect(files.views).toHaveLength(50);
    expect(files.views.filter(({ status }) => status === 'offered')).toHaveLength(30);
    files.close();
  });

  it('shows a file of one’s own as it stands with all its receivers', () => {
    const file = new OutgoingFile(
      { fileId: 'f', name: 'plan', file: new Blob(['abc']), to: ['bob', 'cyd'] },
      { send: () => Promise.resolve(), cancel: () => undefined, ended: () => undefined },
    );
    const { shelf: files, view } = shelf();
    files.sent(file, new Map([['bob', 'Bob']]), null);
    expect(view()).toMatchObject({ own: true, status: 'offered', to: ['Bob', ''], size: 3 });
    file.accepted('bob');
    expect(view()?.status).toBe('sending');
    file.got('bob', 2);
    expect(view()?.bytes).toBe(2);
    file.got('bob', 3);
    expect(view()?.status).toBe('offered');
    file.end('cyd', 'declined');
    expect(view()?.status).toBe('sent');
    expect(outgoingView(file, new Map(), 'm').after).toBe('m');
    files.close();
  });
});

describe('what is said of a call', () => {
  const room = (change: Partial<RoomState>): RoomState => ({
    ...initialRoom('r').view,
    status: 'connected',
    peerId: 'me',
    ...change,
  });
  const me = (connectionQuality: number | null): PeerState =>
    person('me', { isLocal: true, connectionQuality });

  it('counts from the first moment in the room, everybody once, and the time with a weak connection', () => {
    let now = 1000;
    const record = new CallRecord(() => now);
    record.note(null);
    record.note(room({ status: 'connecting' }));
    now = 5000;
    record.note(room({ peers: [me(null)] }));
    now = 6000;
    record.note(room({ peers: [me(5), person('bob', { identity: 'b' })] }));
    now = 9000;
    record.note(room({ peers: [me(2), person('bob-again', { identity: 'b' }), person('cyd')] }));
    now = 10_000;
    record.note(room({ peers: [me(5)] }));
    now = 11_000;
    record.note(room({ status: 'reconnecting', peers: [me(5)] }));
    now = 12_000;
    record.note(room({ status: 'closed', peers: [me(5)] }));
    expect(record.end()).toEqual({ lasted: 7000, others: 2, weak: 2000 / 6000 });
  });

  it('is nothing where nobody got in, and nothing of a connection that was never known', () => {
    expect(new CallRecord(() => 5).end()).toBeNull();
    const record = new CallRecord(() => 5);
    record.note(room({ peers: [me(null)] }));
    expect(record.end()).toEqual({ lasted: 0, others: 0, weak: null });
  });

  it('is put in words', () => {
    expect([0, 59_999, 60_000, 150_000, 3_600_000, 7_530_000].map(durationText)).toEqual([
      text.callUnder,
      text.callUnder,
      '1 minute',
      '2 minutes',
      '1 h 0 min',
      '2 h 5 min',
    ]);
    const said = [0, 0.049, 0.33].map(connectionText);
    expect(said).toEqual([text.callGood, text.callGood, text.callWeakFor(33)]);
  });
});

describe('what a host can do about somebody', () => {
  const actions = (change: Partial<PeerState>): string[] =>
    personMenu(person('bob', change), true).map(({ action }) => action);

  it('depends on what that person sends', () => {
    expect(actions({})).toEqual([
      'ask-to-unmute',
      'spotlight',
      'make-viewer',
      'make-host',
      'hand-over',
      'remove-peer',
    ]);
    const publications = [publication('microphone'), publication('camera'), publication('screen')];
    expect(actions({ publications }).slice(0, 3)).toEqual(['mute-peer', 'stop-camera', 'stop-screen']);
    expect(actions({ publications: [publication('microphone', true)] })[0]).toBe('ask-to-unmute');
  });

  it('depends on role, hand and stage', () => {
    expect(actions({ role: 'viewer', handRaisedAt: 1, spotlightAt: 1 })).toEqual([
      'lower-hand',
      'end-spotlight',
      'let-speak',
      'make-host',
      'hand-over',
      'remove-peer',
    ]);
    expect(actions({ role: 'host' })).toEqual(['ask-to-unmute', 'spotlight', 'unmake-host', 'remove-peer']);
  });

  it('has no handing over for whoever is a host by a token, and so stays one', () => {
    const items = personMenu(person('bob', {}), false).map(({ action }) => action);
    expect(items).toEqual(actions({}).filter((action) => action !== 'hand-over'));
  });

  it('is about that person', () => {
    for (const { request } of personMenu(person('bob', { role: 'viewer' }), true))
      expect(request).toMatchObject({ type: 'conduct', act: { peerId: 'bob' } });
  });
});
