import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { compose } from '../../src/recording/compose/compose.ts';
import type { Recordings } from '../../src/recording/Recordings.ts';
import type { Timeline } from '../../src/recording/timeline.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { FlashPublisher, type FlashOptions } from '../support/FlashPublisher.ts';
import { commandLine, descendantsRunning, isRunning, until } from '../support/processes.ts';
import { beeps, decode, flashes, offsetOf, probe, recordingsIn } from '../support/recordings.ts';
import { createRegistry, createTestPool } from '../support/testRooms.ts';

let pool: WorkerPool;
let registry: RoomRegistry;
let recordings: Recordings;
let directory: string;
let room: Room;
const publishers: FlashPublisher[] = [];

beforeAll(async () => {
  await FlashPublisher.makeClips('vp8', 'h264');
  pool = await createTestPool();
});

afterAll(async () => {
  pool.close();
  await pool.terminated();
});

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-recordings-'));
  registry = createRegistry(pool);
  recordings = recordingsIn(registry, directory);
  room = registry.getOrCreate('standup');
});

afterEach(async () => {
  const pids = recordings.active.map(({ pid }) => pid ?? 0);
  for (const publisher of publishers.splice(0)) publisher.close();
  await recordings.close();
  registry.close();
  await until('the recorders to be gone', () => !pids.some((pid) => pid > 0 && isRunning(pid)));
  rmSync(directory, { recursive: true });
});

async function publish(options: FlashOptions = {}): Promise<FlashPublisher> {
  const publisher = await FlashPublisher.open(room, options);
  publishers.push(publisher);
  return publisher;
}

/** As it is on the disk. */
const onDisk = (recordingId: string): Promise<Timeline> =>
  recordingsIn(registry, directory).read('standup', recordingId);

async function finished(recordingId: string): Promise<Timeline> {
  await until(
    'the recording to be finished',
    async () => (await onDisk(recordingId)).state === 'finished',
    30_000,
  );
  return onDisk(recordingId);
}

/** Until every video that is there has so many ms in its last file. */
async function recorded(recordingId: string, ms: number, by = recordings): Promise<void> {
  const hasAll = async (): Promise<boolean> => {
    const { tracks } = await by.read('standup', recordingId);
    const open = tracks.filter(({ kind, endedAt }) => kind === 'video' && endedAt === null);
    return open.length > 0 && open.every(({ files }) => lengthOf(files.at(-1)) >= ms);
  };
  await until(`${ms} ms of every track`, hasAll, 30_000);
}

const lengthOf = (file: { startedAt: number; endedAt: number } | undefined): number =>
  file ? file.endedAt - file.startedAt : 0;

const pathOf = ({ recordingId }: Timeline, file: string): string => join(directory, recordingId, file);

