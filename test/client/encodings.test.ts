import { generateNativeRtpCapabilities } from 'mediasoup-client/fakeParameters';
import { describe, expect, it } from '@jest/globals';
import type { types } from 'mediasoup-client';
import { encodingsFor, type EncodingSurroundings } from '../../client/lib/encodings.ts';
import type { PublishOptions } from '../../client/lib/publicTypes.ts';
import type { MediaSource } from '../../src/protocol/models.ts';
import { fakeTrack } from './support/fakeTracks.ts';

const capabilities = allCodecs();
const sends = (
  track: MediaStreamTrack,
  source: MediaSource,
  options: PublishOptions = {},
  surroundings: Partial<EncodingSurroundings> = {},
) =>
  encodingsFor(track, source, options, {
    capabilities,
    videoCodec: 'video/VP8',
    audioBitrate: 0,
    svc: true,
    ...surroundings,
  });
const camera = (width: number, height: number, videoCodec = 'video/VP8') =>
  sends(fakeTrack('video', { width, height }), 'camera', {}, { videoCodec }).encodings!;
const screen = (width: number, videoCodec = 'video/VP8') =>
  sends(fakeTrack('video', { width, height: 1000 }), 'screen', {}, { videoCodec }).encodings!;

describe('the encodings of a track', () => {
  it('have the bitrate that the room has for microphones, unless something else is asked for', () => {
    const bitrate = (source: MediaSource, options: PublishOptions = {}) =>
      sends(fakeTrack('audio'), source, options, { audioBitrate: 24_000 }).codecOptions
        ?.opusMaxAverageBitrate;
    expect(bitrate('microphone')).toBe(24_000);
    expect(bitrate('microphone', { maxBitrate: 64_000 })).toBe(64_000);
    expect(bitrate('microphone', { music: true })).toBe(128_000);
    expect(bitrate('screenAudio')).toBeUndefined();
  });

  it('are as many layers as the picture is large enough for, always with the full size on top', () => {
    const scales = (width: number, height: number): unknown[] =>
      camera(width, height).map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
    expect(scales(1280, 720)).toEqual([4, 2, 1]);
    expect(scales(720, 1280)).toEqual([4, 2, 1]);
    expect(scales(640, 360)).toEqual([2, 1]);
    expect(scales(320, 180)).toEqual([1]);
  });

  it('have temporal layers only beside each other: of one alone mediasoup forwards nothing', () => {
    const modes = (width: number, height: number): unknown[] =>
      camera(width, height).map(({ scalabilityMode }) => scalabilityMode);
    expect(modes(640, 360)).toEqual(['L1T3', 'L1T3']);
    expect(modes(320, 180)).toEqual([undefined]);
  });

  it('are one for VP9, with the layers of a camera within', () => {
    const modes = [1280, 640, 320].map((width) => camera(width, (width * 9) / 16, 'video/VP9'));
    expect(modes.map(([{ scalabilityMode } = {}]) => scalabilityMode)).toEqual([
      'L3T3_KEY',
      'L2T3_KEY',
      'L1T3',
    ]);
    expect(modes.flat()).toHaveLength(3);
    expect(modes[0]?.[0]?.maxBitrate).toBe(1_500_000);
  });

  it('have the bits that a picture of that size is worth', () => {
    const top = (width: number, height: number): unknown => camera(width, height).at(-1)?.maxBitrate;
    expect([top(640, 360), top(640, 480), top(1280, 720), top(1920, 1080)]).toEqual([
      600_000, 1_500_000, 1_500_000, 3_000_000,
    ]);
  });

  it('are one size only for AV1, of which no browser could decode more', () => {
    expect(camera(1280, 720, 'video/AV1')).toEqual([{ maxBitrate: 1_500_000, scalabilityMode: 'L1T3' }]);
  });

  it('give a screen a small copy that moves little, for those who see it small', () => {
    expect(screen(1920)).toEqual([
      { scaleResolutionDownBy: 3, maxBitrate: 200_000, maxFramerate: 5, scalabilityMode: 'L1T3' },
      { scaleResolutionDownBy: 1, maxBitrate: 2_500_000, maxFramerate: 30, scalabilityMode: 'L1T3' },
    ]);
    expect(screen(640)).toHaveLength(1);
    expect(sends(fakeTrack('video'), 'screen').encodings?.[0]?.scaleResolutionDownBy).toBe(2);
  });

  it('keep a screen at one size where the layers are within one stream, but in three frame rates', () => {
    for (const codec of ['video/VP9', 'video/AV1']) {
      expect(screen(1920, codec)).toEqual([{ maxBitrate: 2_500_000, scalabilityMode: 'L1T3' }]);
    }
  });

  it('are three layers for a camera of unknown size', () => {
    expect(sends(fakeTrack('video'), 'camera').encodings).toHaveLength(3);
  });

  it('are one for custom tracks, unless asked for, and for others if asked for', () => {
    expect(sends(fakeTrack('video'), 'custom').encodings).toHaveLength(1);
    expect(sends(fakeTrack('video'), 'custom', { simulcast: true }).encodings).toHaveLength(3);
    for (const source of ['camera', 'screen'] as const) {
      expect(sends(fakeTrack('video'), source, { simulcast: false }).encodings).toHaveLength(1);
    }
  });

  it('share the bitrate that was asked for, the highest layer getting all of it', () => {
    const { encodings } = sends(fakeTrack('video'), 'camera', { maxBitrate: 900_000 });
    expect(encodings?.map(({ maxBitrate }) => maxBitrate)).toEqual([90_000, 300_000, 900_000]);
    const voice = sends(fakeTrack('audio'), 'microphone', { maxBitrate: 24_000 });
    expect(voice.codecOptions).toMatchObject({ opusMaxAverageBitrate: 24_000 });
  });

  it('save on silence for speech only, and keep the stereo of a screen', () => {
    const options = (source: 'microphone' | 'screenAudio'): unknown =>
      sends(fakeTrack('audio'), source).codecOptions;
    expect(options('microphone')).toEqual({ opusFec: true, opusDtx: true, opusStereo: false });
    expect(options('screenAudio')).toEqual({ opusFec: true, opusDtx: false, opusStereo: true });
  });

  it('are stereo for music, with more bits and without leaving out the quiet places', () => {
    const options = (publish: PublishOptions): unknown =>
      sends(fakeTrack('audio'), 'microphone', publish).codecOptions;
    const music = { opusFec: true, opusDtx: false, opusStereo: true };
    expect(options({ music: true })).toEqual({ ...music, opusMaxAverageBitrate: 128_000 });
    expect(options({ music: true, maxBitrate: 256_000 })).toEqual({
      ...music,
      opusMaxAverageBitrate: 256_000,
    });
  });
});

