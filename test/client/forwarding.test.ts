import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { notFound } from '../../src/support/errors.ts';
import { fakeTrack } from './support/fakeTracks.ts';
import { peerOf, RoomHarness, self } from './support/RoomHarness.ts';
import { SILENCE } from './support/ScriptedServer.ts';
import { pause, until } from './support/until.ts';

let harness: RoomHarness;
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

describe('a deferred subscription', () => {
  it('has no track, and is not asked for again', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.deferring.add(harness.server.addProducer(ada, 'camera').producerId);
    const room = await harness.connect();
    await until(() => harness.server.calls('consume').length === 1);
    const bob = harness.server.addPeer('Bob');
    const microphone = harness.server.addProducer(bob, 'microphone');
    harness.server.tell('peerJoined', { peer: bob });
    await until(() => peerOf(room, 'Bob')?.publications[0]?.track);
    expect(harness.server.calls('consume').slice(1)).toEqual([{ producerIds: [microphone.producerId] }]);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBeNull();
  });

  it('gets its consumer when the server gives one, and then plays', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    harness.server.deferring.add(camera.producerId);
    const room = await harness.connect();
    await until(() => harness.server.calls('consume').length === 1);
    const { consumerId } = harness.server.giveConsumer(camera);
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    await until(() => harness.server.calls('resumeConsumers').length === 1);
    expect(harness.server.calls('resumeConsumers')).toEqual([{ consumerIds: [consumerId] }]);
    expect(harness.server.calls('consume')).toHaveLength(1);
  });

  it('says nothing when it gets one that the server does not wait for', async () => {
    const ada = harness.server.addPeer('Ada');
    const [microphone, camera] = (['microphone', 'camera'] as const).map((source) => {
      const producer = harness.server.addProducer(ada, source);
      harness.server.deferring.add(producer.producerId);
      return producer;
    });
    const room = await harness.connect();
    await until(() => harness.server.calls('consume').length === 1);
    harness.server.giveConsumer(microphone!, { resumed: true });
    await until(() => peerOf(room, 'Ada')?.publications.find(({ source }) => source === 'microphone')?.track);
    const { consumerId } = harness.server.giveConsumer(camera!);
    await until(() => harness.server.calls('resumeConsumers').length === 1);
    expect(harness.server.calls('resumeConsumers')).toEqual([{ consumerIds: [consumerId] }]);
  });

  it('is told the wished layers with its consumer, before that sends', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    harness.server.deferring.add(camera.producerId);
    const room = await harness.connect();
    await room.setPreferredLayers(camera.producerId, { spatialLayer: 1 });
    await until(() => harness.server.calls('consume').length === 1);
    const { consumerId } = harness.server.giveConsumer(camera);
    await until(() => harness.server.calls('resumeConsumers').length === 1);
    expect(harness.server.calls('setPreferredLayers')).toEqual([{ consumerId, spatialLayer: 1 }]);
  });

  it('is what a subscription becomes whose consumer is not needed, and back', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    const room = await harness.connect();
    const first = await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    const [consumerId] = [...harness.server.consumers.keys()];
    harness.server.consumers.clear();
    harness.server.tell('consumerClosed', {
      consumerId: consumerId!,
      producerId: camera.producerId,
      reason: 'notNeeded',
    });
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track === null);
    expect(first.readyState).toBe('ended');
    harness.server.giveConsumer(camera);
    const second = await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    expect(second).not.toBe(first);
    await until(() => harness.server.calls('resumeConsumers').length === 2);
    expect(harness.server.calls('consume')).toHaveLength(1);
    expect(harness.events).toEqual(['trackSubscribed', 'trackUnsubscribed', 'trackSubscribed']);
  });

  it('is also what it becomes when its consumer went before it was built', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    harness.server.on('consume', (_, usual) => {
      const answer = usual();
      const { consumerId, producerId } = answer.consumers[0]!;
      harness.server.consumers.clear();
      harness.server.tell('consumerClosed', { consumerId, producerId, reason: 'notNeeded' });
      return answer;
    });
    const room = await harness.connect();
    await until(() => harness.server.calls('consume').length === 1);
    harness.server.giveConsumer(camera);
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    await until(() => harness.server.calls('resumeConsumers').length === 1);
    expect(harness.server.calls('consume')).toHaveLength(1);
    expect(harness.events.filter((event) => event === 'trackSubscribed')).toHaveLength(1);
  });

  it('is ended by unsubscribing, and a consumer that comes all the same is closed', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    harness.server.deferring.add(camera.producerId);
    const room = await harness.connect();
    await until(() => harness.server.calls('consume').length === 1);
    await room.unsubscribe([camera.producerId]);
    expect(harness.server.calls('unsubscribe')).toEqual([{ producerIds: [camera.producerId] }]);
    const { consumerId } = harness.server.giveConsumer(camera);
    await until(() => harness.server.calls('closeConsumers').length === 1);
    expect(harness.server.calls('closeConsumers')).toEqual([{ consumerIds: [consumerId] }]);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBeNull();
    await room.subscribe([camera.producerId]);
    expect(harness.server.calls('consume')).toHaveLength(2);
  });

  it('that goes with its producer is forgotten', async () => {
    const ada = harness.server.addPeer('Ada');
    const camera = harness.server.addProducer(ada, 'camera');
    harness.server.deferring.add(camera.producerId);
    const room = await harness.connect();
    await until(() => harness.server.calls('consume').length === 1);
    harness.server.tell('producerClosed', { ...camera, reason: 'closed' });
    await until(() => peerOf(room, 'Ada')?.publications.length === 0);
    await room.unsubscribe([camera.producerId]);
    expect(harness.server.calls('unsubscribe')).toEqual([]);
  });
});

