import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChatMessage, PeerInfo, ProducerInfo } from '../../src/protocol/models.ts';
import { ChatHistory } from '../../src/sfu/ChatHistory.ts';
import { RoomElsewhere } from '../../src/sfu/RoomElsewhere.ts';

let elsewhere: RoomElsewhere;
let told: string[];

beforeEach(() => {
  elsewhere = new RoomElsewhere();
  told = [];
  elsewhere.on('peerJoined', ({ peerId }) => told.push(`${peerId} joined`));
  elsewhere.on('peerLeft', ({ info }, reason) => told.push(`${info.peerId} left: ${reason}`));
  elsewhere.on('peerUpdated', ({ peerId, name }) => told.push(`${peerId} is ${name}`));
  elsewhere.on('producerAdded', ({ producerId }) => told.push(`${producerId} added`));
  elsewhere.on('producerClosed', ({ producerId }, reason) => told.push(`${producerId} closed: ${reason}`));
  elsewhere.on('producerPaused', ({ producerId }) => told.push(`${producerId} paused`));
  elsewhere.on('producerResumed', ({ producerId }) => told.push(`${producerId} resumed`));
});

const track = (peerId: string, source: 'microphone' | 'camera', paused = false): ProducerInfo => ({
  producerId: `${peerId}’s ${source}`,
  peerId,
  kind: source === 'camera' ? 'video' : 'audio',
  source,
  paused,
});

const person = (peerId: string, producers: ProducerInfo[] = [], over: Partial<PeerInfo> = {}): PeerInfo => ({
  peerId,
  name: peerId,
  joinedAt: 1,
  producers,
  ...over,
});

describe('what of a room is on other nodes', () => {
  it('is told by what is different from before', () => {
    elsewhere.put('north', person('ann', [track('ann', 'microphone')]));
    elsewhere.put('north', person('ann', [track('ann', 'microphone', true), track('ann', 'camera')]));
    elsewhere.put('north', person('ann', [track('ann', 'microphone')], { name: 'Anna' }), {
      closed: { 'ann’s camera': 'removed' },
    });
    expect(told).toEqual([
      'ann joined',
      'ann’s microphone paused',
      'ann’s camera added',
      'ann’s camera closed: removed',
      'ann is Anna',
      'ann’s microphone resumed',
    ]);
    expect(elsewhere.producerCount).toBe(1);
  });

  it('is not told twice', () => {
    const ann = person('ann', [track('ann', 'microphone')]);
    elsewhere.put('north', ann);
    elsewhere.replace('north', { createdAt: 1, peers: [ann] });
    elsewhere.put('north', { ...ann });
    expect(told).toEqual(['ann joined']);
  });

  it('is replaced as a whole, node by node', () => {
    elsewhere.replace('north', { createdAt: 5, peers: [person('ann'), person('bob')] });
    elsewhere.replace('south', { createdAt: 3, peers: [person('cid')] });
    expect(elsewhere.createdAt).toBe(3);
    told = [];
    elsewhere.replace('north', { createdAt: 5, peers: [person('bob'), person('dan')] });
    expect(told).toEqual(['ann left: left', 'dan joined']);
    expect([...elsewhere.peers.keys()].sort()).toEqual(['bob', 'cid', 'dan']);
  });

  it('goes with its node, without a trace', () => {
    elsewhere.replace('north', { createdAt: 5, peers: [person('ann', [track('ann', 'camera')])] });
    elsewhere.setDecoders('north', [['video/VP8']]);
    elsewhere.nodeGone('south');
    expect(elsewhere.nodeOfProducer('ann’s camera')).toBe('north');
    elsewhere.nodeGone('north');
    elsewhere.nodeGone('north');
    expect(told).toEqual(['ann joined', 'ann left: timeout']);
    expect(elsewhere.producerCount).toBe(0);
    expect(elsewhere.decoders).toEqual([]);
    expect(elsewhere.createdAt).toBe(Infinity);
    expect(elsewhere.nodeOfProducer('ann’s camera')).toBeUndefined();
  });

  it('is changed by its own node only', () => {
    elsewhere.put('north', person('ann'));
    elsewhere.remove('south', 'ann', 'left');
    elsewhere.remove('north', 'nobody', 'left');
    expect(told).toEqual(['ann joined']);
  });

  it('finds who came last of an identity', () => {
    elsewhere.put('north', person('ann', [], { identity: 'a', joinedAt: 2 }));
    elsewhere.put('south', person('twin', [], { identity: 'a', joinedAt: 1 }));
    expect(elsewhere.peerOfIdentity('a')?.info.peerId).toBe('ann');
    expect(elsewhere.peerOfIdentity('b')).toBeUndefined();
    expect(elsewhere.peerOfIdentity(undefined)).toBeUndefined();
  });
});

describe('the chat that nodes remember together', () => {
  const said = (messageId: string, sentAt: number): ChatMessage => ({
    messageId,
    peerId: 'ann',
    name: 'Ann',
    text: messageId,
    sentAt,
  });
  const idsOf = (messages: readonly ChatMessage[]): string[] => messages.map(({ messageId }) => messageId);

  it('takes each message once, in order of sending', () => {
    const chat = new ChatHistory(10);
    expect(chat.receive(said('b', 2))).toBe(true);
    expect(chat.receive(said('b', 2))).toBe(false);
    expect(idsOf(chat.merge([said('a', 1), said('b', 2), said('c', 3), said('c', 3)]))).toEqual(['a', 'c']);
    expect(idsOf(chat.messages)).toEqual(['a', 'b', 'c']);
  });

  it('keeps in order what was said at the same moment', () => {
    const chat = new ChatHistory(10);
    chat.receive(said('later', 2));
    chat.merge([said('one', 1), said('two', 1), said('three', 1)]);
    expect(idsOf(chat.messages)).toEqual(['one', 'two', 'three', 'later']);
  });

  it('does not take for new what it has let go', () => {
    const chat = new ChatHistory(2);
    for (const message of [said('a', 1), said('b', 2), said('c', 3)]) chat.receive(message);
    expect(chat.merge([said('a', 1)])).toEqual([]);
    expect(idsOf(chat.messages)).toEqual(['b', 'c']);
  });

  it('tells a message also where nothing is remembered', () => {
    const chat = new ChatHistory(0);
    expect(chat.receive(said('a', 1))).toBe(true);
    expect(chat.merge([said('b', 2)])).toEqual([]);
    expect(chat.messages).toEqual([]);
  });
});
