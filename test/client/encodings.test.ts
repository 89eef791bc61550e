import { generateNativeRtpCapabilities } from 'mediasoup-client/fakeParameters';
import { describe, expect, it } from '@jest/globals';
import { encodingsFor } from '../../client/lib/encodings.ts';
import { fakeTrack } from './support/fakeTracks.ts';

const capabilities = generateNativeRtpCapabilities();
const scales = (width: number, height: number): unknown[] =>
  encodingsFor(fakeTrack('video', { width, height }), 'camera', {}, capabilities).encodings!.map(
    ({ scaleResolutionDownBy }) => scaleResolutionDownBy,
  );

describe('the encodings of a track', () => {
  it('are as many layers as the picture is large enough for, always with the full size on top', () => {
    expect(scales(1280, 720)).toEqual([4, 2, 1]);
    expect(scales(720, 1280)).toEqual([4, 2, 1]);
    expect(scales(640, 360)).toEqual([2, 1]);
    expect(scales(320, 180)).toEqual([1]);
  });

  it('have temporal layers only beside each other: of one alone mediasoup forwards nothing', () => {
    const modes = (width: number, height: number): unknown[] =>
      encodingsFor(fakeTrack('video', { width, height }), 'camera', {}, capabilities).encodings!.map(
        ({ scalabilityMode }) => scalabilityMode,
      );
    expect(modes(640, 360)).toEqual(['L1T3', 'L1T3']);
    expect(modes(320, 180)).toEqual([undefined]);
  });

  it('are three layers for a camera of unknown size', () => {
    expect(encodingsFor(fakeTrack('video'), 'camera', {}, capabilities).encodings).toHaveLength(3);
  });

  it('are one for everything that is not a camera, unless asked for', () => {
    for (const source of ['screen', 'custom'] as const) {
      expect(encodingsFor(fakeTrack('video'), source, {}, capabilities).encodings).toHaveLength(1);
    }
    expect(
      encodingsFor(fakeTrack('video'), 'screen', { simulcast: true }, capabilities).encodings,
    ).toHaveLength(3);
    expect(
      encodingsFor(fakeTrack('video'), 'camera', { simulcast: false }, capabilities).encodings,
    ).toHaveLength(1);
  });

  it('share the bitrate that was asked for, the highest layer getting all of it', () => {
    const { encodings } = encodingsFor(fakeTrack('video'), 'camera', { maxBitrate: 900_000 }, capabilities);
    expect(encodings?.map(({ maxBitrate }) => maxBitrate)).toEqual([90_000, 300_000, 900_000]);
    const voice = encodingsFor(fakeTrack('audio'), 'microphone', { maxBitrate: 24_000 }, capabilities);
    expect(voice.codecOptions).toMatchObject({ opusMaxAverageBitrate: 24_000 });
  });

  it('are VP8 where it is there, and the first codec otherwise', () => {
    expect(encodingsFor(fakeTrack('video'), 'camera', {}, capabilities).codec?.mimeType).toBe('video/VP8');
    expect(encodingsFor(fakeTrack('video'), 'camera', {}, { codecs: [] })).not.toHaveProperty('codec');
  });

  it('save on silence for speech only, and keep the stereo of a screen', () => {
    const options = (source: 'microphone' | 'screenAudio'): unknown =>
      encodingsFor(fakeTrack('audio'), source, {}, capabilities).codecOptions;
    expect(options('microphone')).toEqual({ opusFec: true, opusDtx: true, opusStereo: false });
    expect(options('screenAudio')).toEqual({ opusFec: true, opusDtx: false, opusStereo: true });
  });
});
