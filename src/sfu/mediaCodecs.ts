import type { RouterRtpCodecCapability } from 'mediasoup/types';

/**
 * What every router takes, most preferred first: a client without a wish of its own publishes with the first
 * codec of a kind that it knows. VP8 leads because every WebRTC endpoint encodes it in simulcast (RFC 7742).
 */
export const mediaCodecs: RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    // RFC 7587: in-band FEC is worth its few bits under loss; DTX and stereo are the publisher's choice.
    parameters: { useinbandfec: 1, minptime: 10 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, parameters: { 'profile-id': 0 } },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    // RFC 6184: constrained baseline, which every implementation decodes.
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000 },
];
