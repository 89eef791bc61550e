import type { types } from 'mediasoup-client';
import type { MediaSource } from '../../src/protocol/models.ts';
import type { PublishOptions } from './publicTypes.ts';

/** bps of the highest layer of a camera, by the pixels that it takes at least: of 1080p, of 720p, of what is smaller. */
const CAMERA_BITRATES = [
  [1920 * 1080, 3_000_000],
  [640 * 360 + 1, 1_500_000],
  [0, 600_000],
] as const;
/** bps of a camera whose size is not known. */
const CAMERA_BITRATE = 1_500_000;
/** bps of the highest layer. */
const SCREEN_BITRATE = 2_500_000;
/** The small copy of a screen, for those who see it in a tile of a filmstrip: its width in pixels, bps, frames/s. */
const SMALL_SCREEN = { width: 640, bitrate: 200_000, frameRate: 5 };
/** frames/s; without a limit of its own, Chromium 156 gives the full picture that of the small copy. */
const SCREEN_FRAME_RATE = 30;
/**
 * kbps that an encoder begins with, before the link is known. With less than this for a screen, Chromium 156 begins with
 * nothing but the small copy, and stays at that for seconds.
 */
const START_BITRATE = { camera: 1000, screen: 2000 };
/** bps. */
const MUSIC_BITRATE = 128_000;

/** What is taken when the room's codec cannot be, in this order. */
const SIMULCAST_CODECS = ['video/vp8', 'video/h264'];

/**
 * Codecs that have their layers in one stream, and how many sizes of a camera it may carry.
 *
 * Of AV1 only one: receivers need the dependency descriptor to decode a stream of several, and mediasoup 3.27.1 takes
 * that header extension but does not send it (seen with Chromium 156: no frame is decoded above the smallest layer).
 */
const SVC_CODECS: Readonly<Record<string, number>> = { 'video/vp9': 3, 'video/av1': 1 };

type Produced = Pick<types.ProducerOptions, 'encodings' | 'codecOptions' | 'codec'>;

/** What the surroundings of a track say about how to encode it. */
export interface EncodingSurroundings {
  /** Of the session that it is sent on. */
  capabilities: types.RtpCapabilities;
  /** The room's, a mime type; empty before the room said. */
  videoCodec: string;
  /** bps for microphones; 0: what Opus takes for itself. */
  audioBitrate: number;
  /** Whether this browser encodes several layers into one stream. */
  svc: boolean;
}

/** How a track of this source is encoded (mediasoup-client `ProducerOptions`). */
export function encodingsFor(
  track: MediaStreamTrack,
  source: MediaSource,
  options: PublishOptions,
  surroundings: EncodingSurroundings,
): Produced {
  return track.kind === 'audio'
    ? audio(source, options, surroundings)
    : video(track, source, options, surroundings);
}

/**
 * The codec to publish video with: the room's if this browser has it, with layers, and otherwise one of those that
 * it has in simulcast and everybody decodes. Undefined leaves the choice to mediasoup-client.
 */
export function videoCodecFor({
  capabilities,
  videoCodec,
  svc,
}: EncodingSurroundings): types.RtpCodecCapability | undefined {
  const wanted = mimeKey(videoCodec);
  return [...(svc || !(wanted in SVC_CODECS) ? [wanted] : []), ...SIMULCAST_CODECS]
    .map((mimeType) => capabilities.codecs?.find((codec) => mimeKey(codec.mimeType) === mimeType))
    .find((codec) => codec !== undefined);
}

function audio(
  source: MediaSource,
  options: PublishOptions,
  { audioBitrate }: EncodingSurroundings,
): Produced {
  const music = source === 'microphone' && options.music === true;
  const usual = source === 'microphone' && audioBitrate > 0 ? audioBitrate : undefined;
  const maxBitrate = options.maxBitrate ?? (music ? MUSIC_BITRATE : usual);
  return {
    codecOptions: {
      opusFec: true,
      // Silence costs almost nothing with DTX, but music would be cut at its quiet places.
      opusDtx: source === 'microphone' && !music,
      opusStereo: source === 'screenAudio' || music,
      ...(maxBitrate === undefined ? {} : { opusMaxAverageBitrate: maxBitrate }),
    },
  };
}

function video(
  track: MediaStreamTrack,
  source: MediaSource,
  options: PublishOptions,
  surroundings: EncodingSurroundings,
): Produced {
  const screen = source === 'screen';
  const maxBitrate = options.maxBitrate ?? (screen ? SCREEN_BITRATE : cameraBitrate(track));
  const layered = options.simulcast ?? (screen || source === 'camera');
  const codec = videoCodecFor(surroundings);
  const inOneStream = codec && SVC_CODECS[mimeKey(codec.mimeType)];
  let encodings: types.RtpEncodingParameters[];
  if (!layered) encodings = [{ maxBitrate }];
  else if (inOneStream !== undefined) {
    // Of a screen, whose sharpness comes first, Chromium 156 sends nothing at all in more than one size (VP9).
    const sizes = screen ? 1 : Math.min(inOneStream, layersFor(track));
    encodings = [{ maxBitrate, scalabilityMode: sizes > 1 ? `L${sizes}T3_KEY` : 'L1T3' }];
  } else encodings = screen ? screenLayers(maxBitrate, track) : simulcastLayers(maxBitrate, layersFor(track));
  return {
    encodings,
    codecOptions: { videoGoogleStartBitrate: START_BITRATE[screen ? 'screen' : 'camera'] },
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
  const pixels = pixelsOf(track);
  if (pixels === undefined || pixels >= 960 * 540) return 3;
  return pixels >= 480 * 270 ? 2 : 1;
}

function cameraBitrate(track: MediaStreamTrack): number {
  const pixels = pixelsOf(track);
  if (pixels === undefined) return CAMERA_BITRATE;
  return CAMERA_BITRATES.find(([least]) => pixels >= least)?.[1] ?? CAMERA_BITRATE;
}

function pixelsOf(track: MediaStreamTrack): number | undefined {
  const { width, height } = track.getSettings();
  return width === undefined || height === undefined ? undefined : width * height;
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

/** A small copy that moves little, and the full size, of which no pixel is given up. */
function screenLayers(maxBitrate: number, track: MediaStreamTrack): types.RtpEncodingParameters[] {
  // Screens of unknown size are at least as large as this.
  const { width = 1280 } = track.getSettings();
  const scaleResolutionDownBy = width / SMALL_SCREEN.width;
  if (scaleResolutionDownBy < 1.5) return [{ maxBitrate }];
  const common = { scalabilityMode: 'L1T3' };
  return [
    {
      ...common,
      scaleResolutionDownBy,
      maxBitrate: Math.min(SMALL_SCREEN.bitrate, maxBitrate),
      maxFramerate: SMALL_SCREEN.frameRate,
    },
    { ...common, scaleResolutionDownBy: 1, maxBitrate, maxFramerate: SCREEN_FRAME_RATE },
  ];
}

const mimeKey = (mimeType: string): string => mimeType.toLowerCase();
