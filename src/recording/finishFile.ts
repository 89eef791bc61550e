import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FFMPEG_QUIET, FILES_ONLY, runPersistently } from './ffmpeg.ts';
import type { RecordedFile, RecordedTrack } from './timeline.ts';

export interface FinishOptions {
  directory: string;
  /** ms that ffmpeg may take for a file. */
  deadline: number;
  signal: AbortSignal;
}

/** What of the raw file the timeline lacks when its recorder was killed: it ends where its last whole frame does. */
export async function measureRaw(
  file: RecordedFile,
  { directory, deadline, signal }: FinishOptions,
): Promise<RecordedFile> {
  const path = join(directory, file.file);
  const { size } = await stat(path);
  const probe = ['-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0'];
  const args = ['-v', 'error', ...FILES_ONLY, ...probe, '-f', 'matroska', path];
  const lines = (await runPersistently('ffprobe', args, { deadline, signal })).trim().split('\n');
  const [at = 0, duration = 0] = (lines.at(-1) ?? '').split(',').map((text) => Number(text) || 0);
  const endedAt = file.startedAt + (at + duration) * 1000;
  return { ...file, bytes: size, endedAt: Math.max(endedAt, file.startedAt) };
}

/**
 * Remuxes a raw file to WebM or MP4: with its length, an index to seek by, and zero as its beginning. The raw one goes
 * once the other is complete.
 *
 * @throws ParleyError when ffmpeg fails; the raw file is as it was.
 */
export async function finishFile(
  track: Pick<RecordedTrack, 'codec'>,
  file: RecordedFile,
  { directory, deadline, signal }: FinishOptions,
): Promise<RecordedFile> {
  const isMp4 = track.codec.toLowerCase() === 'video/h264';
  const name = file.file.replace(/\.mkv$/, isMp4 ? '.mp4' : '.webm');
  const raw = join(directory, file.file);
  const unfinished = join(directory, `.${name}.part`);
  const container = isMp4 ? ['-movflags', '+faststart', '-f', 'mp4'] : ['-f', 'webm'];
  // A remux is not larger than what it is made of, but for its index.
  const limit = ['-fs', String(Math.ceil(file.bytes * 1.25) + 1_048_576)];
  const args = [...FFMPEG_QUIET, '-y', ...FILES_ONLY, '-f', 'matroska', '-i', raw, '-map', '0', '-c', 'copy'];
  try {
    await runPersistently('ffmpeg', [...args, ...limit, ...container, unfinished], { deadline, signal });
    const { size } = await stat(unfinished);
    await rename(unfinished, join(directory, name));
    await rm(raw, { force: true });
    return { ...file, file: name, bytes: size, state: 'finished' };
  } finally {
    await rm(unfinished, { force: true });
  }
}