/** Every file plays, has the codec of its track, and lasts as long as the timeline says. */
async function expectSound(timeline: Timeline): Promise<void> {
  for (const { codec, files } of timeline.tracks) {
    for (const file of files) {
      expect(file.state).toBe('finished');
      const { codec: found, duration } = await probe(pathOf(timeline, file.file));
      expect(found).toBe(codec.replace(/^.*\//, '').toLowerCase());
      expect(Math.abs(duration - lengthOf(file))).toBeLessThan(200);
      await decode(pathOf(timeline, file.file));
    }
  }
}

/** ms by which beeps come after flashes, by the timeline. */
async function offsetBetween(timeline: Timeline, audioOf?: string, videoOf = audioOf): Promise<number> {
  const at = (kind: string, peerId?: string) => {
    const track = timeline.tracks.find((one) => one.kind === kind && (peerId ?? one.peerId) === one.peerId);
    const file = track?.files[0];
    if (!file) throw new Error(`no ${kind}`);
    return { path: pathOf(timeline, file.file), startedAt: file.startedAt };
  };
  const audio = at('audio', audioOf);
  const video = at('video', videoOf);
  const shifted = (times: number[], by: number): number[] => times.map((time) => time + by / 1000);
  const origin = Math.min(audio.startedAt, video.startedAt);
  return offsetOf(
    shifted(await flashes(video.path), video.startedAt - origin),
    shifted(await beeps(audio.path), audio.startedAt - origin),
  );
}

describe('a recording', () => {
  it.each(['vp8', 'h264'] as const)(
    'has every track in files that play (%s)',
    async (codec) => {
      const { peer } = await publish({ codec });
      const { recordingId } = await recordings.start('standup');
      expect(room.recording.current).toMatchObject({ recordingId });
      await recorded(recordingId, 3000);
      const stopped = await recordings.stop('standup', recordingId);
      expect(room.recording.current).toBeNull();
      expect(stopped).toMatchObject({
        endReason: 'stopped',
        participants: [{ peerId: peer.id, name: 'Flash' }],
      });
      const timeline = await finished(recordingId);
      expect(timeline.tracks.map(({ source }) => source).sort()).toEqual(['camera', 'microphone']);
      await expectSound(timeline);
      const video = timeline.tracks.find(({ kind }) => kind === 'video')?.files[0];
      expect(video).toMatchObject({ width: 320, height: 240, lostPackets: 0 });
      expect(video?.file).toMatch(codec === 'vp8' ? /\.webm$/ : /\.mp4$/);
      // Nothing unfinished is left.
      expect(readdirSync(join(directory, recordingId))).toHaveLength(3);
    },
    60_000,
  );

  it('knows when things were captured: sound and picture fit though the one came later', async () => {
    await publish({ videoDelay: 150, clockOffset: 5_000_000 });
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 9000);
    await recordings.stop('standup');
    const timeline = await finished(recordingId);
    const offset = await offsetBetween(timeline);
    console.info(`beeps come ${offset.toFixed(0)} ms after flashes; by arrival it would be -150`);
    expect(Math.abs(offset)).toBeLessThan(50);
  }, 60_000);
});

describe('what is lost in the middle of a recording', () => {
  it('is the recorder: what it wrote plays, and the tracks go on in files of another one', async () => {
    await publish();
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 2000);
    const before = recordings.active[0]?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    const isReplaced = async (): Promise<boolean> =>
      (await recordings.read('standup', recordingId)).tracks.every(({ files }) => files.length === 2);
    await until('new files', isReplaced, 20_000);
    expect(recordings.active[0]?.pid).not.toBe(before);
    await recorded(recordingId, 2000);
    await recordings.stop('standup');
    const timeline = await finished(recordingId);
    expect(timeline.tracks).toHaveLength(2);
    for (const { files } of timeline.tracks) {
      expect(files).toHaveLength(2);
      // What was told last is at most a second older than what was written.
      expect(lengthOf(files[0])).toBeGreaterThan(1900);
    }
    await expectSound(timeline);
  }, 60_000);

  it('is the media worker: its files are complete, and new tracks follow', async () => {
    const publisher = await publish();
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 2000);
    const reset = publisher.peer.next('mediaReset');
    process.kill(pool.workers[0]?.pid ?? 0, 'SIGKILL');
    await reset;
    await room.media.setUp(publisher.peer);
    await publisher.publish();
    const hasFour = async (): Promise<boolean> =>
      (await recordings.read('standup', recordingId)).tracks.length === 4;
    await until('the new tracks', hasFour);
    await recorded(recordingId, 2000);
    await recordings.stop('standup');
    const timeline = await finished(recordingId);
    for (const { files } of timeline.tracks) expect(files).toHaveLength(1);
    await expectSound(timeline);
  }, 60_000);

  it('is the server: its recorder ends with it, and the next server finishes what it wrote', async () => {
    await publish();
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 2000);
    const pid = recordings.active[0]?.pid ?? 0;
    // As the timeline was when the server was killed: files are being written, and nobody has ended anything.
    const abandoned = await onDisk(recordingId);
    await recordings.close();
    await until('the recorder to be gone', () => !isRunning(pid));
    writeFileSync(join(directory, recordingId, 'timeline.json'), JSON.stringify(abandoned));
    const next = recordingsIn(registry, directory);
    await next.recover();
    const timeline = await finished(recordingId);
    expect(timeline).toMatchObject({ endReason: 'serverClosed', state: 'finished' });
    await expectSound(timeline);
    await next.close();
  }, 60_000);
});

