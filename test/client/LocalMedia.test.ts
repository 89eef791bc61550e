import { describe, expect, it } from '@jest/globals';
import { loudness } from '../../client/lib/LevelMeter.ts';
import {
  listDevices,
  onDevicesChanged,
  openCamera,
  openMicrophone,
  openScreen,
} from '../../client/lib/LocalMedia.ts';
import { MediaError } from '../../client/lib/MediaError.ts';
import { FakeMediaDevices } from './support/FakeMediaDevices.ts';

const failing = (name: string): FakeMediaDevices => {
  const devices = new FakeMediaDevices();
  devices.failure = Object.assign(new Error(`the browser says ${name}`), { name });
  return devices;
};

describe('opening a device', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['SecurityError', 'denied'],
    ['NotFoundError', 'notFound'],
    ['NotReadableError', 'inUse'],
    ['AbortError', 'inUse'],
    ['OverconstrainedError', 'overconstrained'],
    ['TypeError', 'unsupported'],
    ['SomethingNew', 'inUse'],
  ])('says in one word why it failed: %s is %s', async (name, reason) => {
    const devices = failing(name);
    for (const [what, open] of [
      ['microphone', openMicrophone({}, devices.asMediaDevices())],
      ['camera', openCamera({}, devices.asMediaDevices())],
    ] as const) {
      const error = await open.then(
        () => undefined,
        (caught: unknown) => caught,
      );
      expect(error).toBeInstanceOf(MediaError);
      expect(error).toMatchObject({ reason, cause: devices.failure });
      expect((error as MediaError).message).toContain(what);
    }
  });

  it('is unsupported where there are no devices at all', async () => {
    await expect(openCamera()).rejects.toMatchObject({ reason: 'unsupported' });
    await expect(listDevices()).rejects.toMatchObject({ reason: 'unsupported' });
  });

  it('is insecure where the page is', async () => {
    Object.assign(globalThis, { isSecureContext: false });
    try {
      await expect(openCamera()).rejects.toMatchObject({ reason: 'insecure' });
    } finally {
      Reflect.deleteProperty(globalThis, 'isSecureContext');
    }
  });

  it('asks for exactly the device that was chosen, and lets constraints be overruled', async () => {
    const devices = new FakeMediaDevices();
    await openMicrophone({ deviceId: 'mic-2' }, devices.asMediaDevices());
    await openCamera({ constraints: { width: 640 } }, devices.asMediaDevices());
    expect(devices.asked).toEqual([
      { audio: expect.objectContaining({ deviceId: { exact: 'mic-2' }, echoCancellation: true }) },
      { video: expect.objectContaining({ width: 640, height: { ideal: 720 } }) },
    ]);
  });
});

describe('sharing a screen', () => {
  it('gives the picture, and the sound when there is one', async () => {
    const devices = new FakeMediaDevices();
    await expect(openScreen(devices.asMediaDevices())).resolves.toMatchObject({ audio: null });
    devices.screenHasAudio = true;
    const { video, audio } = await openScreen(devices.asMediaDevices());
    expect([video.kind, audio?.kind]).toEqual(['video', 'audio']);
  });

  it('is cancelled when the person closes the dialog', async () => {
    await expect(openScreen(failing('NotAllowedError').asMediaDevices())).rejects.toMatchObject({
      reason: 'cancelled',
    });
  });

  it('is unsupported on phones', async () => {
    const phone = { getUserMedia: () => Promise.reject(new Error()) } as unknown as MediaDevices;
    await expect(openScreen(phone)).rejects.toMatchObject({ reason: 'unsupported' });
  });
});

describe('the list of devices', () => {
  it('is sorted by what they are for', async () => {
    const devices = new FakeMediaDevices();
    const list = await listDevices(devices.asMediaDevices());
    expect(list.microphones.map(({ deviceId }) => deviceId)).toEqual(['mic-1', 'mic-2']);
    expect(list.cameras.map(({ deviceId }) => deviceId)).toEqual(['cam-1']);
    expect(list.speakers).toEqual([]);
  });

  it('is told again when a device comes or goes, until the listener is taken away', async () => {
    const devices = new FakeMediaDevices();
    const told: number[] = [];
    const off = onDevicesChanged((list) => told.push(list.cameras.length), devices.asMediaDevices());
    devices.devices.push({ deviceId: 'cam-2', kind: 'videoinput' });
    devices.dispatchEvent(new Event('devicechange'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    off();
    devices.dispatchEvent(new Event('devicechange'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told).toEqual([2]);
  });
});

describe('loudness', () => {
  it('is 0 for silence, 1 for full scale, and between for the rest', () => {
    expect(loudness(new Float32Array(1024))).toBe(0);
    expect(loudness(new Float32Array(1024).fill(1))).toBe(1);
    expect(loudness(new Float32Array(0))).toBe(0);
    // -30 dBFS lies half way down to the floor of -60.
    expect(loudness(new Float32Array(1024).fill(10 ** (-30 / 20)))).toBeCloseTo(0.5, 5);
  });
});