describe('after a resume', () => {
  it('what was deferred is asked for again, and its consumer is used, not closed', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    harness.server.deferring.add(camera.producerId);
    const room = await harness.connect();
    await until(() => harness.server.calls('consume').length === 1);
    // Given while nobody listened: the fact is lost with the socket.
    harness.server.on('resume', (_, usual) => {
      harness.server.consumers.set('kept', camera.producerId);
      return usual();
    });
    harness.server.on('consume', (_, usual) => {
      const answer = usual();
      harness.server.deferring.clear();
      const again = usual().consumers.find(({ producerId }) => producerId === camera.producerId);
      return { ...answer, deferred: [], consumers: [{ ...again!, consumerId: 'kept' }] };
    });
    harness.server.dropSockets();
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    await until(() => harness.server.calls('resumeConsumers').length === 1);
    expect(harness.server.calls('resumeConsumers')).toEqual([{ consumerIds: ['kept'] }]);
    await pause(50);
    expect(harness.server.calls('closeConsumers')).toEqual([]);
  });

  it('a consumer that no subscription answers for is closed', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    harness.server.deferring.add(camera.producerId);
    await harness.connect();
    await until(() => harness.server.calls('consume').length === 1);
    harness.server.consumers.set('orphan', camera.producerId);
    harness.server.dropSockets();
    await until(() => harness.server.calls('closeConsumers').length === 1);
    expect(harness.server.calls('consume')).toHaveLength(2);
    expect(harness.server.calls('closeConsumers')).toEqual([{ consumerIds: ['orphan'] }]);
  });
});

