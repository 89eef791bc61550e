import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileTransfers } from '../../client/lib/files/FileTransfers.ts';
import {
  FILE_TOPIC,
  PART_TOPIC,
  readPart,
  safeName,
  writePart,
} from '../../client/lib/files/fileMessages.ts';
import type { IncomingFile } from '../../client/lib/files/IncomingFile.ts';
import type { DataOptions, RoomState } from '../../client/lib/publicTypes.ts';
import { initialRoom } from '../../client/lib/initialRoom.ts';
import { until } from './support/until.ts';

/* Files between peers whose data messages reach each other as the server has them: by addressee, stamped, in order. */

class Person {
  readonly id: string;
  readonly files: FileTransfers;
  readonly offered: IncomingFile[] = [];
  readonly errors: Error[] = [];
  maxFileSize = 1_000_000;

  constructor(id: string, others: Map<string, Person>) {
    this.id = id;
    others.set(id, this);
    const send = (payload: unknown, { to = [], topic }: DataOptions): Promise<void> => {
      for (const other of others.values())
        if (to.includes(other.id))
          queueMicrotask(() =>
            other.files.receive({ from: id, topic, payload: structuredClone(payload), reliable: true }),
          );
      return Promise.resolve();
    };
    const state = (): RoomState => {
      const { view } = initialRoom('standup');
      const peers = [...others.keys()].map((peerId) => ({ peerId, isLocal: peerId === id }));
      return {
        ...view,
        peers: peers as unknown as RoomState['peers'],
        permissions: { ...view.permissions, canPublishData: true },
        settings: { ...view.settings, maxFileSize: this.maxFileSize },
      };
    };
    this.files = new FileTransfers({
      state,
      send,
      onOffered: (file) => this.offered.push(file),
      onError: (error) => this.errors.push(error),
    });
  }
}

let ann: Person;
let bob: Person;
let cid: Person;
beforeEach(() => {
  const everybody = new Map<string, Person>();
  [ann, bob, cid] = ['ann', 'bob', 'cid'].map((id) => new Person(id, everybody)) as [Person, Person, Person];
});

afterEach(() => {
  for (const person of [ann, bob, cid]) {
    person.files.close();
    expect(person.errors).toEqual([]);
  }
});

const content = (size: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: size }, (_, index) => (index * 31) % 251);
const named = (size: number, name = 'notes.txt'): File =>
  new File([content(size)], name, { type: 'text/plain' });

async function offered(to: Person, count = 1): Promise<IncomingFile> {
  await until(() => to.offered.length === count);
  return to.offered[count - 1]!;
}

