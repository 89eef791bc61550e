import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RoomClient } from '../../client/lib/RoomClient.ts';
import { badRequest, unavailable } from '../../src/support/errors.ts';
import { RoomHarness, self } from './support/RoomHarness.ts';
import { pause, until } from './support/until.ts';

let harness: RoomHarness;

/** As much of a browser's as is asked whether it knows modes with layers. */
class KnowingModes {
  addTransceiver(_: string, { sendEncodings }: { sendEncodings: object[] }): unknown {
    return { sender: { getParameters: () => ({ encodings: sendEncodings }) } };
  }

  close(): void {}
}

beforeAll(() => {
  Object.assign(globalThis, { RTCPeerConnection: KnowingModes });
});
afterAll(() => {
  Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
});
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

/** The codecs that were published with, in order. */
const published = (): (string | undefined)[] =>
  harness.server.calls('produce').map(({ rtpParameters }) => rtpParameters.codecs[0]?.mimeType);
const publication = (room: RoomClient) => self(room).publications[0];

describe('the video codec of the room', () => {
  it('is what a camera is published with', async () => {
    harness.server.videoCodec = 'video/VP9';
    const room = await harness.connect();
    expect(room.state.videoCodec).toBe('video/VP9');
    await room.publishCamera();
    expect(published()).toEqual(['video/VP9']);
    expect(harness.server.calls('produce')[0]?.rtpParameters.encodings).toMatchObject([
      { scalabilityMode: 'L3T3_KEY' },
    ]);
  });

  it('has the camera published anew when it changes, in the place of the old one', async () => {
    const room = await harness.connect();
    const { producerId, track } = await room.publishCamera();
    await room.publishMicrophone();
    harness.server.changeVideoCodec('video/VP9');
    await until(() => publication(room)?.producerId !== producerId);
    expect(published()).toEqual(['video/VP8', 'audio/opus', 'video/VP9']);
    expect(harness.server.calls('produce').at(-1)?.replaces).toBe(producerId);
    expect(publication(room)).toMatchObject({ source: 'camera', paused: false, track });
    expect(track?.readyState).toBe('live');
    expect(harness.server.own).toHaveLength(2);
    expect(harness.server.calls('closeProducer')).toEqual([]);
    expect(harness.events).not.toContain('error');
    await room.unpublish('camera');
    expect(harness.server.own.map(({ source }) => source)).toEqual(['microphone']);
  });

  it('leaves a camera that is off as it is: off', async () => {
    const room = await harness.connect();
    const { producerId } = await room.publishCamera({ paused: true });
    harness.server.changeVideoCodec('video/VP9');
    await until(() => publication(room)?.producerId !== producerId);
    expect(publication(room)?.paused).toBe(true);
    expect(harness.server.own[0]?.paused).toBe(true);
  });

  it('leaves the camera alone where this browser cannot follow, and where nothing changed', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    harness.server.changeVideoCodec('video/AV1');
    await until(() => room.state.videoCodec === 'video/AV1');
    harness.server.changeVideoCodec('video/VP8');
    await until(() => room.state.videoCodec === 'video/VP8');
    await pause(30);
    expect(published()).toEqual(['video/VP8']);
  });

  it('keeps the old camera when the server refuses the new one, and does not ask again', async () => {
    const room = await harness.connect();
    const { producerId } = await room.publishCamera();
    harness.server.on('produce', () => {
      throw badRequest('not this one');
    });
    harness.server.changeVideoCodec('video/VP9');
    await until(() => harness.events.includes('error'));
    await room.setMuted('camera', true);
    await room.setMuted('camera', false);
    expect(published()).toHaveLength(2);
    expect(publication(room)).toMatchObject({ producerId, paused: false });
  });

  it('asks again when the server is temporarily unable', async () => {
    const room = await harness.connect();
    const { producerId } = await room.publishCamera();
    let attempts = 0;
    harness.server.on('produce', (_, usual) => {
      attempts += 1;
      if (attempts === 1) throw unavailable('in a moment');
      return usual();
    });
    harness.server.changeVideoCodec('video/VP9');
    await until(() => publication(room)?.producerId !== producerId);
    expect(attempts).toBe(2);
  });

  it('leaves nothing of a camera that goes while it is being published anew', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    harness.server.on('produce', (_, usual) => pause(30).then(usual));
    harness.server.changeVideoCodec('video/VP9');
    await until(() => harness.server.calls('produce').length === 2);
    await room.unpublish('camera');
    await until(() => harness.server.own.length === 0);
    expect(self(room).publications).toEqual([]);
  });
});

describe('a microphone for music', () => {
  it('is opened without processing for speech, and stays so with another device', async () => {
    const room = await harness.connect();
    await room.publishMicrophone({ music: true });
    await room.switchDevice('microphone', 'mic-2');
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    expect(harness.devices.asked.map(({ audio }) => audio)).toMatchObject([plain, plain]);
    expect(harness.devices.opened[0]?.contentHint).toBe('music');
    expect(harness.server.calls('produce')[0]?.rtpParameters.codecs[0]?.parameters).not.toHaveProperty(
      'usedtx',
      1,
    );
  });
});
