import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EventPayloads, RoomFact } from '../../src/protocol/events.ts';
import type { PeerInfo, ProducerInfo } from '../../src/protocol/models.ts';
import { FactBatch } from '../../src/signaling/FactBatch.ts';

let peers: Map<string, PeerInfo>;
let listeners: number;
let speakers: EventPayloads['speakersChanged'];
let told: RoomFact[][];
let onTold: () => void;
let batch: FactBatch;

beforeEach(() => {
  peers = new Map();
  listeners = 2;
  speakers = { dominantPeerId: null, levels: [] };
  told = [];
  onTold = () => undefined;
  batch = new FactBatch(
    {
      get listeners() {
        return listeners;
      },
      peer: (peerId) => peers.get(peerId),
      speakers: () => speakers,
    },
    (facts) => {
      told.push(facts);
      onTold();
    },
  );
});

/** All that is told in small rooms is told by then. */
const turnEnds = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function join(peerId: string): void {
  const peer: PeerInfo = { peerId, name: peerId, joinedAt: 1, producers: [] };
  peers.set(peerId, peer);
  batch.gather('peerJoined', { peer: structuredClone(peer) });
}

function leave(peerId: string): void {
  peers.delete(peerId);
  batch.gather('peerLeft', { peerId, reason: 'left' });
}

function rename(peerId: string, name: string): void {
  peers.get(peerId)!.name = name;
  batch.gather('peerUpdated', { peerId, name });
}

function produce(peerId: string, producerId: string): void {
  const producer: ProducerInfo = { producerId, peerId, kind: 'audio', source: 'custom', paused: false };
  peers.get(peerId)!.producers.push(producer);
  batch.gather('newProducer', { producer: { ...producer } });
}

function setPaused(peerId: string, producerId: string, paused: boolean): void {
  peers.get(peerId)!.producers.find((producer) => producer.producerId === producerId)!.paused = paused;
  batch.gather(paused ? 'producerPaused' : 'producerResumed', { peerId, producerId });
}

function close(peerId: string, producerId: string, reason: 'closed' | 'removed' = 'closed'): void {
  const peer = peers.get(peerId)!;
  peer.producers = peer.producers.filter((producer) => producer.producerId !== producerId);
  batch.gather('producerClosed', { peerId, producerId, reason });
}

function say(messageId: string, peerId: string): void {
  batch.gather('chatMessage', { message: { messageId, peerId, name: peerId, text: 'hi', sentAt: 1 } });
}

/** Somebody is there, publishes, and everybody knows. */
async function settled(peerId: string, producerId: string): Promise<void> {
  join(peerId);
  produce(peerId, producerId);
  await turnEnds();
  told.length = 0;
}

const toldNames = (): string[][] => told.map((facts) => facts.map(([name]) => name));

describe('the facts of a room', () => {
  it('are told in one message for each turn of a small room, in order', async () => {
    await settled('ann', 'a1');
    say('m1', 'ann');
    join('bob');
    setPaused('ann', 'a1', true);
    expect(told).toEqual([]);
    await turnEnds();
    say('m2', 'ann');
    await turnEnds();
    expect(toldNames()).toEqual([['chatMessage', 'peerJoined', 'producerPaused'], ['chatMessage']]);
  });

  it('are told in one message for many turns of a large room', async () => {
    listeners = 200;
    const told200 = new Promise<void>((resolve) => (onTold = resolve));
    for (let i = 0; i < 5; i++) {
      join(`p${i}`);
      await turnEnds();
    }
    await told200;
    expect(toldNames()).toEqual([Array(5).fill('peerJoined')]);
  });

  it('are told no more once the room is closed', async () => {
    join('ann');
    batch.close();
    join('bob');
    batch.speakersChanged();
    await turnEnds();
    expect(told).toEqual([]);
  });
});