describe('a file', () => {
  it('comes whole to whoever accepts it, with progress on both sides', async () => {
    const sent = await ann.files.send(named(600_000), {});
    const [atBob, atCid] = [await offered(bob), await offered(cid)];
    expect([atBob.name, atBob.size, atBob.type, atBob.from]).toEqual([
      'notes.txt',
      600_000,
      'text/plain',
      'ann',
    ]);
    const progress: number[] = [];
    atBob.on('progress', (bytes) => progress.push(bytes));
    let isOver = false;
    sent.on('ended', () => (isOver = true));
    atCid.decline();
    const file = await atBob.accept();
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(content(600_000));
    expect(file.type).toBe('text/plain');
    await until(() => isOver);
    expect(progress.at(-1)).toBe(600_000);
    expect(sent.receivers).toEqual([
      { peerId: 'bob', status: 'sent', bytes: 600_000 },
      { peerId: 'cid', status: 'declined', bytes: 0 },
    ]);
    await expect(atCid.accept()).rejects.toMatchObject({ code: 'invalidState' });
  });

  it('of no bytes comes too, to one alone', async () => {
    await ann.files.send(new Blob([]), { to: ['cid'] });
    const file = await offered(cid);
    expect([file.name, (await file.accept()).size, bob.offered]).toEqual(['file', 0, []]);
  });

  it('is cancelled by either side', async () => {
    const sent = await ann.files.send(named(900_000), {});
    const atBob = await offered(bob);
    const atCid = await offered(cid);
    const toBob = atBob.accept();
    const refused = expect(toBob).rejects.toMatchObject({ code: 'invalidState' });
    await until(() => atBob.bytes > 0);
    atBob.cancel();
    await refused;
    await until(() => sent.receivers[0]?.status === 'cancelled');
    sent.cancel();
    await until(() => atCid.status === 'cancelled');
    expect(sent.ended).toBe(true);
  });

  it('is lost when a part is, or when its sender leaves', async () => {
    await ann.files.send(named(900_000), { to: ['bob'] });
    const atBob = await offered(bob);
    const lost = expect(atBob.accept()).rejects.toMatchObject({ code: 'unavailable' });
    await until(() => atBob.bytes > 0);
    const { fileId, bytes } = atBob;
    bob.files.receive({
      from: 'ann',
      topic: PART_TOPIC,
      payload: writePart(fileId, bytes + 5, content(1)),
      reliable: true,
    });
    await lost;
    await ann.files.send(named(10), { to: ['bob'] });
    const second = await offered(bob, 2);
    bob.files.peerLeft('ann');
    expect(second.status).toBe('lost');
  });

  it('is refused where it is too large, nobody is there, or none may be sent', async () => {
    await expect(ann.files.send(named(1_000_001), {})).rejects.toMatchObject({ code: 'badRequest' });
    await expect(ann.files.send(named(1), { to: ['nobody'] })).rejects.toMatchObject({ code: 'notFound' });
    bob.maxFileSize = 5;
    const sent = await ann.files.send(named(6), { to: ['bob'] });
    await until(() => sent.ended);
    expect([sent.receivers[0]?.status, bob.offered]).toEqual(['declined', []]);
    ann.maxFileSize = 0;
    await expect(ann.files.send(named(1), {})).rejects.toMatchObject({ code: 'forbidden' });
    ann.files.close();
    await expect(ann.files.send(named(1), {})).rejects.toMatchObject({ code: 'invalidState' });
  });

  it('is not taken from a stranger, in another’s name, or by the hundred', () => {
    const offer = (id: string) => ({ kind: 'offer', id, name: 'x', size: 4, type: '' });
    const say = (from: string, payload: unknown, topic = FILE_TOPIC) =>
      bob.files.receive({ from, topic, payload, reliable: true });
    say('mallory', offer('0000000000000001'));
    for (const payload of [
      null,
      'x',
      {},
      { kind: 'offer', id: 'x' },
      { ...offer('00000000000000aa'), size: -1 },
    ])
      say('ann', payload);
    expect(bob.offered).toEqual([]);
    for (let count = 0; count < 20; count += 1) say('ann', offer(count.toString(16).padStart(16, '0')));
    expect(bob.offered).toHaveLength(8);
    const [file] = bob.offered as [IncomingFile];
    void file.accept().catch(() => undefined);
    say('cid', writePart(file.fileId, 0, content(4)), PART_TOPIC);
    expect(file.status).toBe('receiving');
    say('ann', new Uint8Array(3), PART_TOPIC);
    say('ann', writePart(file.fileId, 0, content(5)), PART_TOPIC);
    expect(file.status).toBe('lost');
    expect(bob.files.receive({ from: 'ann', topic: 'other', payload: 1, reliable: true })).toBe(false);
  });
});

describe('what is said of a file', () => {
  it('is safe to show, and to save under', () => {
    expect(safeName('../../etc/passwd')).toBe('passwd');
    expect(safeName('C:\\temp\\a.txt')).toBe('a.txt');
    expect(safeName('invoice\u202Etxt.exe')).toBe('invoicetxt.exe');
    expect([safeName(''), safeName('..'), safeName('\u0000')]).toEqual(['file', 'file', 'file']);
    expect(safeName('x'.repeat(300))).toHaveLength(255);
  });

  it('says where a part belongs', () => {
    const part = readPart(writePart('00ff00000000000a', 5_000_000_000, content(3)));
    expect(part).toEqual({ id: '00ff00000000000a', offset: 5_000_000_000, bytes: content(3) });
    expect(readPart(new Uint8Array(16))).toBeUndefined();
  });
});
