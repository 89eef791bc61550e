import { describe, expect, it } from '@jest/globals';
import { chooseVideoCodec, decodableVideoCodecs } from '../../src/sfu/forwarding/videoCodecs.ts';

const chromium = ['video/VP8', 'video/VP9', 'video/H264', 'video/AV1'];
const safari = ['video/VP8', 'video/VP9', 'video/H264'];
const old = ['video/VP8', 'video/H264'];

describe('the video codec of a room', () => {
  it('is the most preferred one while nobody is there who cannot decode it', () => {
    expect(chooseVideoCodec(['video/AV1', 'video/VP9'], [])).toBe('video/AV1');
    expect(chooseVideoCodec(['video/AV1', 'video/VP9'], [chromium, chromium])).toBe('video/AV1');
  });

  it('is the next one that all decode when somebody comes who cannot', () => {
    expect(chooseVideoCodec(['video/AV1', 'video/VP9'], [chromium, safari])).toBe('video/VP9');
    expect(chooseVideoCodec(['video/AV1', 'video/VP9'], [chromium, safari, old])).toBe('video/VP8');
  });

  it('does not wait for members whose capabilities are not known yet, nor for those without any video', () => {
    expect(chooseVideoCodec(['video/VP9'], [undefined, chromium, []])).toBe('video/VP9');
  });

  it('falls back to VP8, to H264 where somebody has nothing else, and to VP8 where nothing suits all', () => {
    expect(chooseVideoCodec(['video/VP9'], [['video/VP8', 'video/H264']])).toBe('video/VP8');
    expect(chooseVideoCodec(['video/VP9'], [['video/H264'], old])).toBe('video/H264');
    expect(chooseVideoCodec(['video/VP9'], [['video/H264'], ['video/VP8']])).toBe('video/VP8');
    expect(chooseVideoCodec([], [chromium])).toBe('video/VP8');
  });

  it('is spelled as the routers spell it, however it was written', () => {
    expect(chooseVideoCodec(['video/vp9'], [['VIDEO/VP9']])).toBe('video/VP9');
  });

  it('is never one that no router takes', () => {
    expect(chooseVideoCodec(['video/H265', 'video/VP9'], [['video/H265', 'video/VP9']])).toBe('video/VP9');
    expect(chooseVideoCodec(['audio/opus'], [])).toBe('video/VP8');
  });
});

describe('what an endpoint decodes', () => {
  it('is its video codecs, each once, without retransmission and error correction', () => {
    const codec = (mimeType: string, kind: 'audio' | 'video' = 'video') => ({
      kind,
      mimeType,
      preferredPayloadType: 100,
      clockRate: 90_000,
    });
    expect(
      decodableVideoCodecs({
        codecs: [
          codec('audio/opus', 'audio'),
          codec('video/vp8'),
          codec('video/rtx'),
          codec('video/H264'),
          codec('video/h264'),
          codec('video/RTX'),
          codec('video/red'),
          codec('video/ulpfec'),
        ],
      }),
    ).toEqual(['video/VP8', 'video/H264']);
    expect(decodableVideoCodecs({})).toEqual([]);
  });
});
