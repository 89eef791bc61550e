import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { videoClipPlan } from '../../loadtest/media/clipPlan.ts';
import { makeClip } from '../../loadtest/media/clipStore.ts';
import { parseNalUnits } from '../../loadtest/media/containers/annexB.ts';
import { layerFile } from '../../loadtest/media/encoding.ts';
import { Pacer } from '../../loadtest/media/Pacer.ts';
import { packetizeH264 } from '../../loadtest/media/packetizers/h264.ts';
import { vp8DescriptorLength } from '../../loadtest/media/packetizers/vp8.ts';
import { vp9DescriptorLength } from '../../loadtest/media/packetizers/vp9.ts';
import { VideoClip } from '../../loadtest/media/VideoClip.ts';
import { VideoSender } from '../../loadtest/media/VideoSender.ts';
import { VIDEO_CODECS, type VideoCodec } from '../../loadtest/scenario/scenario.ts';
import { bitstreamFile, decodedHashes, depacketize } from '../support/bitstreams.ts';
import { FakeClock } from '../support/FakeClock.ts';
import { pictures, RecordingSink } from '../support/RecordingSink.ts';

const root = mkdtempSync(join(tmpdir(), 'parley-clips-'));
const clips = new Map<VideoCodec, { clip: VideoClip; file: Buffer }>();

beforeAll(async () => {
  for (const codec of VIDEO_CODECS) {
    const plan = videoClipPlan({ codec, layers: 1, height: 360, fps: 10 });
    const directory = await makeClip(plan, { root });
    clips.set(codec, {
      clip: VideoClip.read(plan, directory),
      file: readFileSync(join(directory, layerFile(codec, 0))),
    });
  }
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Plays a clip; `meanwhile` is called every second. */
function play(clip: VideoClip, seconds: number, meanwhile: (sender: VideoSender) => void = () => undefined) {
  const clock = new FakeClock(1_800_000_000_000);
  const pacer = new Pacer({ clock });
  const sink = new RecordingSink();
  const track = { payloadType: 96, clockRate: 90_000, cname: 'c', extensions: {}, encodings: [{ ssrc: 1 }] };
  const sender = new VideoSender({ clip, track, sink, pacer });
  for (let second = 0; second < seconds; second++) {
    clock.run(1000);
    meanwhile(sender);
  }
  // To the end of the picture that is on its way.
  clock.run(90);
  pacer.close();
  return pictures(sink.packets);
}

describe.each(VIDEO_CODECS)('%s in packets', (codec) => {
  it('is the same bitstream when it is put together again, and ffmpeg decodes the same pictures', () => {
    const { clip, file } = clips.get(codec)!;
    const played = play(clip, Math.ceil(clip.frameCount / clip.fps) + 6).map((packets) =>
      depacketize(codec, packets),
    );
    const original = decodedHashes(codec, file);
    const size = clip.layers[0]!.plan;
    const decoded = decodedHashes(codec, bitstreamFile(codec, played, size));
    expect(decoded).toHaveLength(played.length);
    const first = original.indexOf(decoded[0]!);
    expect(first % clip.segmentFrames).toBe(0);
    expect(decoded).toEqual(decoded.map((_, i) => original[(first + i) % original.length]));
  });

  it('can be decoded after every jump to another segment', () => {
    const { clip, file } = clips.get(codec)!;
    const played = play(clip, 30, (sender) => sender.requestKeyFrame()).map((packets) =>
      depacketize(codec, packets),
    );
    const original = decodedHashes(codec, file);
    const decoded = decodedHashes(codec, bitstreamFile(codec, played, clip.layers[0]!.plan));
    expect(decoded).toHaveLength(played.length);
    const numbers = decoded.map((hash) => original.indexOf(hash));
    expect(numbers).not.toContain(-1);
    expect(numbers.filter((number) => number % clip.segmentFrames === 0).length).toBeGreaterThanOrEqual(29);
  });

  it('fits into packets of 1150 bytes', () => {
    const { clip } = clips.get(codec)!;
    const lengths = clip.layers[0]!.frames.flatMap(({ packets }) =>
      packets.map(({ descriptor, payload }) => (descriptor?.length ?? 0) + payload.length),
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1150);
    expect(Math.max(...lengths)).toBeGreaterThan(1000);
    expect(Math.min(...lengths)).toBeGreaterThan(0);
  });
});

describe('packets of H.264', () => {
  it('hold SPS and PPS together before each key frame, and their profile is constrained baseline', () => {
    const key = clips.get('h264')!.clip.layers[0]!.frames.filter(({ isKey }) => isKey);
    expect(key).toHaveLength(4);
    for (const { packets } of key) {
      const { payload } = packets[0]!;
      expect(payload[0]! & 0x1f).toBe(24);
      const sps = payload.subarray(3, 3 + payload.readUInt16BE(1));
      expect(sps[0]! & 0x1f).toBe(7);
      expect([sps[1], sps[2]! & 0x40, sps[3]]).toEqual([66, 0x40, 31]);
      const pps = payload.subarray(3 + sps.length);
      expect([pps.readUInt16BE(0), pps[2]! & 0x1f]).toEqual([pps.length - 2, 8]);
    }
  });

  it('leave SEI and delimiters behind', () => {
    const sei = Buffer.from([6, 5, 1, 2]);
    const slice = Buffer.from([0x41, 0x9a, 1]);
    expect(packetizeH264([Buffer.from([9, 0xf0]), sei, slice]).packets).toEqual([
      { descriptor: null, payload: slice },
    ]);
  });

  it('come of NAL units that are parsed with start codes of three and four bytes', () => {
    const stream = Buffer.from([0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 1, 0x65, 0x80, 0, 3, 0, 0]);
    expect(parseNalUnits(stream).map((unit) => unit.toString('hex'))).toEqual(['6701', '6802', '65800003']);
  });
});

describe('payload descriptors', () => {
  it('of VP8 have the length that their bits tell', () => {
    expect(vp8DescriptorLength(Buffer.from([0x10, 0]))).toBe(1);
    expect(vp8DescriptorLength(Buffer.from([0x90, 0x80, 0x12, 0]))).toBe(3);
    expect(vp8DescriptorLength(Buffer.from([0x90, 0xe0, 0x92, 0, 0, 0, 9]))).toBe(6);
    expect(vp8DescriptorLength(Buffer.from([0x90, 0x10, 0, 0]))).toBe(3);
  });

  it('of VP9 have the length that their bits tell', () => {
    expect(vp9DescriptorLength(Buffer.from([0x80, 0x12, 0]))).toBe(2);
    expect(vp9DescriptorLength(Buffer.from([0xa8, 0x80, 0x12, 0, 0, 0]))).toBe(5);
    // Flexible mode with two references.
    expect(vp9DescriptorLength(Buffer.from([0xf8, 0x80, 0x12, 0, 0x03, 0x04, 0]))).toBe(6);
    // Two spatial layers with sizes, two pictures in the group.
    const structure = [0x38, 1, 2, 3, 4, 5, 6, 7, 8, 2, 0x04, 1, 0x08, 1, 2];
    expect(vp9DescriptorLength(Buffer.from([0xaa, 0x80, 0x12, 0, 0, ...structure, 0]))).toBe(20);
  });
});