describe('the demand for a publication', () => {
  /** The highest encoding that the browser was told to send, as often as it was told. */
  const switched: number[] = [];
  let switching: Promise<void> | undefined;
  beforeEach(() => {
    switched.length = 0;
    switching = undefined;
  });

  async function publishing(
    width = 1280,
    height = 720,
  ): Promise<Awaited<ReturnType<RoomHarness['connect']>>> {
    const room = await harness.connect();
    harness.handlers.transport('send').handler.setMaxSpatialLayer = async (_, spatialLayer) => {
      switched.push(spatialLayer);
      await switching;
    };
    await room.publishCamera({ track: fakeTrack('video', { width, height }) });
    return room;
  }

  const demand = (spatialLayer: number | null): void =>
    harness.server.tell('demandChanged', {
      producerId: harness.server.own[0]!.producerId,
      spatialLayer,
    });

  it('switches its encodings, down to none and up again', async () => {
    await publishing();
    for (const [layer, encoding] of [
      [0, 0],
      [null, -1],
      [2, 2],
    ] as const) {
      demand(layer);
      await until(() => switched.at(-1) === encoding);
    }
    expect(switched).toEqual([0, -1, 2]);
  });

  it('of all that is sent anyway switches nothing', async () => {
    await publishing();
    demand(2);
    demand(7);
    demand(1);
    await until(() => switched.length > 0);
    expect(switched).toEqual([1]);
  });

  it('for some layers of one encoding sends that one', async () => {
    await publishing(320, 180);
    demand(null);
    await until(() => switched.at(-1) === -1);
    demand(1);
    await until(() => switched.at(-1) === 0);
  });

  it('that changes while encodings are being switched is met by the latest', async () => {
    await publishing();
    let done = (): void => {};
    switching = new Promise((resolve) => (done = resolve));
    demand(0);
    await until(() => switched.length === 1);
    demand(1);
    demand(null);
    await pause(20);
    expect(switched).toEqual([0]);
    done();
    await until(() => switched.length === 2);
    expect(switched).toEqual([0, -1]);
  });

  it('that is told before the publishing is over is kept', async () => {
    harness.server.on('produce', (_, usual) => {
      const answer = usual();
      harness.server.tell('demandChanged', { producerId: answer.producerId, spatialLayer: null });
      return answer;
    });
    await publishing();
    await until(() => switched.length === 1);
    expect(switched).toEqual([-1]);
  });

  it('outlives another track and a mute', async () => {
    const room = await publishing();
    demand(0);
    await until(() => switched.length === 1);
    await room.replaceTrack('camera', fakeTrack('video', { width: 1280, height: 720 }));
    await room.setMuted('camera', true);
    await room.setMuted('camera', false);
    demand(0);
    demand(1);
    await until(() => switched.length === 2);
    expect(switched).toEqual([0, 1]);
  });

  it('for what is not published is passed over', async () => {
    const room = await publishing();
    harness.server.tell('demandChanged', { producerId: 'nothing', spatialLayer: 0 });
    demand(1);
    await until(() => switched.length === 1);
    expect(room.state.status).toBe('connected');
  });
});

describe('the size of a picture', () => {
  it('is told with it, and again when it changes', async () => {
    const room = await harness.connect({}, { statsInterval: 10 });
    const settings = { width: 1280, height: 720 };
    await room.publishCamera({ track: fakeTrack('video', settings) });
    expect(harness.server.calls('produce')[0]).toMatchObject({ width: 1280, height: 720 });
    const { producerId } = harness.server.own[0]!;
    const turned = { width: 640, height: 360 };
    await room.replaceTrack('camera', fakeTrack('video', turned));
    await until(() => harness.server.calls('resizeProducer').length === 1);
    // A smaller picture has fewer layers, and so a producer of its own; one that is turned has as many.
    await until(() => self(room).publications[0]?.producerId !== producerId);
    expect(harness.server.calls('produce')[1]).toMatchObject({ replaces: producerId, ...turned });
    const successor = self(room).publications[0]?.producerId;
    Object.assign(turned, { width: 360, height: 640 });
    const told = (): unknown[][] =>
      harness.server
        .calls('resizeProducer')
        .map(({ producerId: id, width, height }) => [id === successor, width, height]);
    await until(() => told().length > 1);
    await pause(50);
    // The former one is told of as long as it sends.
    expect(told().filter(([isSuccessor]) => isSuccessor)).toEqual([[true, 360, 640]]);
    expect(told()[0]).toEqual([false, 640, 360]);
    expect(harness.server.calls('produce')).toHaveLength(2);
  });

  it('is told again after an answer that did not come', async () => {
    const room = await harness.connect({}, { statsInterval: 10, requestTimeout: 50 });
    await room.publishCamera({ track: fakeTrack('video', { width: 1280, height: 720 }) });
    harness.server.on('resizeProducer', () => SILENCE);
    await room.replaceTrack('camera', fakeTrack('video', { width: 640, height: 360 }));
    await until(() => harness.server.calls('resizeProducer').length === 2);
  });
});

