import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NO_OTHERS } from '../../src/recording/OtherNodes.ts';
import { MemoryRecordingIndex } from '../../src/recording/RecordingIndex.ts';
import { Recordings, type RecordingsOptions } from '../../src/recording/Recordings.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { silentLogger } from '../../src/support/logger.ts';

const execute = promisify(execFile);

/** Recordings of these rooms, in a directory or not at all. */
export function recordingsIn(
  rooms: RoomRegistry,
  directory?: string,
  options: Partial<Omit<RecordingsOptions, 'limits'>> & {
    limits?: Partial<RecordingsOptions['limits']>;
    /** Asked each time that somebody looks; default 0. */
    minFree?: () => number;
  } = {},
): Recordings {
  const { limits, minFree = () => 0, ...others } = options;
  return new Recordings({
    rooms,
    directory,
    automatic: false,
    limits: {
      ...{ maxRecordings: 4, maxBytes: 100_000_000, maxDuration: 600, ...limits },
      get minFree() {
        return minFree();
      },
    },
    index: new MemoryRecordingIndex(),
    place: { node: 'alone', url: null },
    others: NO_OTHERS,
    logger: silentLogger,
    ...others,
  });
}

export interface Probe {
  codec: string;
  /** ms. */
  duration: number;
  width?: number;
  height?: number;
  container: string;
}

/** What ffprobe says of a file with one track; it reads all of it, so that a broken one is found out. */
export async function probe(path: string): Promise<Probe> {
  const entries = 'stream=codec_name,width,height:format=duration,format_name';
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'json', path];
  const { stdout, stderr } = await execute('ffprobe', args);
  if (stderr !== '') throw new Error(`ffprobe of ${path}: ${stderr}`);
  const { streams, format } = JSON.parse(stdout) as {
    streams: { codec_name: string; width?: number; height?: number }[];
    format: { duration: string; format_name: string };
  };
  const [stream] = streams;
  if (!stream || streams.length !== 1) throw new Error(`${path} has ${streams.length} tracks`);
  const { codec_name: codec, ...size } = stream;
  return { codec, ...size, duration: Number(format.duration) * 1000, container: format.format_name };
}

/** Decodes all of a file. @throws Error with what the decoder complains of. */
export async function decode(path: string): Promise<void> {
  // Pictures keep the file's times: counted in some frame rate, two that were taken in quick succession are one too many.
  const times = ['-fps_mode', 'passthrough', '-enc_time_base', '-1'];
  const args = ['-nostdin', '-v', 'error', '-i', path, ...times, '-f', 'null', '-'];
  const { stderr } = await execute('ffmpeg', args);
  if (stderr !== '') throw new Error(`ffmpeg of ${path}: ${stderr}`);
}

/** Times of the beginnings of what is bright, s: the picture's mean luma passes a threshold. */
export async function flashes(path: string, crop = ''): Promise<number[]> {
  const filter = `${crop}signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-`;
  const args = ['-nostdin', '-v', 'error', '-i', path, '-an', '-vf', filter, '-f', 'null', '-'];
  const { stdout } = await execute('ffmpeg', args, { maxBuffer: 64 * 1024 * 1024 });
  const at: number[] = [];
  let time = 0;
  let wasBright = true;
  for (const line of stdout.split('\n')) {
    const pts = /pts_time:(\S+)/.exec(line);
    if (pts) time = Number(pts[1]);
    const luma = /YAVG=(\S+)/.exec(line);
    if (!luma) continue;
    const isBright = Number(luma[1]) > 120;
    if (isBright && !wasBright) at.push(time);
    wasBright = isBright;
  }
  return at;
}

const RATE = 8000;

/** Times of the beginnings of what is loud, s. @param only A filter for what is listened to. */
export async function beeps(path: string, only = 'anull'): Promise<number[]> {
  const filter = [
    '-vn',
    '-af',
    `aresample=async=1:min_hard_comp=0.01:first_pts=0,${only}`,
    '-ac',
    '1',
    '-ar',
    String(RATE),
  ];
  const args = ['-nostdin', '-v', 'error', '-i', path, ...filter, '-f', 's16le', '-'];
  const { stdout } = await execute('ffmpeg', args, { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 });
  const at: number[] = [];
  let quietSince = 0;
  for (let i = 0; i + 1 < stdout.length / 2; i++) {
    if (Math.abs(stdout.readInt16LE(i * 2)) < 2000) continue;
    // A tone crosses zero; half a second of silence is what is between two.
    if (i - quietSince > RATE / 2) at.push(i / RATE);
    quietSince = i;
  }
  return at;
}

/** The median of how much later each beep comes than the flash that is nearest to it, ms. */
export function offsetOf(flashTimes: readonly number[], beepTimes: readonly number[]): number {
  const offsets = beepTimes.flatMap((beep) => {
    const nearest = flashTimes.reduce((a, b) => (Math.abs(b - beep) < Math.abs(a - beep) ? b : a), Infinity);
    return Number.isFinite(nearest) && Math.abs(nearest - beep) < 1 ? (beep - nearest) * 1000 : [];
  });
  const sorted = offsets.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
