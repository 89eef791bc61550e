import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { badRequest, conflict, notFound } from '../../support/errors.ts';
import { assertFfmpeg, FFMPEG_QUIET, FILES_ONLY, runPersistently } from '../ffmpeg.ts';
import { TIMELINE_FILE, timelineSchema, type Timeline } from '../timeline.ts';
import { audioGraph, videoGraph, type Picture } from './filters.ts';
import { clipsOf, extent, segmentsOf, type Segment } from './segments.ts';

export interface ComposeOptions {
  /** Directory of a recording, or its timeline. */
  recording: string;
  /** Its ending, .mp4 or .webm, says what becomes of it. */
  output: string;
  picture: Picture;
  overwrite: boolean;
  /** Told of each part that is done. */
  onProgress?: (done: number, of: number) => void;
  signal?: AbortSignal;
}

const ENCODERS: Record<string, { video: string[]; audio: string[]; container: string[] }> = {
  '.mp4': {
    video: ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23'],
    audio: ['-c:a', 'aac', '-b:a', '128k'],
    container: ['-movflags', '+faststart', '-f', 'mp4'],
  },
  '.webm': {
    video: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '2500k'],
    audio: ['-c:a', 'libopus', '-b:a', '96k'],
    container: ['-f', 'webm'],
  },
};

/** ms that ffmpeg may take for so many ms of video, on a slow machine. */
const deadline = (ms: number): number => 10 * 60_000 + ms * 20;

/**
 * Makes one video of a recording: everybody in a grid as they came and went, with the sound of all.
 *
 * @throws ParleyError `notFound` without a timeline, `badRequest` for one that is none or has nothing in it, `conflict` when
 * the output is there already, `unavailable` without ffmpeg, `internal` when that fails.
 */
export async function compose(options: ComposeOptions): Promise<void> {
  const { picture, signal, onProgress } = options;
  const output = resolve(options.output);
  const encoder = ENCODERS[extname(output).toLowerCase()];
  if (!encoder) throw badRequest('the output must end with .mp4 or .webm');
  if (!options.overwrite && (await stat(output).catch(() => undefined)))
    throw conflict(`${options.output} is there already`);
  const { timeline, directory } = await readTimeline(options.recording);
  const whole = extent(timeline);
  if (!whole) throw badRequest('there is nothing in this recording');
  await assertFfmpeg();
  const segments = segmentsOf(clipsOf(timeline, 'video'), whole, picture.fps);
  const run = (args: readonly string[], ms: number): Promise<string> =>
    runPersistently('ffmpeg', [...FFMPEG_QUIET, '-y', ...args], {
      deadline: deadline(ms),
      ...(signal ? { signal } : {}),
    });
  const work = await mkdtemp(join(tmpdir(), 'parley-compose-'));
  const unfinished = join(dirname(output), `.${basename(output)}.${process.pid}.part`);
  try {
    for (const [i, segment] of segments.entries()) {
      const args = segmentArgs(segment, directory, whole.from, picture);
      const length = (segment.frames * 1000) / picture.fps;
      await run([...args, ...encoder.video, '-f', 'matroska', join(work, `${i}.mkv`)], length);
      onProgress?.(i + 1, segments.length + 1);
    }
    const list = join(work, 'segments.txt');
    await writeFile(list, segments.map((_, i) => `file '${i}.mkv'\n`).join(''));
    const voices = clipsOf(timeline, 'audio');
    const inputs = voices.flatMap(({ file }) => [...FILES_ONLY, '-i', join(directory, file)]);
    const delays = voices.map(({ zero }) => zero - whole.from);
    const sound = voices.length > 0 ? ['-filter_complex', audioGraph(delays, 1), '-map', '[out]'] : [];
    const length = (whole.to - whole.from) / 1000;
    await run(
      [
        ...['-f', 'concat', '-safe', '1', ...FILES_ONLY, '-i', list, ...inputs],
        ...[...sound, '-map', '0:v', '-c:v', 'copy', ...(voices.length > 0 ? encoder.audio : [])],
        ...['-t', length.toFixed(3), ...encoder.container, unfinished],
      ],
      length * 1000,
    );
    await rename(unfinished, output);
    onProgress?.(segments.length + 1, segments.length + 1);
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(unfinished, { force: true });
  }
}

async function readTimeline(path: string): Promise<{ timeline: Timeline; directory: string }> {
  const isDirectory = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const file = resolve(isDirectory ? join(path, TIMELINE_FILE) : path);
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw notFound(`there is no timeline at ${path}`, { cause: error });
  });
  try {
    return { timeline: timelineSchema.parse(JSON.parse(content)), directory: dirname(file) };
  } catch (error) {
    throw badRequest(`${path} is not the timeline of a recording`, { cause: error });
  }
}

/** Up to the encoder. */
function segmentArgs(
  { firstFrame, frames, clips }: Segment,
  directory: string,
  from: number,
  picture: Picture,
): string[] {
  const { width, height, fps } = picture;
  const startsAt = from + (firstFrame * 1000) / fps;
  const background = `color=c=0x101413:s=${width}x${height}:r=${fps}:d=${frames / fps + 1}`;
  const inputs = clips.flatMap(({ file, zero }) => {
    const skipped = Math.max(0, startsAt - zero) / 1000;
    // A video that becomes smaller or larger must not begin the whole graph anew.
    const options = ['-reinit_filter', '0', ...FILES_ONLY, '-ss', skipped.toFixed(3)];
    return [...options, '-i', join(directory, file)];
  });
  const graph = ['-filter_complex', videoGraph(clips.length, picture), '-map', '[out]'];
  return [
    '-f',
    'lavfi',
    '-i',
    background,
    ...inputs,
    ...graph,
    '-frames:v',
    String(frames),
    '-r',
    String(fps),
  ];
}