describe('reports of the quality', () => {
  it('say what changed, once', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    const room = await harness.connect({}, { statsInterval: 10 });
    const track = fakeTrack('video');
    await room.publishCamera({ track });
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    const { producerId } = self(room).publications[0]!;
    const received = peerOf(room, 'Ada')!.publications[0]!.track!;
    let limitedBy = 'none';
    let frames = 0;
    harness.handlers.transport('send').handler.getTransportStats = () =>
      Promise.resolve(
        new Map([
          ['S', { id: 'S', type: 'media-source', trackIdentifier: track.id }],
          ['O', { id: 'O', type: 'outbound-rtp', mediaSourceId: 'S', qualityLimitationReason: limitedBy }],
        ]),
      );
    harness.handlers.transport('recv').handler.getTransportStats = () => {
      frames += 30;
      const inbound = {
        id: 'I',
        type: 'inbound-rtp',
        timestamp: (frames / 30) * 1000,
        trackIdentifier: received.id,
        framesReceived: frames,
        framesDropped: frames / 2,
      };
      return Promise.resolve(new Map([['I', inbound]]));
    };
    await until(() => harness.server.calls('reportQuality').length === 1);
    limitedBy = 'cpu';
    await until(() => harness.server.calls('reportQuality').length === 2);
    await pause(50);
    expect(harness.server.calls('reportQuality')).toEqual([
      { sending: [], receiving: [{ producerId: camera.producerId, cpuLimited: true, missing: false }] },
      { sending: [{ producerId, limitedBy: 'cpu' }], receiving: [] },
    ]);
  });

  it('call a decoder slow, or quick again, when two looks in a row find it', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    const room = await harness.connect({}, { statsInterval: 10 });
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    const received = peerOf(room, 'Ada')!.publications[0]!.track!;
    const slow = [false, true, false, true, true, false, true, false, false];
    let looks = 0;
    let frames = 0;
    let dropped = 0;
    harness.handlers.transport('recv').handler.getTransportStats = () => {
      frames += 30;
      if (slow[looks] ?? false) dropped += 30;
      looks += 1;
      const inbound = {
        id: 'I',
        type: 'inbound-rtp',
        timestamp: (frames / 30) * 1000,
        trackIdentifier: received.id,
        framesReceived: frames,
        framesDropped: dropped,
      };
      return Promise.resolve(new Map([['I', inbound]]));
    };
    await until(() => looks > slow.length + 3);
    const { producerId } = camera;
    expect(harness.server.calls('reportQuality')).toEqual([
      { sending: [], receiving: [{ producerId, cpuLimited: true, missing: false }] },
      { sending: [], receiving: [{ producerId, cpuLimited: false, missing: false }] },
    ]);
  });

  it('say that nothing arrives when two looks in a row find it, and at once that something does', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    const room = await harness.connect({}, { statsInterval: 10 });
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    const received = peerOf(room, 'Ada')!.publications[0]!.track!;
    const packets = [10, 20, 20, 30, 30, 30, 30, 40, 50];
    let looks = 0;
    harness.handlers.transport('recv').handler.getTransportStats = () => {
      looks += 1;
      const inbound = {
        id: 'I',
        type: 'inbound-rtp',
        timestamp: looks * 1000,
        trackIdentifier: received.id,
        packetsReceived: packets[looks - 1] ?? 10 * looks,
      };
      return Promise.resolve(new Map([['I', inbound]]));
    };
    await until(() => looks > packets.length + 3);
    const { producerId } = camera;
    expect(harness.server.calls('reportQuality')).toEqual([
      { sending: [], receiving: [{ producerId, cpuLimited: false, missing: true }] },
      { sending: [], receiving: [{ producerId, cpuLimited: false, missing: false }] },
    ]);
  });

  it('end with a refusal, which is told', async () => {
    harness.server.on('reportQuality', () => {
      throw notFound('no such request');
    });
    const room = await harness.connect({}, { statsInterval: 10 });
    const track = fakeTrack('video');
    await room.publishCamera({ track });
    harness.handlers.transport('send').handler.getTransportStats = () =>
      Promise.resolve(
        new Map([
          [
            'O',
            {
              id: 'O',
              type: 'outbound-rtp',
              trackIdentifier: track.id,
              qualityLimitationReason: 'bandwidth',
            },
          ],
        ]),
      );
    await until(() => harness.events.includes('error'));
    await pause(50);
    expect(harness.server.calls('reportQuality')).toHaveLength(1);
    expect(room.state.status).toBe('connected');
  });
});

