import type { types } from 'mediasoup-client';
import type { MediaSource } from '../../src/protocol/models.ts';
import type { PublishOptions } from './publicTypes.ts';

/** bps of the highest layer. */
const CAMERA_BITRATE = 1_500_000;
const SCREEN_BITRATE = 2_500_000;

type Produced = Pick<types.ProducerOptions, 'encodings' | 'codecOptions' | 'codec'>;

/** How a track of this source is encoded (mediasoup-client `ProducerOptions`). */
export function encodingsFor(
  track: MediaStreamTrack,
  source: MediaSource,
  options: PublishOptions,
  capabilities: types.RtpCapabilities,
): Produced {
  return track.kind === 'audio' ? audio(source, options) : video(track, source, options, capabilities);
}

function audio(source: MediaSource, options: PublishOptions): Produced {
  const speech = source === 'microphone';
  return {
    codecOptions: {
      opusFec: true,
      // Silence costs almost nothing with DTX, but music would be cut at its quiet places.
      opusDtx: speech,
      opusStereo: source === 'screenAudio',
      ...(options.maxBitrate === undefined ? {} : { opusMaxAverageBitrate: options.maxBitrate }),
    },
  };
}

function video(
  track: MediaStreamTrack,
  source: MediaSource,
  options: PublishOptions,
  capabilities: types.RtpCapabilities,
): Produced {
  const screen = source === 'screen';
  const maxBitrate = options.maxBitrate ?? (screen ? SCREEN_BITRATE : CAMERA_BITRATE);
  const simulcast = options.simulcast ?? source === 'camera';
  // VP8 is what every browser encodes in simulcast; without it the router's first codec is taken.
  const codec = capabilities.codecs?.find((candidate) => candidate.mimeType.toLowerCase() === 'video/vp8');
  return {
    encodings: simulcast ? simulcastLayers(maxBitrate, layersFor(track)) : [{ maxBitrate }],
    codecOptions: { videoGoogleStartBitrate: 1000 },
    ...(codec ? { codec } : {}),
  };
}

/**
 * Layers that Chromium really encodes at this size: it leaves out the largest ones of a small picture, so with
 * three layers a picture of 640 x 360 would be sent at half its size at best.
 *
 * Source: libwebrtc `video/config/simulcast.cc`; seen with Chromium 156.
 */
function layersFor(track: MediaStreamTrack): number {
  const { width, height } = track.getSettings();
  if (width === undefined || height === undefined) return 3;
  const pixels = width * height;
  if (pixels >= 960 * 540) return 3;
  return pixels >= 480 * 270 ? 2 : 1;
}

/** Full size and its halves, smallest first, named r0, r1, r2 by mediasoup-client. */
function simulcastLayers(maxBitrate: number, layers: number): types.RtpEncodingParameters[] {
  return [
    { scaleResolutionDownBy: 4, share: 0.1 },
    { scaleResolutionDownBy: 2, share: 1 / 3 },
    { scaleResolutionDownBy: 1, share: 1 },
  ]
    .slice(-layers)
    .map(({ scaleResolutionDownBy, share }) => ({
      scaleResolutionDownBy,
      maxBitrate: Math.round(maxBitrate * share),
      // mediasoup 3.27.1 takes a single encoding with temporal layers for simulcast, and never forwards it.
      ...(layers > 1 ? { scalabilityMode: 'L1T3' } : {}),
    }));
}
