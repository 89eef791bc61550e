import { beforeEach, describe, expect, it } from '@jest/globals';
import { readEnvelope, type VersionedNode } from '../../src/cluster/redis/envelope.ts';
import { NodeDirectory, type Sign } from '../../src/cluster/redis/NodeDirectory.ts';
import { MISSED, shed, type Outgoing } from '../../src/cluster/redis/outgoing.ts';
import { MISSED_BEATS } from '../../src/cluster/redis/times.ts';

/* The parts of a cluster that decide something, without Redis. */

function nodeOf(id: string, version = 1): VersionedNode {
  return {
    id,
    address: '192.0.2.1',
    region: null,
    capacity: 1,
    url: null,
    peers: 0,
    cpu: 0,
    accepting: true,
    version,
  };
}

describe('the directory of nodes', () => {
  const NOW = 1_000_000;
  let directory: NodeDirectory;
  let told: string[];
  const sign = (text: string, version = 1, at = NOW): Sign => ({ text, version, at });
  const look = (signs: Record<string, Sign>, counts = true) =>
    directory.look(new Map(Object.entries(signs)), NOW, counts);

  beforeEach(() => {
    directory = new NodeDirectory('me', () => nodeOf('me'));
    told = [];
    directory.on('nodeJoined', ({ id }) => told.push(`joined ${id}`));
    directory.on('nodeChanged', ({ id }) => told.push(`changed ${id}`));
    directory.on('nodeLeft', (id) => told.push(`left ${id}`));
  });

  it('asks what a node says of itself when it is new, and when that changed', () => {
    expect(look({ me: sign('1'), a: sign('1') }).unread).toEqual(['a']);
    directory.learn(nodeOf('a'));
    expect(look({ a: sign('2') }).unread).toEqual([]);
    expect(look({ a: sign('3', 2) }).unread).toEqual(['a']);
    directory.learn(nodeOf('a', 2));
    directory.learn(nodeOf('a', 1));
    expect(told).toEqual(['joined a', 'changed a']);
    expect(directory.others.get('a')).not.toHaveProperty('version');
  });

  it('finds a node silent that gave no sign, or is not listed, for some looks in a row', () => {
    for (const id of ['a', 'b']) directory.learn(nodeOf(id));
    look({ a: sign('1') });
    for (let i = 1; i < MISSED_BEATS; i++) look({ a: sign('1') });
    expect(look({ a: sign('2') }).silent).toEqual([{ id: 'b', sign: '' }]);
    for (let i = 1; i < MISSED_BEATS; i++) look({ a: sign('2') });
    expect(look({ a: sign('2') }).silent).toContainEqual({ id: 'a', sign: '2' });
    directory.lose('a', { itself: false });
    directory.lose('a', { itself: false });
    expect(told).toEqual(['joined a', 'joined b', 'left a']);
  });

  it('counts no look that follows too soon, and none from before an outage', () => {
    directory.learn(nodeOf('a'));
    look({ a: sign('1') });
    for (let i = 0; i < MISSED_BEATS * 2; i++) expect(look({ a: sign('1') }, false).silent).toEqual([]);
    for (let i = 1; i < MISSED_BEATS; i++) look({ a: sign('1') });
    directory.forgive();
    expect(look({ a: sign('1') }).silent).toEqual([]);
  });

  it('shows no node that was dead when it was first seen, unless it gives a sign', () => {
    expect(look({ a: sign('1', 1, NOW - 60_000) }).unread).toEqual([]);
    expect(look({ a: sign('2') }).unread).toEqual(['a']);
  });

  it('does not take back a node that left, whatever an older look shows', () => {
    directory.learn(nodeOf('a'));
    directory.lose('a', { itself: true });
    expect(look({ a: sign('9') }).unread).toEqual([]);
    directory.learn(nodeOf('a', 2));
    expect(directory.others.size).toBe(0);
    look({});
    expect(told).toEqual(['joined a', 'left a']);
  });
});

describe('making place in what waits', () => {
  const enter = (target: string): Outgoing => ({ kind: 'enter', target, body: '{}' });
  const leave = (target: string): Outgoing => ({ kind: 'leave', target, body: '{}' });
  const say = (target: string, kind: 'room' | 'node' = 'room'): Outgoing => ({ kind, target, body: 'said' });
  const after = (...waiting: Outgoing[]) =>
    shed(waiting).map(({ kind, target, body }) => [kind, target, body]);

  it('leaves one word that messages are missing for each target', () => {
    expect(after(say('r'), say('s'), say('r'), say('r', 'node'))).toEqual([
      ['room', 'r', MISSED],
      ['room', 's', MISSED],
      ['node', 'r', MISSED],
    ]);
  });

  it('leaves of each room what it all comes to', () => {
    expect(after(leave('a'), enter('a'), leave('a'))).toEqual([['leave', 'a', '{}']]);
    expect(after(enter('a'), leave('a'))).toEqual([]);
    expect(after(enter('a'), leave('a'), enter('a'))).toEqual([['enter', 'a', '{}']]);
    expect(after(leave('a'), enter('a'))).toEqual([['enter', 'a', '{}']]);
  });

  it('leaves nothing of questions and answers', () => {
    expect(after({ ...say('n', 'node'), isWanted: () => true })).toEqual([]);
  });

  it('does not grow however often it is done', () => {
    const once = shed([say('r'), enter('a'), say('r')]);
    expect(shed([...once, say('r')])).toHaveLength(once.length);
  });
});

describe('what comes out of Redis', () => {
  it.each(['', '{', 'null', '[]', '{"kind":"bogus"}', '{"kind":"joined","node":{"id":""}}'])(
    'is passed over when it is %s',
    (text) => expect(readEnvelope(text)).toBeUndefined(),
  );

  it('is taken when a node sent it', () => {
    expect(readEnvelope('{"kind":"message","type":"greeting","data":{"a":1}}')).toEqual({
      kind: 'message',
      type: 'greeting',
      data: { a: 1 },
    });
  });
});