describe('what supersedes what', () => {
  it('tells of a peer that joined what it publishes by now, and nothing of how that came', async () => {
    join('ann');
    produce('ann', 'a1');
    setPaused('ann', 'a1', true);
    rename('ann', 'Anna');
    await turnEnds();
    expect(told).toEqual([[['peerJoined', { peer: peers.get('ann') }]]]);
    expect(peers.get('ann')).toMatchObject({ name: 'Anna', producers: [{ producerId: 'a1', paused: true }] });
  });

  it('tells of a new producer whether it is paused by now', async () => {
    await settled('ann', 'a1');
    produce('ann', 'a2');
    setPaused('ann', 'a2', true);
    await turnEnds();
    expect(told).toEqual([[['newProducer', { producer: peers.get('ann')!.producers[1] }]]]);
  });

  it('tells only the last of pause and resume, and of names', async () => {
    await settled('ann', 'a1');
    setPaused('ann', 'a1', true);
    rename('ann', 'Anna');
    setPaused('ann', 'a1', false);
    rename('ann', 'Annabel');
    setPaused('ann', 'a1', true);
    await turnEnds();
    expect(told).toEqual([
      [
        ['peerUpdated', { peerId: 'ann', name: 'Annabel' }],
        ['producerPaused', { peerId: 'ann', producerId: 'a1' }],
      ],
    ]);
  });

  it('tells only that it went of what came and went, for those whose snapshot lies in between', async () => {
    await settled('ann', 'a1');
    join('bob');
    produce('bob', 'b1');
    produce('ann', 'a2');
    setPaused('ann', 'a2', true);
    close('ann', 'a2');
    leave('bob');
    await turnEnds();
    expect(told).toEqual([
      [
        ['producerClosed', { peerId: 'ann', producerId: 'a2', reason: 'closed' }],
        ['peerLeft', { peerId: 'bob', reason: 'left' }],
      ],
    ]);
  });

  it('tells that a producer closed also of a peer that has just joined', async () => {
    join('ann');
    produce('ann', 'a1');
    close('ann', 'a1', 'removed');
    await turnEnds();
    expect(told).toEqual([
      [
        ['peerJoined', { peer: { peerId: 'ann', name: 'ann', joinedAt: 1, producers: [] } }],
        ['producerClosed', { peerId: 'ann', producerId: 'a1', reason: 'removed' }],
      ],
    ]);
  });

  it('tells nothing of a peer that left but that, and what it said', async () => {
    await settled('ann', 'a1');
    setPaused('ann', 'a1', true);
    say('m1', 'ann');
    rename('ann', 'Anna');
    close('ann', 'a1');
    leave('ann');
    await turnEnds();
    expect(toldNames()).toEqual([['chatMessage', 'peerLeft']]);
  });

  it('tells no producer as new that went without a word, as with its worker', async () => {
    await settled('ann', 'a1');
    produce('ann', 'a2');
    peers.get('ann')!.producers = [];
    await turnEnds();
    expect(told).toEqual([]);
  });

  it('tells only the last configuration', async () => {
    const forwarding = {
      loudest: 3,
      lastN: 0,
      dynacast: true,
      videoCodecs: [],
      audioBitrate: 0,
      maxOutgoingBitrate: 0,
    };
    batch.gather('roomConfigured', { forwarding, videoCodec: 'video/VP8' });
    batch.gather('roomConfigured', { forwarding, videoCodec: 'video/VP9' });
    await turnEnds();
    expect(told).toEqual([[['roomConfigured', { forwarding, videoCodec: 'video/VP9' }]]]);
  });
});

describe('who is heard', () => {
  const ann = { dominantPeerId: 'ann', levels: [{ peerId: 'ann', level: -20 }] };

  it('is told as of now, after all else', async () => {
    batch.speakersChanged();
    join('ann');
    speakers = ann;
    await turnEnds();
    expect(toldNames()).toEqual([['peerJoined', 'speakersChanged']]);
    expect(told[0]?.[1]).toEqual(['speakersChanged', ann]);
  });

  it('is told only when it differs from what was told last', async () => {
    speakers = ann;
    for (let i = 0; i < 2; i++) {
      batch.speakersChanged();
      await turnEnds();
    }
    speakers = { ...ann, dominantPeerId: null };
    batch.speakersChanged();
    await turnEnds();
    expect(told).toEqual([[['speakersChanged', ann]], [['speakersChanged', speakers]]]);
  });

  it('is told again once somebody came whose snapshot said otherwise', async () => {
    const silence = speakers;
    batch.speakersChanged();
    await turnEnds();
    speakers = ann;
    batch.listenerCame();
    speakers = silence;
    batch.speakersChanged();
    await turnEnds();
    expect(told).toEqual([[['speakersChanged', silence]], [['speakersChanged', silence]]]);
  });
});
