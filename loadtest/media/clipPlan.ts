import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { VideoCodec, VideoPlan } from '../scenario/scenario.ts';
import { DEFAULT_PERSONA, type Persona } from './personas.ts';

/** Raised whenever clips made by older code would no longer do. */
export const CLIP_VERSION = 1;

/** A clip's parts; each begins with a key frame and has no other. */
export const SEGMENTS = 4;
const SEGMENT_SECONDS = 5;
/** VP8's temporal pattern (L1T3): a segment is a multiple of it, so that key frames are always in layer 0. */
export const TEMPORAL_PATTERN = [0, 2, 1, 2] as const;

/** One layer of a video clip. */
export interface ClipLayer {
  width: number;
  height: number;
  /** bps. */
  bitrate: number;
}

/** A video clip that can be made. */
export interface VideoClipPlan {
  codec: VideoCodec;
  /** Smallest first. */
  layers: readonly ClipLayer[];
  fps: number;
  persona: Persona;
  /** A film of the user's own instead of the persona's picture. */
  file?: string;
}

/** A voice that can be made. */
export interface AudioClipPlan {
  channels: 1 | 2;
  persona: Persona;
  /** A recording of the user's own instead of the persona's voice. */
  file?: string;
}

/** What a browser sends of a 16:9 camera at 30 frames a second. */
const LADDER: readonly ClipLayer[] = [
  { width: 320, height: 180, bitrate: 150_000 },
  { width: 640, height: 360, bitrate: 500_000 },
  { width: 1280, height: 720, bitrate: 1_500_000 },
];

/**
 * The layers of a plan, smallest first. As in a browser there are fewer than asked for where the picture is too small:
 * one at 180, two at 360; and VP9 has one. Bitrates shrink with the frame rate.
 */
export function layersOf(plan: VideoPlan): ClipLayer[] {
  const possible = LADDER.filter(({ height }) => height <= plan.height);
  const wanted = plan.codec === 'vp9' ? 1 : plan.layers;
  return possible
    .slice(-wanted)
    .map((layer) => ({ ...layer, bitrate: Math.round((layer.bitrate * plan.fps) / 30) }));
}

/** The clip for a plan. */
export function videoClipPlan(
  plan: VideoPlan,
  options: { persona?: Persona; file?: string } = {},
): VideoClipPlan {
  return {
    codec: plan.codec,
    layers: layersOf(plan),
    fps: plan.fps,
    persona: options.persona ?? DEFAULT_PERSONA,
    ...(options.file === undefined ? {} : { file: options.file }),
  };
}

/** Frames of a segment. */
export function segmentFrames(fps: number): number {
  return Math.max(1, Math.round((fps * SEGMENT_SECONDS) / TEMPORAL_PATTERN.length)) * TEMPORAL_PATTERN.length;
}

/** A name for a clip's directory, the same for the same content. */
export function clipKey(plan: VideoClipPlan | AudioClipPlan): string {
  const from = plan.file === undefined ? plan.persona.name : `file-${fingerprint(plan.file)}`;
  if (!('codec' in plan)) return ['opus', plan.channels === 2 ? 'stereo' : 'mono', from].join('-');
  const heights = plan.layers.map(({ height }) => height).join('+');
  return [plan.codec, heights, `${plan.fps}fps`, from].join('-');
}

/** @throws when there is no such file. */
function fingerprint(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return createHash('sha256')
    .update(`${resolve(file)}\n${size}\n${mtimeMs}`)
    .digest('hex')
    .slice(0, 16);
}
