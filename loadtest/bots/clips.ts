import type { AudioClip } from '../media/AudioClip.ts';
import { loadAudioClip } from '../media/AudioClip.ts';
import { videoClipPlan } from '../media/clipPlan.ts';
import type { Persona } from '../media/personas.ts';
import { DEFAULT_PERSONA } from '../media/personas.ts';
import type { VideoClip } from '../media/VideoClip.ts';
import { loadVideoClip } from '../media/VideoClip.ts';
import type { Group, VideoPlan } from '../scenario/scenario.ts';

/** A screen share: large, few pictures a second, one layer. */
export const SCREEN_PLAN: VideoPlan = { codec: 'vp8', layers: 1, height: 720, fps: 5 };

export interface ClipOptions {
  persona?: Persona;
  videoFile?: string;
  audioFile?: string;
}

/** What the bots of a process send. */
export interface Clips {
  audio: AudioClip | null;
  video(plan: VideoPlan): VideoClip;
  /** Of everything that any bot of the run sends. */
  digests: ReadonlySet<number>;
}

/**
 * Reads every clip that these groups need, and makes those that this machine has not.
 *
 * @throws ParleyError `unavailable` without ffmpeg.
 */
export async function loadClips(groups: readonly Group[], options: ClipOptions = {}): Promise<Clips> {
  const persona = options.persona ?? DEFAULT_PERSONA;
  const file = options.videoFile === undefined ? {} : { file: options.videoFile };
  const plans = groups.flatMap(({ video, screen, behaviour }) => [
    ...(video ? [video] : []),
    ...(screen || behaviour.share !== undefined ? [SCREEN_PLAN] : []),
  ]);
  const videos = new Map<string, VideoClip>();
  // One after the other: an encoder takes all cores.
  for (const plan of plans) {
    const key = JSON.stringify(plan);
    if (!videos.has(key)) videos.set(key, await loadVideoClip(videoClipPlan(plan, { persona, ...file })));
  }
  const audio = groups.some((group) => group.audio !== 'off')
    ? await loadAudioClip({
        channels: 1,
        persona,
        ...(options.audioFile === undefined ? {} : { file: options.audioFile }),
      })
    : null;
  const digests = new Set<number>(audio?.digests ?? []);
  for (const clip of videos.values()) for (const digest of clip.digests) digests.add(digest);
  return {
    audio,
    video: (plan) => {
      const clip = videos.get(JSON.stringify(plan));
      if (!clip) throw new Error('a clip that was not loaded');
      return clip;
    },
    digests,
  };
}