describe('ffmpeg that somebody kills', () => {
  /** In front of ffmpeg for so many runs: it takes as long as the file lasts. */
  function slowFfmpeg(runs: number): { restore: () => void } {
    const { PATH = '' } = process.env;
    const bin = mkdtempSync(join(tmpdir(), 'parley-slow-ffmpeg-'));
    const script = [
      '#!/bin/sh',
      `PATH='${PATH}'`,
      '[ "$1" = -version ] && exec ffmpeg "$@"',
      `[ "$(ls '${bin}' | wc -l)" -gt ${runs} ] && exec ffmpeg "$@"`,
      `mktemp '${bin}/run-XXXXXX' > /dev/null`,
      'exec ffmpeg -re "$@"',
    ];
    writeFileSync(join(bin, 'ffmpeg'), `${script.join('\n')}\n`, { mode: 0o755 });
    process.env['PATH'] = `${bin}:${PATH}`;
    return {
      restore: () => {
        process.env['PATH'] = PATH;
        rmSync(bin, { recursive: true });
      },
    };
  }

  async function kill(times: number): Promise<void> {
    const killed = new Set<number>();
    await until(
      `ffmpeg to be killed ${times} times`,
      () => {
        for (const pid of descendantsRunning('ffmpeg')) {
          if (killed.has(pid) || killed.size === times || !commandLine(pid).includes('-re')) continue;
          process.kill(pid, 'SIGKILL');
          killed.add(pid);
        }
        return killed.size === times;
      },
      30_000,
    );
  }

  it('finishes a file all the same, when it is let', async () => {
    await publish();
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 2000);
    const { restore } = slowFfmpeg(2);
    try {
      await recordings.stop('standup');
      await kill(2);
      const timeline = await finished(recordingId);
      await expectSound(timeline);
      expect(readdirSync(join(directory, recordingId))).toHaveLength(3);
    } finally {
      restore();
    }
  }, 60_000);

  it('leaves a file that plays, which the next server finishes', async () => {
    await publish();
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 2000);
    const { restore } = slowFfmpeg(3);
    try {
      await recordings.stop('standup');
      // The first file in vain; the other one is finished.
      await kill(3);
      const isTried = async (): Promise<boolean> =>
        (await onDisk(recordingId)).tracks.some(({ files }) => files[0]?.state === 'finished');
      await until('the other file', isTried, 20_000);
    } finally {
      restore();
    }
    await recordings.close();
    const left = await onDisk(recordingId);
    expect(left.state).toBe('finishing');
    const [raw] = left.tracks.flatMap(({ files }) => files.filter(({ state }) => state === 'raw'));
    await decode(pathOf(left, raw?.file ?? ''));
    recordings = recordingsIn(registry, directory);
    await recordings.recover();
    await expectSound(await finished(recordingId));
  }, 60_000);

  it('composes a video all the same, and leaves nothing of what it had begun', async () => {
    await publish();
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 2000);
    await recordings.stop('standup');
    await finished(recordingId);
    const output = join(directory, 'whole.mp4');
    const { restore } = slowFfmpeg(2);
    try {
      const picture = { width: 320, height: 180, fps: 15 };
      const composed = compose({
        recording: join(directory, recordingId),
        output,
        picture,
        overwrite: false,
      });
      await Promise.all([kill(2), composed]);
    } finally {
      restore();
    }
    await decode(output);
    expect(readdirSync(directory).sort()).toEqual([recordingId, 'whole.mp4'].sort());
  }, 60_000);
});

