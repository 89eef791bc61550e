import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, PeerInfo, ProducerInfo, RoomSnapshot } from '../../src/protocol/models.ts';
import type { PeerState, PublicationState } from '../../client/lib/publicTypes.ts';
import { roomChanges } from '../../client/lib/roomChanges.ts';
import { consumableProducerIds, reduceRoom, type RoomAction } from '../../client/lib/roomState.ts';
import { MAX_CHAT_KEPT } from '../../client/lib/conductState.ts';
import type { RoomModel } from '../../client/lib/roomModel.ts';
import { initialRoom } from '../../client/lib/initialRoom.ts';
import { fakeTrack } from './support/fakeTracks.ts';

const permissions = {
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  canUpdateOwnMetadata: true,
  roomAdmin: false,
};

function producer(producerId: string, peerId: string, over: Partial<ProducerInfo> = {}): ProducerInfo {
  return { producerId, peerId, kind: 'video', source: 'camera', paused: false, ...over };
}

function peer(peerId: string, producers: ProducerInfo[] = [], over: Partial<PeerInfo> = {}): PeerInfo {
  return { peerId, name: peerId.toUpperCase(), joinedAt: 1, producers, ...over };
}

function message(messageId: string, text = messageId): ChatMessage {
  return { messageId, peerId: 'ada', name: 'Ada', text, sentAt: 1 };
}

function snapshot(peers: PeerInfo[], over: Partial<RoomSnapshot> = {}): RoomSnapshot {
  return {
    room: 'standup',
    createdAt: 1,
    metadata: '',
    peers,
    chat: [],
    dominantPeerId: null,
    levels: [],
    mediaEpoch: 1,
    forwarding: {
      loudest: 4,
      lastN: 25,
      dynacast: true,
      videoCodecs: ['video/VP8'],
      audioBitrate: 0,
      maxOutgoingBitrate: 0,
    },
    videoCodec: 'video/VP8',
    recording: null,
    ...over,
  };
}

function entered(peers: PeerInfo[], over: Partial<RoomSnapshot> = {}): RoomAction {
  return { type: 'entered', peerId: 'me', permissions, snapshot: snapshot([peer('me'), ...peers], over) };
}

function after(...actions: RoomAction[]): RoomModel {
  return actions.reduce(reduceRoom, initialRoom('standup'));
}

function names(before: RoomModel, next: RoomModel): string[] {
  return roomChanges(before.view, next.view).map(([event]) => event);
}

function find(model: RoomModel, peerId: string): PeerState {
  return model.view.peers.find((candidate) => candidate.peerId === peerId)!;
}

const subscribed = (producerId: string, track = fakeTrack('video')): RoomAction => ({
  type: 'subscribed',
  producerId,
  track,
});

