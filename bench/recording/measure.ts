import { join } from 'node:path';
import { compose } from '../../src/recording/compose/compose.ts';
import { grid } from '../../src/recording/compose/filters.ts';
import type { RecordedFile, RecordedTrack } from '../../src/recording/timeline.ts';
import { beeps, decode, flashes, offsetOf, probe } from '../../test/support/recordings.ts';
import { SIGNAL } from './flashAndBeep.ts';
import { lengthOf, type Recorded } from './RecordedCall.ts';

/** ms by which a file may be longer or shorter than it should. */
export const LENGTH_GOAL = 200;
/** ms by which sound may come before or after the picture. */
export const SYNC_GOAL = 50;

/** What became of one file. All lengths in ms. */
export interface MeasuredFile {
  participant: string;
  source: string;
  /** 1: until the recorder was killed; 2: by the next one. */
  part: number;
  codec: string;
  /** What ffprobe takes it for. */
  found: string;
  container: string;
  /** From its first frame to when the recorder was killed, or told to end, by the clock on the wall. */
  expected: number;
  /** By the timeline. */
  told: number;
  /** By ffprobe. */
  length: number;
  lost: number;
  /** What the decoder complains of; empty: nothing. */
  complaints: string;
}

/** How much later beeps come than the flashes that belong to them, and not because they left the page later. */
export interface Sync {
  where: string;
  /** Pairs that were found. */
  pairs: number;
  /** ms: the median of all. */
  offset: number;
}

/** Looks at every file of a recording, and decodes all of it. */
export async function measureFiles({ directory, timeline, ends }: Recorded): Promise<MeasuredFile[]> {
  const names = new Map(timeline.participants.map(({ peerId, name }) => [peerId, name]));
  const measured: MeasuredFile[] = [];
  for (const { files, peerId, source, codec } of timeline.tracks) {
    for (const [i, file] of files.entries()) {
      const path = join(directory, file.file);
      const { codec: found, container, duration: length } = await probe(path);
      const complaints = await decode(path).then(
        () => '',
        (error: unknown) => String(error),
      );
      const expected = (ends[i] ?? 0) - file.startedAt;
      const facts = { expected, told: lengthOf(file), length, lost: file.lostPackets };
      const participant = names.get(peerId) ?? '';
      measured.push({ participant, source, part: i + 1, codec, found, container, ...facts, complaints });
    }
  }
  return measured;
}

/** Whether all of it plays, in its codec, for as long as its timeline says. */
export const isIntact = ({ codec, found, told, length, complaints }: MeasuredFile): boolean =>
  codec.replace(/^.*\//, '').toLowerCase() === found &&
  Math.abs(length - told) <= LENGTH_GOAL &&
  complaints === '';

/** Whether it also ends when its recorder was killed, or told to end: a sender that stood still then makes it shorter. */
export const isWhole = (file: MeasuredFile): boolean =>
  isIntact(file) && Math.abs(file.length - file.expected) <= LENGTH_GOAL;

/** Of the files of the browser, before and after its recorder was killed, put side by side as the timeline says. */
export async function syncOfFiles({ directory, timeline, flashing, sentApart }: Recorded): Promise<Sync[]> {
  const track = (source: string): RecordedTrack | undefined =>
    timeline.tracks.find((one) => one.peerId === flashing && one.source === source);
  const [video, audio] = [track('camera')?.files ?? [], track('microphone')?.files ?? []];
  const results: Sync[] = [];
  for (const [i, picture] of video.entries()) {
    const sound = audio[i];
    if (!sound) continue;
    const zero = picture.startedAt;
    const bright = await flashes(join(directory, picture.file));
    const loud = (await beeps(join(directory, sound.file), TONE_ONLY)).map(shift(sound, zero));
    results.push({ where: `the files, part ${i + 1}`, ...sync(bright, loud, sentApart) });
  }
  return results;
}

/** Makes one video of it, and looks at the browser's tile and at the sound of all. */
export async function syncOfComposed(recorded: Recorded, output: string): Promise<Sync[]> {
  const { directory, timeline, sentApart } = recorded;
  const picture = { width: 960, height: 540, fps: 25 };
  await compose({ recording: directory, output, picture, overwrite: false });
  await decode(output);
  // Who came first has the first tile.
  const videos = timeline.tracks.filter(({ kind }) => kind === 'video').length;
  const { width, height } = grid(videos, picture);
  const crop = `crop=${width >> 1}:${height >> 2}:${width >> 2}:${(height * 3) >> 3},`;
  const bright = await flashes(output, crop);
  const loud = await beeps(output, TONE_ONLY);
  const begin = Math.min(...timeline.tracks.flatMap(({ files }) => files.map(({ startedAt }) => startedAt)));
  const killed = (recorded.ends[0] - begin) / 1000;
  return [
    {
      where: 'the composed video, before',
      ...sync(
        bright.filter((at) => at < killed),
        loud,
        sentApart,
      ),
    },
    {
      where: 'the composed video, after',
      ...sync(
        bright.filter((at) => at > killed),
        loud,
        sentApart,
      ),
    },
  ];
}

/** The others speak, in tones that are loud enough together to be heard through one filter that is wide or not steep. */
const TONE_ONLY = Array.from({ length: 3 }, () => `bandpass=f=${SIGNAL.tone}:width_type=h:width=300`).join();

const shift =
  ({ startedAt }: RecordedFile, zero: number) =>
  (at: number): number =>
    at + (startedAt - zero) / 1000;

function sync(
  bright: readonly number[],
  loud: readonly number[],
  sentApart: number,
): { pairs: number; offset: number } {
  const together = loud.filter((beep) => bright.some((flash) => Math.abs(flash - beep) < 1));
  return { pairs: together.length, offset: offsetOf(bright, together) - sentApart };
}
