import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { internal } from '../../src/support/errors.ts';
import type { VideoCodec } from '../scenario/scenario.ts';
import { clipKey, SEGMENTS, segmentFrames, type ClipLayer, type VideoClipPlan } from './clipPlan.ts';
import { makeClip, TEMPORAL_FILE } from './clipStore.ts';
import { parseAnnexB } from './containers/annexB.ts';
import { parseIvf } from './containers/ivf.ts';
import { digestOf } from './digest.ts';
import { layerFile } from './encoding.ts';
import { packetizeH264 } from './packetizers/h264.ts';
import type { DescriptorLayout, MediaFrame } from './packetizers/mediaFrame.ts';
import { packetizeVp8, VP8_LAYOUT } from './packetizers/vp8.ts';
import { packetizeVp9, VP9_LAYOUT } from './packetizers/vp9.ts';

/** A video in packets, of which any number of bots can send. */
export class VideoClip {
  readonly codec: VideoCodec;
  readonly fps: number;
  /** Frames of a segment; each segment begins with a key frame in all layers. */
  readonly segmentFrames: number;
  /** Smallest first; the same number of frames in each. */
  readonly layers: readonly { plan: ClipLayer; frames: readonly MediaFrame[] }[];
  /** Null where the codec has no descriptor. */
  readonly layout: DescriptorLayout | null;
  /** `digestOf` of every packet. */
  readonly digests: ReadonlySet<number>;

  constructor(options: Pick<VideoClip, 'codec' | 'fps' | 'segmentFrames' | 'layers'>) {
    this.codec = options.codec;
    this.fps = options.fps;
    this.segmentFrames = options.segmentFrames;
    this.layers = options.layers;
    this.layout = { vp8: VP8_LAYOUT, vp9: VP9_LAYOUT, h264: null }[options.codec];
    const frames = options.layers.flatMap((layer) => layer.frames);
    this.digests = new Set(frames.flatMap(({ packets }) => packets.map(({ payload }) => digestOf(payload))));
  }

  /** Frames until it begins anew. */
  get frameCount(): number {
    return this.layers[0]?.frames.length ?? 0;
  }

  /** Reads a clip that was made. @throws ParleyError `internal` when it is not what was asked for. */
  static read(plan: VideoClipPlan, directory: string): VideoClip {
    const temporal = existsSync(join(directory, TEMPORAL_FILE));
    const length = segmentFrames(plan.fps);
    const layers = plan.layers.map((layer, i) => {
      const file = join(directory, layerFile(plan.codec, i));
      const frames = readFrames(plan.codec, layer, file, temporal);
      const isSound =
        frames.length === length * SEGMENTS && frames.every(({ isKey }, n) => isKey === (n % length === 0));
      if (!isSound) throw internal(`${file} has other frames than were asked for; remove its directory`);
      return { plan: layer, frames };
    });
    return new VideoClip({ codec: plan.codec, fps: plan.fps, segmentFrames: length, layers });
  }
}

const loaded = new Map<string, Promise<VideoClip>>();

/**
 * The clip of a plan: made if this machine has none, and read once per process.
 *
 * @throws ParleyError `unavailable` without ffmpeg, `internal` when the clip cannot be made or read.
 */
export function loadVideoClip(plan: VideoClipPlan, signal?: AbortSignal): Promise<VideoClip> {
  const key = clipKey(plan);
  let clip = loaded.get(key);
  if (!clip) {
    clip = makeClip(plan, signal ? { signal } : {}).then((directory) => VideoClip.read(plan, directory));
    loaded.set(key, clip);
    // Another attempt may find ffmpeg.
    clip.catch(() => loaded.delete(key));
  }
  return clip;
}

function readFrames(codec: VideoCodec, layer: ClipLayer, file: string, temporal: boolean): MediaFrame[] {
  const data = readFileSync(file);
  if (codec === 'h264') return parseAnnexB(data).map(packetizeH264);
  const frames = parseIvf(data);
  if (codec === 'vp9') return frames.map((frame) => packetizeVp9(frame, layer));
  return frames.map((frame, i) => packetizeVp8(frame, i, temporal));
}