describe('a disk that is nearly full', () => {
  it('is not recorded on', async () => {
    const full = recordingsIn(registry, directory, { minFree: () => Number.MAX_SAFE_INTEGER });
    await expect(full.start('standup')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('PARLEY_RECORDING_MIN_FREE'),
    });
    expect(readdirSync(directory)).toEqual([]);
    expect(room.recording.current).toBeNull();
  });

  it('ends a recording in good order, of which the room is told', async () => {
    await publish();
    let minFree = 0;
    const filling = recordingsIn(registry, directory, { minFree: () => minFree });
    const { recordingId } = await filling.start('standup');
    await recorded(recordingId, 500, filling);
    const told = room.recording.next('changed');
    minFree = Number.MAX_SAFE_INTEGER;
    expect(await told).toEqual([null, 'diskFull']);
    const timeline = await finished(recordingId);
    expect(timeline).toMatchObject({ endReason: 'diskFull' });
    await expectSound(timeline);
    await filling.close();
  }, 60_000);
});

describe('a track that is muted', () => {
  it('has a gap as long as it was muted, of which the timeline tells', async () => {
    const publisher = await publish();
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 1000);
    await publisher.peer.producers.pause(publisher.audioId);
    const track = async () =>
      (await recordings.read('standup', recordingId)).tracks.find(({ kind }) => kind === 'audio');
    await until('the pause', async () => (await track())?.pauses.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await publisher.peer.producers.resume(publisher.audioId);
    await until('its end', async () => typeof (await track())?.pauses[0]?.to === 'number');
    const length = lengthOf((await track())?.files[0]);
    await until('more sound', async () => lengthOf((await track())?.files[0]) > length + 500);
    await recordings.stop('standup');
    const timeline = await finished(recordingId);
    await expectSound(timeline);
    const [video, audio] = ['video', 'audio'].map((kind) => timeline.tracks.find((one) => one.kind === kind));
    // It went on at its time, and not where it had stopped.
    const ends = [video, audio].map((one) => one?.files[0]?.endedAt ?? 0);
    expect(Math.abs((ends[0] ?? 0) - (ends[1] ?? 0))).toBeLessThan(300);
  }, 60_000);
});

describe('who wants to record', () => {
  it('cannot twice, not without a room, and not without a directory', async () => {
    await expect(recordings.start('nowhere')).rejects.toMatchObject({ code: 'notFound' });
    await recordings.start('standup');
    await expect(recordings.start('standup')).rejects.toMatchObject({ code: 'conflict' });
    const off = recordingsIn(registry);
    await expect(off.start('standup')).rejects.toMatchObject({ code: 'unavailable' });
    // Others may record all the same.
    expect(await off.list('standup')).toEqual([]);
  }, 30_000);

  it('can again as soon as the one before is over for those in the room, whatever is still to be written', async () => {
    const { recordingId } = await recordings.start('standup');
    await recordings.end('standup');
    const again = await recordings.start('standup');
    expect(again.recordingId).not.toBe(recordingId);
    expect(recordings.active.map(({ id }) => id)).toEqual([again.recordingId]);
  }, 30_000);

  it('gets a word about the Debian package where there is no ffmpeg', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = directory;
    try {
      await expect(recordings.start('standup')).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('Debian package ffmpeg'),
      });
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('has no more than so many at a time, and stops only what goes on', async () => {
    const few = recordingsIn(registry, directory, { limits: { maxRecordings: 1 } });
    await few.start('standup');
    registry.getOrCreate('other');
    await expect(few.start('other')).rejects.toMatchObject({ code: 'limitExceeded' });
    await few.stop('standup');
    await expect(few.stop('standup')).rejects.toMatchObject({ code: 'invalidState' });
    await expect(few.stop('standup', 'nothing')).rejects.toMatchObject({ code: 'notFound' });
    await few.close();
  }, 30_000);
});

