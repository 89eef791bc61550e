import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { forbidden, limitExceeded, unauthorized, unavailable } from '../../src/support/errors.ts';
import { fakeTrack } from './support/fakeTracks.ts';
import { peerOf, RoomHarness, self } from './support/RoomHarness.ts';
import { SILENCE } from './support/ScriptedServer.ts';
import { pause, until } from './support/until.ts';

let harness: RoomHarness;
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

describe('connecting', () => {
  it('resolves in the room, with what is there', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    const room = await harness.connect({ token: 'jwt', metadata: 'x' });
    expect(room.state).toMatchObject({ status: 'connected', room: 'standup', peerId: harness.server.peerId });
    expect(room.state.peers.map(({ name }) => name)).toEqual(['Me', 'Ada']);
    expect(harness.server.calls('join')).toEqual([
      { room: 'standup', name: 'Me', token: 'jwt', metadata: 'x' },
    ]);
  });

  it.each([unauthorized('bad token'), forbidden('no'), limitExceeded('full')])(
    'rejects with the code of a refusal: %s',
    async (refusal) => {
      harness.server.on('join', () => {
        throw refusal;
      });
      await expect(harness.connect()).rejects.toMatchObject({ name: 'ParleyError', code: refusal.code });
      await until(() => harness.server.io.engine.clientsCount === 0);
    },
  );

  it('tries again while the server is temporarily unable', async () => {
    let attempts = 0;
    harness.server.on('join', (_, usual) => {
      attempts += 1;
      if (attempts < 3) throw unavailable('no worker yet');
      return usual();
    });
    const room = await harness.connect();
    expect(room.state.status).toBe('connected');
    expect(attempts).toBe(3);
  });

  it('rejects with `unavailable` when nobody answers the door', async () => {
    await expect(
      harness.connect({ url: 'http://127.0.0.1:9' }, { connectTimeout: 200 }),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('rejects with `badRequest` when the URL is none', async () => {
    await expect(harness.connect({ url: 'not a url' })).rejects.toMatchObject({ code: 'badRequest' });
  });

  it('rejects when the media library cannot work here', async () => {
    const { factory } = harness.handlers;
    const broken = { ...factory, getNativeRtpCapabilities: () => Promise.reject(new Error('no WebRTC')) };
    await expect(harness.connect({}, { handlerFactory: broken })).rejects.toThrow('no WebRTC');
  });
});

describe('publishing', () => {
  it('resolves when the server took it, and shows it in the state', async () => {
    const room = await harness.connect();
    const publication = await room.publishMicrophone();
    expect(publication).toEqual({
      producerId: harness.server.own[0]?.producerId,
      source: 'microphone',
      kind: 'audio',
      paused: false,
      track: harness.devices.opened[0],
      quality: null,
    });
    expect(self(room).publications).toEqual([publication]);
    expect(harness.events).toEqual(['trackPublished']);
  });

  it('sends a camera in three simulcast layers, and a screen with a small copy', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    await room.publishScreen();
    const [camera, screen] = harness.server.calls('produce');
    expect(camera).toMatchObject({ source: 'camera', kind: 'video', paused: false });
    expect(camera?.rtpParameters.encodings).toMatchObject([
      { scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
      { scaleResolutionDownBy: 2, maxBitrate: 500_000 },
      { scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
    ]);
    expect(camera?.rtpParameters.codecs[0]?.mimeType).toBe('video/VP8');
    expect(screen?.rtpParameters.encodings).toMatchObject([{ maxFramerate: 5 }, { maxBitrate: 2_500_000 }]);
    expect(harness.devices.opened[1]?.contentHint).toBe('detail');
  });

  it('sends the sound of a screen with it, and takes it away with it', async () => {
    harness.devices.screenHasAudio = true;
    const room = await harness.connect();
    await room.publishScreen();
    await until(() => self(room).publications.length === 2);
    expect(
      self(room)
        .publications.map(({ source }) => source)
        .sort(),
    ).toEqual(['screen', 'screenAudio']);
    await room.unpublish('screen');
    expect(self(room).publications).toEqual([]);
    expect(harness.server.own).toEqual([]);
    expect(harness.devices.opened.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  });

  it('refuses a source that is published or being opened with `conflict`', async () => {
    const room = await harness.connect();
    const opening = room.publishCamera();
    await expect(room.publishCamera()).rejects.toMatchObject({ code: 'conflict' });
    await opening;
    await expect(room.publishCamera()).rejects.toMatchObject({ code: 'conflict' });
    await expect(room.publishTrack(fakeTrack('video'), { source: 'camera' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(harness.devices.opened).toHaveLength(1);
  });

  it('rejects with the code of a refusal, and lets go of the device', async () => {
    const room = await harness.connect();
    harness.server.on('produce', () => {
      throw forbidden('you may only listen');
    });
    await expect(room.publishCamera()).rejects.toMatchObject({ code: 'forbidden' });
    expect(harness.devices.opened[0]?.readyState).toBe('ended');
    expect(self(room).publications).toEqual([]);
    harness.server.usually('produce');
    await room.publishCamera();
  });

  it('publishes several custom tracks, which stay the caller’s', async () => {
    const room = await harness.connect();
    const [one, two] = [fakeTrack('video'), fakeTrack('audio')];
    const first = await room.publishTrack(one, { label: 'robot' });
    await room.publishTrack(two);
    expect(self(room).publications.map(({ source, label }) => [source, label])).toEqual([
      ['custom', 'robot'],
      ['custom', undefined],
    ]);
    await room.unpublish(first.producerId);
    expect(self(room).publications).toHaveLength(1);
    expect(one.readyState).toBe('live');
  });

  it('refuses a track that has ended', async () => {
    const room = await harness.connect();
    const track = fakeTrack('video');
    track.stop();
    await expect(room.publishTrack(track)).rejects.toMatchObject({ code: 'invalidState' });
  });

  it('starts muted, unmutes and mutes', async () => {
    const room = await harness.connect();
    await room.publishMicrophone({ paused: true });
    const track = harness.devices.opened[0]!;
    expect(harness.server.calls('produce')[0]?.paused).toBe(true);
    expect(track.enabled).toBe(false);
    await room.setMuted('microphone', false);
    expect([track.enabled, harness.server.own[0]?.paused, self(room).publications[0]?.paused]).toEqual([
      true,
      false,
      false,
    ]);
    const muting = room.setMuted('microphone', true);
    // At once, whatever the server says and when.
    expect([track.enabled, self(room).publications[0]?.paused]).toEqual([false, true]);
    await muting;
    expect(harness.server.own[0]?.paused).toBe(true);
    expect(harness.events).toEqual(['trackPublished', 'trackUnmuted', 'trackMuted']);
  });

  it('is heard again that was muted for less than it takes to tell the server', async () => {
    const room = await harness.connect();
    await room.publishMicrophone();
    await Promise.all([room.setMuted('microphone', true), room.setMuted('microphone', false)]);
    expect([harness.devices.opened[0]?.enabled, self(room).publications[0]?.paused]).toEqual([true, false]);
  });

  it('stays muted when the server refuses to unmute', async () => {
    const room = await harness.connect();
    await room.publishMicrophone({ paused: true });
    harness.server.on('resumeProducer', () => {
      throw forbidden('the moderator muted you');
    });
    await room.setMuted('microphone', false);
    expect(self(room).publications[0]?.paused).toBe(true);
    expect(harness.devices.opened[0]?.enabled).toBe(false);
    expect(harness.events.at(-1)).toBe('error');
  });

  it('changes to another device without a new publication', async () => {
    const room = await harness.connect();
    const before = await room.publishMicrophone();
    await room.switchDevice('microphone', 'mic-2');
    const [old, fresh] = harness.devices.opened;
    expect(self(room).publications[0]).toMatchObject({ producerId: before.producerId, track: fresh });
    expect([old?.readyState, fresh?.readyState]).toEqual(['ended', 'live']);
    await expect(room.switchDevice('camera', 'cam-1')).rejects.toMatchObject({ code: 'notFound' });
    expect(harness.devices.opened[2]?.readyState).toBe('ended');
    await expect(room.replaceTrack('microphone', fakeTrack('video'))).rejects.toMatchObject({
      code: 'badRequest',
    });
  });

  it('tells a track that ends by itself, and unpublishes it', async () => {
    const room = await harness.connect();
    await room.publishScreen();
    harness.devices.opened[0]!.remoteStop();
    await until(() => harness.server.own.length === 0);
    expect(self(room).publications).toEqual([]);
    expect(harness.events).toEqual(['trackPublished', 'trackUnpublished', 'localTrackEnded']);
  });

  it('takes it for unpublished when a moderator closes it', async () => {
    const room = await harness.connect();
    const { producerId } = await room.publishCamera();
    harness.server.tell('producerClosed', { peerId: harness.server.peerId, producerId, reason: 'removed' });
    await until(() => self(room).publications.length === 0);
    expect(harness.devices.opened[0]?.readyState).toBe('ended');
    expect(harness.server.calls('closeProducer')).toEqual([]);
  });

  it('passes over what everybody is told of its own tracks', async () => {
    const room = await harness.connect();
    const { producerId } = await room.publishCamera();
    const { peerId } = harness.server;
    const before = self(room);
    harness.told.length = 0;
    harness.server.tell('newProducer', { producer: harness.server.own[0]! });
    harness.server.tell('producerPaused', { peerId, producerId });
    harness.server.tell('producerClosed', { peerId, producerId, reason: 'closed' });
    harness.server.tell('peerJoined', { peer: harness.server.addPeer('Ada') });
    await until(() => harness.events.includes('peerJoined'));
    expect(harness.events).toEqual(['peerJoined']);
    expect(self(room)).toBe(before);
    expect(harness.server.calls('consume')).toEqual([]);
  });

  it('unpublishes what is just being published', async () => {
    const room = await harness.connect();
    harness.server.on('produce', (_, usual) => pause(30).then(usual));
    const publishing = room.publishTrack(fakeTrack('video'), { source: 'camera' });
    const refused = expect(publishing).rejects.toMatchObject({ code: 'invalidState' });
    await until(() => harness.server.calls('produce').length === 1);
    await room.unpublish('camera');
    await refused;
    await until(() => harness.server.own.length === 0);
    await expect(room.unpublish('camera')).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('subscribing', () => {
  it('consumes everything that is there in one request, and resumes it once built', async () => {
    for (const name of ['Ada', 'Bob']) {
      const peer = harness.server.addPeer(name);
      harness.server.addProducer(peer, 'camera');
      harness.server.addProducer(peer, 'microphone');
    }
    const room = await harness.connect();
    await until(() => harness.server.calls('resumeConsumers').length === 1);
    const [consume, ...more] = harness.server.calls('consume');
    expect(more).toEqual([]);
    expect(consume?.producerIds).toHaveLength(4);
    expect(consume?.rtpCapabilities?.codecs?.length).toBeGreaterThan(0);
    expect(harness.server.calls('resumeConsumers')[0]?.consumerIds).toHaveLength(4);
    expect(peerOf(room, 'Ada')?.publications.map(({ track }) => track?.kind)).toEqual(['video', 'audio']);
  });

  it('comes before publishing for somebody who joins', async () => {
    harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    let consumed = false;
    harness.server.on('consume', async (_, usual) => {
      await pause(50);
      consumed = true;
      return usual();
    });
    let inOrder: boolean | undefined;
    harness.server.on('produce', (_, usual) => {
      inOrder = consumed;
      return usual();
    });
    const room = await harness.connect();
    await room.publishCamera();
    expect(inOrder).toBe(true);
  });

  it('does not hold up publishing when the server does not answer', async () => {
    harness.server.addProducer(harness.server.addPeer('Ada'), 'camera');
    harness.server.on('consume', () => SILENCE);
    const room = await harness.connect({}, { requestTimeout: 5000 });
    await room.publishCamera();
    expect(harness.server.own).toHaveLength(1);
  });

  it('consumes what is published later, without sending its capabilities again', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    const room = await harness.connect();
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    harness.server.tell('newProducer', { producer: harness.server.addProducer(ada, 'microphone') });
    await until(() => peerOf(room, 'Ada')?.publications[1]?.track);
    const later = harness.server.calls('consume')[1];
    expect(later).not.toHaveProperty('rtpCapabilities');
    expect(harness.events.filter((event) => event === 'trackSubscribed').length).toBeGreaterThan(0);
  });

  it('lets go when the producer closes, in either order of the two facts', async () => {
    const ada = harness.server.addPeer('Ada');
    const [one, two] = [
      harness.server.addProducer(ada, 'camera'),
      harness.server.addProducer(ada, 'microphone'),
    ];
    const room = await harness.connect();
    await until(() => harness.server.consumers.size === 2 && peerOf(room, 'Ada')?.publications[1]?.track);
    const consumerOf = (producerId: string): string =>
      [...harness.server.consumers].find(([, id]) => id === producerId)![0];
    ada.producers = [];
    const reason = 'closed' as const;
    const { peerId } = ada;
    harness.server.tell('consumerClosed', {
      consumerId: consumerOf(one.producerId),
      producerId: one.producerId,
      reason,
    });
    harness.server.tell('producerClosed', { peerId, producerId: one.producerId, reason });
    harness.server.tell('producerClosed', { peerId, producerId: two.producerId, reason });
    harness.server.tell('consumerClosed', {
      consumerId: consumerOf(two.producerId),
      producerId: two.producerId,
      reason,
    });
    await until(() => peerOf(room, 'Ada')?.publications.length === 0);
    await pause(20);
    expect(harness.events.filter((event) => event === 'trackUnsubscribed')).toHaveLength(2);
    expect(harness.events).not.toContain('error');
    expect(harness.server.calls('closeConsumers')).toEqual([]);
  });

  it('lets go of everything of a leaver', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    const room = await harness.connect();
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    harness.server.peers = [];
    harness.server.tell('peerLeft', { peerId: ada.peerId, reason: 'left' });
    await until(() => !peerOf(room, 'Ada'));
    expect(harness.events.slice(-3)).toEqual(['trackUnsubscribed', 'trackUnpublished', 'peerLeft']);
  });

  it('subscribes only when asked, with autoSubscribe off', async () => {
    const ada = harness.server.addPeer('Ada');
    const { producerId } = harness.server.addProducer(ada, 'camera');
    const room = await harness.connect({ autoSubscribe: false });
    await pause(30);
    expect(harness.server.calls('consume')).toEqual([]);
    await room.subscribe([producerId]);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBeTruthy();
    await room.unsubscribe([producerId]);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBeNull();
    expect(harness.server.consumers.size).toBe(0);
  });

  it('tells a refusal once, and plays the others all the same', async () => {
    const ada = harness.server.addPeer('Ada');
    const bad = harness.server.addProducer(ada, 'camera');
    harness.server.addProducer(ada, 'microphone');
    harness.server.on('consume', ({ producerIds }, usual) => {
      const answer = usual();
      answer.consumers = answer.consumers.filter(({ producerId }) => producerId !== bad.producerId);
      if (producerIds.includes(bad.producerId)) {
        answer.refused.push({
          producerId: bad.producerId,
          error: { code: 'badRequest', message: 'no codec' },
        });
      }
      return answer;
    });
    const room = await harness.connect();
    await until(() => peerOf(room, 'Ada')?.publications[1]?.track);
    harness.server.tell('newProducer', { producer: bad });
    await pause(30);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBeNull();
    expect(harness.server.calls('consume')).toHaveLength(1);
  });

  it('does not leave the others dark when one consumer is gone before it is resumed', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    harness.server.addProducer(ada, 'microphone');
    harness.server.on('consume', (_, usual) => {
      const answer = usual();
      harness.server.consumers.delete(answer.consumers[0]!.consumerId);
      return answer;
    });
    await harness.connect();
    await until(() => harness.server.calls('resumeConsumers').length === 3);
    expect(harness.server.calls('resumeConsumers').map(({ consumerIds }) => consumerIds.length)).toEqual([
      2, 1, 1,
    ]);
  });

  it('tells preferred layers before a consumer starts', async () => {
    const ada = harness.server.addPeer('Ada');
    const { producerId } = harness.server.addProducer(ada, 'camera');
    const room = await harness.connect({ autoSubscribe: false });
    await room.setPreferredLayers(producerId, { spatialLayer: 0 });
    await room.subscribe([producerId]);
    const order = harness.server.requests.map(({ name }) => name);
    expect(order.indexOf('setPreferredLayers')).toBeLessThan(order.indexOf('resumeConsumers'));
    await room.setPreferredLayers(producerId, { spatialLayer: 2, temporalLayer: 1 });
    expect(harness.server.calls('setPreferredLayers')).toMatchObject([
      { spatialLayer: 0 },
      { spatialLayer: 2, temporalLayer: 1 },
    ]);
  });
});

describe('the people in the room', () => {
  it('are told as they come, change and go', async () => {
    const room = await harness.connect();
    const ada = harness.server.addPeer('Ada');
    harness.server.tell('peerJoined', { peer: ada });
    harness.server.tell('peerUpdated', { peerId: ada.peerId, name: 'Countess' });
    harness.server.tell('speakersChanged', {
      dominantPeerId: ada.peerId,
      levels: [{ peerId: ada.peerId, level: -20 }],
    });
    harness.server.tell('peerLeft', { peerId: ada.peerId, reason: 'removed' });
    await until(() => harness.events.includes('peerLeft'));
    expect(harness.events).toEqual([
      'peerJoined',
      'peerUpdated',
      'activeSpeakerChanged',
      'peerLeft',
      'activeSpeakerChanged',
    ]);
    expect(harness.told.find(({ event }) => event === 'peerLeft')?.args[1]).toBe('removed');
    expect(room.state.peers).toHaveLength(1);
  });

  it('see a chat message once, though it comes as answer and as event', async () => {
    const room = await harness.connect();
    const message = await room.sendChat('hello');
    await pause(30);
    expect(room.state.chat).toEqual([message]);
    expect(harness.events).toEqual(['chatMessage']);
  });

  it('can be renamed, also for a join anew', async () => {
    const room = await harness.connect();
    await room.updateSelf({ name: ' Myself ', metadata: 'm' });
    expect(self(room)).toMatchObject({ name: 'Myself', metadata: 'm' });
    harness.server.sessionToken = 'forgotten';
    harness.server.dropSockets();
    await until(() => harness.server.calls('join').length === 2);
    expect(harness.server.calls('join')[1]).toMatchObject({ name: ' Myself ', metadata: 'm' });
  });

  it('can be removed by an admin, who may end the room as well', async () => {
    const room = await harness.connect();
    await room.removePeer('ada');
    await room.closeRoom();
    expect(harness.server.calls('removePeer')).toEqual([{ peerId: 'ada' }]);
    expect(harness.server.calls('closeRoom')).toEqual([{}]);
  });

  it('can be put out: closed with the reason, and nothing follows', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    harness.server.tell('removed', { reason: 'removed' });
    harness.server.tell('peerJoined', { peer: harness.server.addPeer('Ada') });
    await until(() => room.state.status === 'closed');
    await pause(50);
    expect(room.state.closeReason).toBe('removed');
    expect(harness.events.slice(-2)).toEqual(['status: closed', 'closed']);
    expect(harness.devices.opened[0]?.readyState).toBe('ended');
    expect(harness.server.io.engine.clientsCount).toBe(0);
    await expect(room.publishMicrophone()).rejects.toMatchObject({ code: 'invalidState' });
    await expect(room.sendChat('x')).rejects.toMatchObject({ code: 'invalidState' });
    await expect(room.sendData('x')).rejects.toMatchObject({ code: 'invalidState' });
  });
});

describe('leaving', () => {
  it('tells the server, stops the devices and ends everything', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    await room.leave();
    await room.leave();
    expect(harness.server.calls('leave')).toHaveLength(1);
    expect(room.state).toMatchObject({ status: 'closed', closeReason: 'left' });
    expect(harness.devices.opened[0]?.readyState).toBe('ended');
    expect(harness.events.at(-1)).toBe('closed');
    await expect(room.getStats()).resolves.toEqual({
      connection: { send: null, receive: null },
      tracks: [],
      raw: { send: null, receive: null },
    });
  });

  it('does not wait long for a server that says nothing', async () => {
    const room = await harness.connect();
    harness.server.on('leave', () => SILENCE);
    const before = Date.now();
    await room.leave();
    expect(Date.now() - before).toBeLessThan(1500);
  });

  it('while the person still thinks about the camera closes the camera', async () => {
    const room = await harness.connect();
    let decide = (): void => {};
    harness.devices.thinking = new Promise((resolve) => (decide = resolve));
    const publishing = expect(room.publishCamera()).rejects.toMatchObject({ code: 'invalidState' });
    await room.leave();
    decide();
    await publishing;
    expect(harness.devices.opened[0]?.readyState).toBe('ended');
  });

  it('while publishing rejects what waits', async () => {
    const room = await harness.connect();
    harness.server.on('produce', () => SILENCE);
    const publishing = expect(room.publishCamera()).rejects.toMatchObject({ code: 'invalidState' });
    await until(() => harness.server.calls('produce').length === 1);
    await room.leave();
    await publishing;
  });
});
