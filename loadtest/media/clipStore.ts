import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CLIP_VERSION, clipKey, type AudioClipPlan, type VideoClipPlan } from './clipPlan.ts';
import { audioArguments, videoArguments } from './encoding.ts';
import { hasTemporalLayers, runFfmpeg } from './ffmpeg.ts';

/** The one file of an audio clip. */
export const VOICE_FILE = 'voice.ogg';
/** Present in a VP8 clip that has temporal layers. */
export const TEMPORAL_FILE = 'temporal';
/** ms after which somebody's unfinished clip is taken for abandoned. */
const ABANDONED_AFTER = 3_600_000;

/** Where clips are kept. */
export function clipDirectory(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'parley', `clips-${CLIP_VERSION}`);
}

/** Whether it need not be made any more. */
export function isClipMade(plan: VideoClipPlan | AudioClipPlan, root = clipDirectory()): boolean {
  return existsSync(join(root, clipKey(plan)));
}

/**
 * Makes a clip once per machine; 5 to 20 s for a video. Whoever is interrupted leaves nothing that is taken for a
 * clip, and of several that make the same at a time the first one wins.
 *
 * @returns its directory.
 * @throws ParleyError `unavailable` without ffmpeg, `internal` when ffmpeg failed.
 */
export async function makeClip(
  plan: VideoClipPlan | AudioClipPlan,
  options: { root?: string; signal?: AbortSignal } = {},
): Promise<string> {
  const root = options.root ?? clipDirectory();
  const finished = join(root, clipKey(plan));
  if (existsSync(finished)) return finished;
  const unfinished = join(root, `unfinished-${randomBytes(8).toString('hex')}`);
  await mkdir(unfinished, { recursive: true });
  await removeAbandoned(root);
  try {
    if ('codec' in plan) {
      const temporal = plan.codec === 'vp8' && (await hasTemporalLayers(options.signal));
      await runFfmpeg(videoArguments(plan, unfinished, temporal), options.signal);
      if (temporal) await writeFile(join(unfinished, TEMPORAL_FILE), '');
    } else {
      await runFfmpeg(audioArguments(plan, join(unfinished, VOICE_FILE)), options.signal);
    }
    await rename(unfinished, finished).catch((error: unknown) => {
      if (!existsSync(finished)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return finished;
}

async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith('unfinished-')) continue;
    const path = join(root, name);
    const changed = await stat(path).catch(() => undefined);
    if (changed && Date.now() - changed.mtimeMs > ABANDONED_AFTER) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