describe('the room state', () => {
  it('is connecting and empty at first', () => {
    const { view } = initialRoom('standup');
    expect(view).toMatchObject({
      status: 'connecting',
      room: 'standup',
      peerId: '',
      peers: [],
      closeReason: null,
    });
  });

  it('holds the snapshot after entering, the local peer marked', () => {
    const { view } = after(entered([peer('ada', [producer('p1', 'ada')])], { chat: [message('m1')] }));
    expect(view.peers.map(({ peerId, isLocal }) => [peerId, isLocal])).toEqual([
      ['me', true],
      ['ada', false],
    ]);
    expect(view.peers[1]?.publications).toEqual([
      { producerId: 'p1', source: 'camera', kind: 'video', paused: false, track: null, quality: null },
    ]);
    expect(view.chat).toHaveLength(1);
    expect(view.permissions).toEqual(permissions);
  });

  it('freezes everything that embedders get', () => {
    const { view } = after(entered([peer('ada', [producer('p1', 'ada')])], { chat: [message('m1')] }));
    for (const part of [
      view,
      view.peers,
      view.peers[1],
      view.peers[1]?.publications,
      view.peers[1]?.publications[0],
      view.chat,
      view.chat[0],
      view.permissions,
      view.forwarding,
      view.forwarding.videoCodecs,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('never changes the state before', () => {
    const before = after(entered([peer('ada')]));
    const copy = structuredClone(before.view);
    reduceRoom(before, { type: 'newProducer', producer: producer('p1', 'ada') });
    reduceRoom(before, { type: 'peerLeft', peerId: 'ada', reason: 'left' });
    expect(before.view).toEqual(copy);
  });

  it('adds a peer that joins, and not twice', () => {
    const once = after(entered([]), { type: 'peerJoined', peer: peer('ada') });
    const twice = reduceRoom(once, { type: 'peerJoined', peer: peer('ada') });
    expect(twice.view.peers.map(({ peerId }) => peerId)).toEqual(['me', 'ada']);
    expect(names(once, twice)).toEqual(['stateChanged']);
  });

  it('ignores the local peer among those that join or leave', () => {
    const model = after(entered([]));
    expect(reduceRoom(model, { type: 'peerJoined', peer: peer('me') })).toBe(model);
    expect(reduceRoom(model, { type: 'peerLeft', peerId: 'me', reason: 'left' })).toBe(model);
  });

  it('takes a leaver away with what it published and its dominance', () => {
    const before = after(
      entered([peer('ada', [producer('p1', 'ada')])], { dominantPeerId: 'ada' }),
      subscribed('p1'),
    );
    const next = reduceRoom(before, { type: 'peerLeft', peerId: 'ada', reason: 'timeout' });
    expect(next.view.peers.map(({ peerId }) => peerId)).toEqual(['me']);
    expect(next.view.dominantPeerId).toBeNull();
    expect(
      roomChanges(before.view, next.view, 'timeout').map(([event, ...args]) => [event, args.at(-1)]),
    ).toEqual([
      ['stateChanged', before.view],
      ['trackUnsubscribed', expect.objectContaining({ peerId: 'ada' })],
      ['trackUnpublished', expect.objectContaining({ peerId: 'ada' })],
      ['peerLeft', 'timeout'],
      ['activeSpeakerChanged', null],
    ]);
  });

  it('renames a peer, and forgets metadata that is gone', () => {
    const before = after(entered([peer('ada', [], { metadata: 'x' })]));
    const next = reduceRoom(before, { type: 'peerUpdated', peerId: 'ada', name: 'Countess' });
    expect(find(next, 'ada')).toMatchObject({ name: 'Countess' });
    expect(find(next, 'ada')).not.toHaveProperty('metadata');
    expect(names(before, next)).toEqual(['stateChanged', 'peerUpdated']);
  });

  it('lists a new producer once, without a track until subscribed', () => {
    const before = after(entered([peer('ada')]));
    const fact: RoomAction = { type: 'newProducer', producer: producer('p1', 'ada', { label: 'slides' }) };
    const next = reduceRoom(reduceRoom(before, fact), fact);
    expect(find(next, 'ada').publications).toEqual([
      {
        producerId: 'p1',
        source: 'camera',
        kind: 'video',
        paused: false,
        label: 'slides',
        track: null,
        quality: null,
      },
    ]);
    expect(names(before, next)).toEqual(['stateChanged', 'trackPublished']);
  });

  it('takes what the snapshot told already for nothing new', () => {
    const ada = peer('ada', [producer('p1', 'ada')]);
    const before = after(entered([ada], { chat: [message('m1')] }), subscribed('p1'));
    const again: RoomAction[] = [
      { type: 'peerJoined', peer: ada },
      { type: 'newProducer', producer: producer('p1', 'ada') },
      { type: 'producerResumed', peerId: 'ada', producerId: 'p1' },
      { type: 'producerClosed', peerId: 'ada', producerId: 'p0', reason: 'closed' },
      { type: 'peerLeft', peerId: 'bob', reason: 'left' },
      { type: 'chatMessage', message: message('m1') },
    ];
    const next = again.reduce(reduceRoom, before);
    expect(next.view).toEqual(before.view);
    expect(names(before, next)).toEqual(['stateChanged']);
  });

  it('passes over facts about peers and producers that it does not know', () => {
    const model = after(entered([]));
    for (const action of [
      { type: 'newProducer', producer: producer('p1', 'nobody') },
      { type: 'newProducer', producer: producer('p1', 'me') },
      { type: 'producerClosed', peerId: 'x', producerId: 'p1', reason: 'closed' },
      { type: 'producerPaused', peerId: 'x', producerId: 'p1' },
      { type: 'peerUpdated', peerId: 'x', name: 'X' },
      { type: 'peerLeft', peerId: 'x', reason: 'left' },
      { type: 'unsubscribed', producerId: 'p1' },
      subscribed('p1'),
    ] satisfies RoomAction[]) {
      expect(reduceRoom(model, action).view).toBe(model.view);
    }
  });

  it('tells a track when it can be played and when not any more', () => {
    const listed = after(entered([peer('ada', [producer('p1', 'ada')])]));
    const playable = reduceRoom(listed, subscribed('p1'));
    expect(names(listed, playable)).toEqual(['stateChanged', 'trackSubscribed']);
    const over = reduceRoom(playable, { type: 'unsubscribed', producerId: 'p1' });
    expect(names(playable, over)).toEqual(['stateChanged', 'trackUnsubscribed']);
    expect(find(over, 'ada').publications[0]?.track).toBeNull();
  });

  it('tells a closed producer in the order in which it is taken apart', () => {
    const playable = after(entered([peer('ada', [producer('p1', 'ada')])]), subscribed('p1'));
    const gone = reduceRoom(playable, {
      type: 'producerClosed',
      peerId: 'ada',
      producerId: 'p1',
      reason: 'closed',
    });
    expect(names(playable, gone)).toEqual(['stateChanged', 'trackUnsubscribed', 'trackUnpublished']);
    expect(find(gone, 'ada').publications).toEqual([]);
  });

  it('mutes and unmutes', () => {
    const live = after(entered([peer('ada', [producer('p1', 'ada')])]));
    const muted = reduceRoom(live, { type: 'producerPaused', peerId: 'ada', producerId: 'p1' });
    expect(names(live, muted)).toEqual(['stateChanged', 'trackMuted']);
    const back = reduceRoom(muted, { type: 'producerResumed', peerId: 'ada', producerId: 'p1' });
    expect(names(muted, back)).toEqual(['stateChanged', 'trackUnmuted']);
  });

  it('hears those who are named, and only those', () => {
    const quiet = after(entered([peer('ada'), peer('bob')]));
    const loud = reduceRoom(quiet, {
      type: 'speakersChanged',
      dominantPeerId: 'ada',
      levels: [{ peerId: 'ada', level: -30 }],
    });
    expect(find(loud, 'ada')).toMatchObject({ level: -30, speaking: true });
    expect(find(loud, 'bob')).toBe(find(quiet, 'bob'));
    expect(names(quiet, loud)).toEqual(['stateChanged', 'activeSpeakerChanged']);
    const silent = reduceRoom(loud, { type: 'speakersChanged', dominantPeerId: 'ada', levels: [] });
    expect(find(silent, 'ada')).toMatchObject({ level: -127, speaking: false });
    expect(names(loud, silent)).toEqual(['stateChanged']);
  });

  it('hears on entering, and on coming back, who is heard then', () => {
    const first = after(entered([peer('ada'), peer('bob')], { levels: [{ peerId: 'ada', level: -30 }] }));
    expect(find(first, 'ada')).toMatchObject({ level: -30, speaking: true });
    const back = reduceRoom(
      first,
      entered([peer('ada'), peer('bob')], { levels: [{ peerId: 'bob', level: -9 }] }),
    );
    expect(find(back, 'ada')).toMatchObject({ level: -127, speaking: false });
    expect(find(back, 'bob')).toMatchObject({ level: -9, speaking: true });
  });

  it('tells how a track arrives and how a peer is connected, once for each change', () => {
    const before = after(entered([peer('ada', [producer('p1', 'ada')]), peer('bob')]));
    const fact: RoomAction = {
      type: 'qualityChanged',
      tracks: [
        { producerId: 'p1', cause: 'tileIsSmall', score: 4 },
        { producerId: 'unknown', cause: 'fine', score: 5 },
      ],
      peers: [
        { peerId: 'ada', score: 3 },
        { peerId: 'me', score: 2 },
      ],
    };
    const next = reduceRoom(before, fact);
    expect(find(next, 'ada')).toMatchObject({
      connectionQuality: 3,
      publications: [{ producerId: 'p1', quality: { cause: 'tileIsSmall', score: 4 } }],
    });
    expect(find(next, 'me').connectionQuality).toBe(2);
    expect(find(next, 'bob')).toBe(find(before, 'bob'));
    expect(names(before, next)).toEqual([
      'stateChanged',
      'connectionQualityChanged',
      'connectionQualityChanged',
      'qualityChanged',
    ]);
    expect(Object.isFrozen(find(next, 'ada').publications[0]?.quality)).toBe(true);
    expect(reduceRoom(next, fact)).toBe(next);
    const back = reduceRoom(next, entered([peer('ada', [producer('p1', 'ada')]), peer('bob')]));
    expect(names(next, back)).toEqual(['stateChanged']);
  });

  it('is without video while the downlink carries none', () => {
    const before = after(entered([]));
    const poor = reduceRoom(before, { type: 'audioOnlyChanged', audioOnly: true });
    expect(poor.view.audioOnly).toBe(true);
    expect(roomChanges(before.view, poor.view).slice(1)).toEqual([['audioOnlyChanged', true]]);
    expect(reduceRoom(poor, { type: 'audioOnlyChanged', audioOnly: true })).toBe(poor);
    expect(reduceRoom(poor, entered([])).view.audioOnly).toBe(true);
    const anew: RoomAction = {
      type: 'entered',
      peerId: 'me2',
      permissions,
      snapshot: snapshot([peer('me2')]),
    };
    expect(reduceRoom(poor, anew).view.audioOnly).toBe(false);
  });

  it('knows what is forwarded, and follows when that changes', () => {
    const before = after(entered([]));
    expect(before.view).toMatchObject({ forwarding: { loudest: 4 }, videoCodec: 'video/VP8' });
    const forwarding = {
      loudest: 2,
      lastN: 9,
      dynacast: false,
      videoCodecs: ['video/VP9' as const],
      audioBitrate: 0,
      maxOutgoingBitrate: 0,
    };
    const next = reduceRoom(before, { type: 'roomConfigured', forwarding, videoCodec: 'video/VP9' });
    expect(next.view).toMatchObject({ forwarding, videoCodec: 'video/VP9' });
    expect(names(before, next)).toEqual(['stateChanged']);
  });

  it('is not changed by facts about the local peer, which caused them', () => {
    const own: PublicationState = {
      producerId: 'mine',
      source: 'camera',
      kind: 'video',
      paused: false,
      track: fakeTrack('video'),
      quality: null,
    };
    const model = after(entered([]), { type: 'localPublications', publications: [own] });
    for (const action of [
      { type: 'peerJoined', peer: peer('me') },
      { type: 'peerUpdated', peerId: 'me', name: 'ME' },
      { type: 'newProducer', producer: producer('mine', 'me') },
      { type: 'producerPaused', peerId: 'me', producerId: 'mine' },
      { type: 'producerResumed', peerId: 'me', producerId: 'mine' },
      { type: 'producerClosed', peerId: 'me', producerId: 'mine', reason: 'closed' },
      { type: 'qualityChanged', tracks: [{ producerId: 'mine', cause: 'senderCpu', score: 1 }], peers: [] },
    ] satisfies RoomAction[]) {
      expect(reduceRoom(model, action)).toBe(model);
    }
  });

  it('keeps a chat message once, whether by answer or by event', () => {
    const once = after(entered([]), { type: 'chatMessage', message: message('m1') });
    const twice = reduceRoom(once, { type: 'chatMessage', message: message('m1') });
    expect(twice.view.chat).toHaveLength(1);
    expect(names(once, twice)).not.toContain('chatMessage');
  });

  it('keeps a bounded number of chat messages', () => {
    const chat = Array.from({ length: MAX_CHAT_KEPT + 5 }, (_, index) => message(`m${index}`));
    const { view } = after(entered([], { chat }));
    expect(view.chat).toHaveLength(MAX_CHAT_KEPT);
    expect(view.chat.at(-1)?.messageId).toBe(`m${MAX_CHAT_KEPT + 4}`);
  });

  it('tells nothing of what was there on arrival', () => {
    const before = initialRoom('standup');
    const next = reduceRoom(
      before,
      entered([peer('ada', [producer('p1', 'ada')])], { chat: [message('m1')] }),
    );
    expect(names(before, next)).toEqual(['stateChanged']);
  });

  it('never changes once closed', () => {
    const closed = after(entered([peer('ada', [producer('p1', 'ada')])]), subscribed('p1'), {
      type: 'closed',
      reason: 'removed',
    });
    expect(closed.view).toMatchObject({ status: 'closed', closeReason: 'removed' });
    expect(find(closed, 'ada').publications[0]?.track).toBeNull();
    expect(reduceRoom(closed, { type: 'status', status: 'connected' })).toBe(closed);
    expect(reduceRoom(closed, entered([]))).toBe(closed);
  });

  it('tells `closed` last', () => {
    const before = after(entered([peer('ada', [producer('p1', 'ada')])]), subscribed('p1'));
    const closed = reduceRoom(before, { type: 'closed', reason: 'left' });
    expect(names(before, closed)).toEqual(['stateChanged', 'trackUnsubscribed', 'statusChanged', 'closed']);
  });
});

describe('a snapshot after a lost socket', () => {
  it('changes nothing but the object when nothing was missed', () => {
    const peers = [peer('ada', [producer('p1', 'ada')])];
    const before = after(entered(peers, { chat: [message('m1')] }), subscribed('p1'));
    const next = reduceRoom(before, entered(peers, { chat: [message('m1')] }));
    expect(next.view).toEqual(before.view);
    expect(names(before, next)).toEqual(['stateChanged']);
  });

  it('tells exactly what was missed', () => {
    const before = after(
      entered([peer('ada', [producer('p1', 'ada')]), peer('bob', [producer('p2', 'bob')])], {
        chat: [message('m1')],
      }),
      subscribed('p1'),
      subscribed('p2'),
    );
    const next = reduceRoom(
      before,
      entered(
        [
          peer(
            'ada',
            [producer('p1', 'ada', { paused: true }), producer('p3', 'ada', { source: 'screen' })],
            {
              name: 'Countess',
            },
          ),
          peer('cleo'),
        ],
        { chat: [message('m1'), message('m2')], dominantPeerId: 'cleo' },
      ),
    );
    expect(names(before, next)).toEqual([
      'stateChanged',
      'trackUnsubscribed',
      'trackUnpublished',
      'peerLeft',
      'peerUpdated',
      'trackMuted',
      'trackPublished',
      'peerJoined',
      'chatMessage',
      'activeSpeakerChanged',
    ]);
    expect(find(next, 'ada').publications[0]?.track).toBe(find(before, 'ada').publications[0]?.track);
  });

  it('leaves what the client itself publishes alone', () => {
    const own: PublicationState = {
      producerId: 'mine',
      source: 'microphone',
      kind: 'audio',
      paused: false,
      track: fakeTrack('audio'),
      quality: null,
    };
    const before = after(entered([]), { type: 'localPublications', publications: [own] });
    const next = reduceRoom(before, entered([]));
    expect(find(next, 'me').publications).toEqual([own]);
  });

  it('takes a new id of its own without anybody joining or leaving', () => {
    const before = after(entered([peer('ada')]));
    const next = reduceRoom(before, {
      type: 'entered',
      peerId: 'me-again',
      permissions,
      snapshot: snapshot([peer('ada'), peer('me-again', [], { name: 'ME' })]),
    });
    expect(next.view.peerId).toBe('me-again');
    expect(names(before, next)).toEqual(['stateChanged']);
  });

  it('keeps older chat that the server has forgotten', () => {
    const before = after(entered([], { chat: [message('m1'), message('m2')] }));
    const next = reduceRoom(before, entered([], { chat: [message('m2'), message('m3')] }));
    expect(next.view.chat.map(({ messageId }) => messageId)).toEqual(['m1', 'm2', 'm3']);
  });
});

describe('a media reset', () => {
  const peers = [
    peer('ada', [producer('p1', 'ada'), producer('p2', 'ada', { source: 'custom', label: 'robot' })]),
  ];
  const before = after(entered(peers), subscribed('p1'));
  const reset = ['p1', 'p2'].reduce(
    (model, producerId) =>
      reduceRoom(model, { type: 'producerClosed', peerId: 'ada', producerId, reason: 'mediaReset' }),
    before,
  );

  it('keeps peers and publications but not the tracks, and lets nobody consume the old', () => {
    expect(find(reset, 'ada').publications.map(({ producerId, track }) => [producerId, track])).toEqual([
      ['p1', null],
      ['p2', null],
    ]);
    expect(names(before, reset)).toEqual(['stateChanged', 'trackUnsubscribed']);
    expect(consumableProducerIds(before)).toEqual(['p1', 'p2']);
    expect(consumableProducerIds(reset)).toEqual([]);
  });

  it('puts what is published anew in the place of the old', () => {
    const fresh = producer('p9', 'ada', { source: 'custom', label: 'robot' });
    const next = reduceRoom(reset, { type: 'newProducer', producer: fresh });
    expect(find(next, 'ada').publications.map(({ producerId }) => producerId)).toEqual(['p1', 'p9']);
    expect(consumableProducerIds(next)).toEqual(['p9']);
  });

  it('takes away what nobody published anew', () => {
    const next = reduceRoom(reduceRoom(reset, { type: 'newProducer', producer: producer('p9', 'ada') }), {
      type: 'staleExpired',
    });
    expect(find(next, 'ada').publications.map(({ producerId }) => producerId)).toEqual(['p9']);
  });

  it('is over with the next snapshot', () => {
    const next = reduceRoom(reset, entered([peer('ada', [producer('p9', 'ada')])]));
    expect(consumableProducerIds(next)).toEqual(['p9']);
    expect(reduceRoom(next, { type: 'staleExpired' })).toBe(next);
  });

  it('of this client alone leaves the others consumable', () => {
    const lost = reduceRoom(before, { type: 'mediaLost' });
    expect(find(lost, 'ada').publications[0]?.track).toBeNull();
    expect(consumableProducerIds(lost)).toEqual(['p1', 'p2']);
  });
});
