import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAnnexB } from '../../loadtest/media/containers/annexB.ts';
import { parseIvf } from '../../loadtest/media/containers/ivf.ts';
import { packetizeH264 } from '../../loadtest/media/packetizers/h264.ts';
import type { MediaFrame } from '../../loadtest/media/packetizers/mediaFrame.ts';
import { packetizeVp8 } from '../../loadtest/media/packetizers/vp8.ts';
import { packetizeVp9 } from '../../loadtest/media/packetizers/vp9.ts';
import type { WrittenFile } from '../../src/recording/recorder/messages.ts';
import { TrackWriter } from '../../src/recording/recorder/TrackWriter.ts';
import { packetizeAv1 } from '../support/av1Packets.ts';

/*
 * Each codec from its encoder through packets, as bots (or, of AV1, browsers) send them, into a file: what is decoded of
 * that is, picture by picture, what is decoded of the encoder's own.
 */

const SIZE = { width: 640, height: 360 };
const FRAMES = 24;
const SSRC = 4711;
const PAYLOAD_TYPE = 96;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-codecs-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

type Payloads = Buffer[][];
const joined = ({ packets }: MediaFrame): Buffer[] =>
  packets.map(({ descriptor, payload }) => (descriptor ? Buffer.concat([descriptor, payload]) : payload));

const CODECS: Record<string, { encoder: string[]; ending: string; packetize: (file: Buffer) => Payloads }> = {
  VP8: {
    encoder: ['-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '2M', '-auto-alt-ref', '0'],
    ending: 'ivf',
    packetize: (file) => parseIvf(file).map((frame, i) => joined(packetizeVp8(frame, i, false))),
  },
  VP9: {
    encoder: [
      '-c:v',
      'libvpx-vp9',
      '-deadline',
      'realtime',
      '-cpu-used',
      '8',
      '-b:v',
      '2M',
      '-lag-in-frames',
      '0',
    ],
    ending: 'ivf',
    packetize: (file) => parseIvf(file).map((frame) => joined(packetizeVp9(frame, SIZE))),
  },
  H264: {
    encoder: [
      '-c:v',
      'libx264',
      '-profile:v',
      'baseline',
      '-pix_fmt',
      'yuv420p',
      '-tune',
      'zerolatency',
      '-b:v',
      '2M',
    ],
    ending: 'h264',
    packetize: (file) => parseAnnexB(file).map((frame) => joined(packetizeH264(frame))),
  },
  AV1: {
    encoder: [
      '-c:v',
      'libaom-av1',
      '-usage',
      'realtime',
      '-cpu-used',
      '8',
      '-b:v',
      '2M',
      '-lag-in-frames',
      '0',
    ],
    ending: 'ivf',
    packetize: (file) => parseIvf(file).map((unit, i) => packetizeAv1(unit, i === 0, i % 2 === 0)),
  },
};

/** Of each picture, decoded. */
function digests(path: string): string[] {
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    path,
    '-an',
    '-fps_mode',
    'passthrough',
    '-f',
    'framemd5',
    '-',
  ];
  const lines = execFileSync('ffmpeg', args, { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => (line.startsWith('0,') ? (line.split(',').at(-1)?.trim() ?? []) : []));
}

function encode(name: string): string {
  const { encoder, ending } = CODECS[name]!;
  const path = join(directory, `${name}.${ending}`);
  const source = `testsrc2=s=${SIZE.width}x${SIZE.height}:r=25:d=${FRAMES / 25}`;
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    source,
    '-threads',
    '1',
    ...encoder,
    '-g',
    '12',
  ];
  execFileSync('ffmpeg', [...args, path]);
  return path;
}

function rtp(sequence: number, frame: number, marker: boolean, payload: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(PAYLOAD_TYPE | (marker ? 0x80 : 0), 1);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(1000 + frame * 3600, 4);
  header.writeUInt32BE(SSRC, 8);
  return Buffer.concat([header, payload]);
}

describe.each(Object.keys(CODECS))('%s', (name) => {
  let source: string;
  let frames: Payloads;
  beforeAll(() => {
    source = encode(name);
    frames = CODECS[name]!.packetize(readFileSync(source));
  });

  async function record(
    change: (packets: Buffer[]) => Buffer[],
  ): Promise<{ written: WrittenFile; asked: number }> {
    let written: WrittenFile | undefined;
    let asked = 0;
    const stream = { kind: 'video', mimeType: `video/${name}`, clockRate: 90_000, channels: 1 } as const;
    const trackId = `${name}-${Math.random().toString(36).slice(2)}`;
    const writer = new TrackWriter(
      trackId,
      directory,
      { ...stream, payloadType: PAYLOAD_TYPE, ssrc: SSRC, ...SIZE },
      {
        keyFrameNeeded: () => (asked += 1),
        file: (file) => (written = file),
        failed: (reason) => {
          throw new Error(reason);
        },
      },
    );
    let sequence = 65_530;
    const packets = frames.flatMap((payloads, frame) =>
      payloads.map((payload, i) => rtp(sequence++, frame, i === payloads.length - 1, payload)),
    );
    for (const packet of change(packets)) writer.receive(packet);
    await writer.close();
    if (!written) throw new Error('nothing was written');
    return { written, asked };
  }

  it('is recorded picture by picture as it was sent', async () => {
    expect(frames).toHaveLength(FRAMES);
    expect(frames.some((payloads) => payloads.length > 1)).toBe(true);
    const { written } = await record((packets) => packets);
    expect(written).toMatchObject({ frames: FRAMES, lostPackets: 0, ...SIZE });
    const recorded = digests(join(directory, written.file));
    expect(recorded).toHaveLength(FRAMES);
    expect(recorded).toEqual(digests(source));
  });

  it('is the same when packets come in another order, and twice', async () => {
    // The first says where to begin; after it each pair is swapped.
    const { written } = await record(([first, ...rest]) => [
      first!,
      ...rest.flatMap((packet, i) => [rest[i ^ 1] ?? packet, packet]),
    ]);
    expect(written.lostPackets).toBe(0);
    expect(digests(join(directory, written.file))).toEqual(digests(source));
  });

  it('goes on with the next key frame after a packet that never came', async () => {
    const before = frames.slice(0, 5).flat().length;
    const { written, asked } = await record((packets) => packets.filter((_, i) => i !== before));
    expect(asked).toBeGreaterThan(0);
    expect(written).toMatchObject({ frames: 5 + 12, lostPackets: 1 });
    const whole = digests(source);
    expect(digests(join(directory, written.file))).toEqual([...whole.slice(0, 5), ...whole.slice(12)]);
  });
});