describe('a recording ends by itself', () => {
  it('with its room', async () => {
    await publish();
    const { recordingId } = await recordings.start('standup');
    await recorded(recordingId, 500);
    room.close('roomClosed');
    expect(await finished(recordingId)).toMatchObject({ endReason: 'roomClosed' });
    await expectSound(await onDisk(recordingId));
  }, 60_000);

  it('at its limit of bytes, and at that of time', async () => {
    await publish();
    const small = recordingsIn(registry, directory, { limits: { maxBytes: 20_000 } });
    const { recordingId } = await small.start('standup');
    const full = await finished(recordingId);
    expect(full).toMatchObject({ endReason: 'diskLimit' });
    await small.close();
    const short = recordingsIn(registry, directory, { limits: { maxDuration: 1 } });
    const second = await short.start('standup');
    expect(await finished(second.recordingId)).toMatchObject({ endReason: 'timeLimit' });
    await short.close();
  }, 60_000);

  it('and begins by itself where every room is recorded', async () => {
    const automatic = recordingsIn(registry, directory, { automatic: true });
    room = registry.getOrCreate('retro');
    const publisher = await FlashPublisher.open(room);
    publishers.push(publisher);
    await until('a recording', () => automatic.active.length === 1);
    expect(room.recording.current).not.toBeNull();
    await automatic.close();
    expect(room.recording.current).toBeNull();
  }, 30_000);
});

describe('the video that is composed of a recording', () => {
  it.each(['mp4', 'webm'])(
    'is one %s in which everybody comes and goes in sync',
    async (container) => {
      const first = await publish({ name: 'Ann', videoDelay: 120, clockOffset: 5_000_000 });
      const { recordingId } = await recordings.start('standup');
      await recorded(recordingId, 4000);
      const second = await publish({ name: 'Bob', videoDelay: 60, clockOffset: -3_600_000 });
      second.isMuted = true;
      await recorded(recordingId, 5000);
      first.close();
      await recorded(recordingId, 6000);
      await recordings.stop('standup');
      const timeline = await finished(recordingId);
      const output = join(directory, `whole.${container}`);
      const picture = { width: 640, height: 360, fps: 25 };
      await compose({ recording: join(directory, recordingId), output, picture, overwrite: false });
      await decode(output);
      const starts = timeline.tracks.flatMap(({ files }) => files[0]?.startedAt ?? []);
      const ends = timeline.tracks.flatMap(({ files }) => files[0]?.endedAt ?? []);
      const length = Math.max(...ends) - Math.min(...starts);
      // Ann is seen in the whole picture, and on the left of it beside Bob, who says nothing.
      const bright = await flashes(output, 'crop=240:100:40:130,');
      const loud = await beeps(output);
      expect(bright.length).toBeGreaterThan(3);
      const offset = offsetOf(bright, loud);
      console.info(
        `${container}: ${(length / 1000).toFixed(1)} s, beeps ${offset.toFixed(0)} ms after flashes`,
      );
      expect(Math.abs(offset)).toBeLessThan(50);
      expect(second.peer.closed).toBe(false);
      await expect(
        compose({ recording: join(directory, recordingId), output, picture, overwrite: false }),
      ).rejects.toMatchObject({ code: 'conflict' });
    },
    120_000,
  );

  it('is not made of what is no recording', async () => {
    const picture = { width: 640, height: 360, fps: 25 };
    const of = (recording: string, output = join(directory, 'x.mp4')) =>
      compose({ recording, output, picture, overwrite: false });
    await expect(of(join(directory, 'nothing'))).rejects.toMatchObject({ code: 'notFound' });
    await expect(of('package.json')).rejects.toMatchObject({ code: 'badRequest' });
    await expect(of('package.json', 'x.avi')).rejects.toMatchObject({ code: 'badRequest' });
  });
});
