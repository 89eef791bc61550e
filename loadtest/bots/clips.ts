import type { AudioClip } from '../media/AudioClip.ts';
import { loadAudioClip } from '../media/AudioClip.ts';
import { videoClipPlan, type AudioClipPlan, type VideoClipPlan } from '../media/clipPlan.ts';
import { isClipMade, makeClip } from '../media/clipStore.ts';
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
 * Makes the clips of these groups that this machine has not, one after the other, since an encoder takes all cores.
 *
 * @param onMaking told how many there are to make, before the first; not called when there are none.
 * @throws ParleyError `unavailable` without ffmpeg.
 */
export async function makeClips(
  groups: readonly Group[],
  options: ClipOptions,
  onMaking: (count: number) => void,
): Promise<void> {
  const { videos, audio } = clipPlans(groups, options);
  const missing = [...videos.values(), ...(audio ? [audio] : [])].filter((plan) => !isClipMade(plan));
  if (missing.length > 0) onMaking(missing.length);
  for (const plan of missing) await makeClip(plan);
}

/**
 * Reads every clip that these groups need, and makes those that this machine has not.
 *
 * @throws ParleyError `unavailable` without ffmpeg.
 */
export async function loadClips(groups: readonly Group[], options: ClipOptions = {}): Promise<Clips> {
  const plans = clipPlans(groups, options);
  const videos = new Map<string, VideoClip>();
  for (const [key, plan] of plans.videos) videos.set(key, await loadVideoClip(plan));
  const audio = plans.audio && (await loadAudioClip(plans.audio));
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

/** What these groups send: each picture once, by the plan that asks for it. */
function clipPlans(
  groups: readonly Group[],
  { persona = DEFAULT_PERSONA, videoFile, audioFile }: ClipOptions,
): { videos: Map<string, VideoClipPlan>; audio: AudioClipPlan | null } {
  const videos = new Map<string, VideoClipPlan>();
  for (const { video, screen, behaviour } of groups) {
    const shares = screen || behaviour.share !== undefined;
    for (const plan of [...(video ? [video] : []), ...(shares ? [SCREEN_PLAN] : [])])
      videos.set(
        JSON.stringify(plan),
        videoClipPlan(plan, { persona, ...(videoFile === undefined ? {} : { file: videoFile }) }),
      );
  }
  const speaks = groups.some((group) => group.audio !== 'off');
  return {
    videos,
    audio: speaks ? { channels: 1, persona, ...(audioFile === undefined ? {} : { file: audioFile }) } : null,
  };
}