describe('the statistics of a room', () => {
  it('name each published and subscribed source, and both connections', async () => {
    const camera = harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    const room = await harness.connect();
    await room.publishMicrophone();
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    const stats = await room.getStats();
    expect(stats.tracks).toMatchObject([
      { peerId: room.state.peerId, source: 'microphone', kind: 'audio', direction: 'send' },
      { producerId: camera.producerId, peerId: camera.peerId, source: 'camera', direction: 'receive' },
    ]);
    expect(stats.connection).toMatchObject({ send: { packets: 0 }, receive: { packets: 0 } });
    expect(stats.raw.send).toBeTruthy();
  });
});

describe('what a room forwards', () => {
  it('is in the state, and an admin changes it', async () => {
    const room = await harness.connect();
    expect(room.state).toMatchObject({ forwarding: { loudest: 4, lastN: 25 }, videoCodec: 'video/VP8' });
    const forwarding = await room.configure({ lastN: 9 });
    expect(forwarding).toMatchObject({ loudest: 4, lastN: 9 });
    expect(harness.server.calls('configureRoom')).toEqual([{ lastN: 9 }]);
    await until(() => room.state.forwarding.lastN === 9);
  });

  it('and how it arrives is told by events', async () => {
    const ada = harness.server.addPeer('Ada');
    const camera = harness.server.addProducer(ada, 'camera');
    const room = await harness.connect({ autoSubscribe: false });
    harness.server.tell('qualityChanged', {
      tracks: [{ producerId: camera.producerId, cause: 'receiverBandwidth', score: 2 }],
      peers: [{ peerId: ada.peerId, score: 3.5 }],
    });
    harness.server.tell('audioOnlyChanged', { audioOnly: true });
    await until(() => room.state.audioOnly);
    expect(harness.events).toEqual(['connectionQualityChanged', 'qualityChanged', 'audioOnlyChanged']);
    expect(peerOf(room, 'Ada')).toMatchObject({
      connectionQuality: 3.5,
      publications: [{ quality: { cause: 'receiverBandwidth', score: 2 } }],
    });
  });

  it('is not disturbed by facts about what this client does itself', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    const [own] = harness.server.own;
    const { state } = room;
    harness.server.tell('peerJoined', { peer: { ...self(room), joinedAt: 1, producers: [own!] } });
    harness.server.tell('newProducer', { producer: own! });
    harness.server.tell('producerPaused', own!);
    harness.server.tell('producerResumed', own!);
    harness.server.tell('producerClosed', { ...own!, reason: 'closed' });
    harness.server.tell('audioOnlyChanged', { audioOnly: true });
    await until(() => room.state.audioOnly);
    expect({ ...room.state, audioOnly: false }).toEqual(state);
    harness.server.tell('producerClosed', { ...own!, reason: 'removed' });
    await until(() => self(room).publications.length === 0);
  });
});