describe('the video codec of a track', () => {
  const codec = (surroundings: Partial<EncodingSurroundings>): string | undefined =>
    sends(fakeTrack('video'), 'camera', {}, surroundings).codec?.mimeType;
  const only = (...mimeTypes: string[]): types.RtpCapabilities => ({
    codecs: capabilities.codecs?.filter(({ mimeType }) => mimeTypes.includes(mimeType)) ?? [],
  });

  it('is the room’s, however it is spelled', () => {
    expect(codec({ videoCodec: 'video/VP9' })).toBe('video/VP9');
    expect(codec({ videoCodec: 'video/h264' })).toBe('video/H264');
  });

  it('is VP8, or else H264, where this browser does not have the room’s or the room did not say', () => {
    expect(codec({ videoCodec: 'video/H265' })).toBe('video/VP8');
    expect(codec({ videoCodec: '' })).toBe('video/VP8');
    expect(codec({ videoCodec: 'video/VP9', capabilities: only('video/H264') })).toBe('video/H264');
    expect(codec({ capabilities: { codecs: [] } })).toBeUndefined();
  });

  it('is one with layers also in a browser that does not put them into one stream', () => {
    expect(codec({ videoCodec: 'video/VP9', svc: false })).toBe('video/VP8');
    expect(codec({ videoCodec: 'video/H264', svc: false })).toBe('video/H264');
  });
});

function allCodecs(): types.RtpCapabilities {
  const { codecs = [], ...others } = generateNativeRtpCapabilities();
  const more = ['video/H264', 'video/AV1'].map((mimeType, i) => ({
    kind: 'video' as const,
    mimeType,
    preferredPayloadType: 120 + i,
    clockRate: 90_000,
  }));
  return { ...others, codecs: [...codecs, ...more] };
}
