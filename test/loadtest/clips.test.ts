import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AudioClip } from '../../loadtest/media/AudioClip.ts';
import { clipKey, layersOf, videoClipPlan } from '../../loadtest/media/clipPlan.ts';
import { clipDirectory, isClipMade, makeClip, VOICE_FILE } from '../../loadtest/media/clipStore.ts';
import { parseAnnexB } from '../../loadtest/media/containers/annexB.ts';
import { parseIvf } from '../../loadtest/media/containers/ivf.ts';
import { parseOggOpus } from '../../loadtest/media/containers/oggOpus.ts';
import { digestOf, stripDescriptor } from '../../loadtest/media/digest.ts';
import { layerFile } from '../../loadtest/media/encoding.ts';
import { PERSONAS } from '../../loadtest/media/personas.ts';
import { VideoClip } from '../../loadtest/media/VideoClip.ts';
import { VIDEO_CODECS, type VideoPlan } from '../../loadtest/scenario/scenario.ts';
import {
  bitstreamFile,
  decodedHashes,
  decodedPictures,
  decodedSound,
  probedPackets,
} from '../support/bitstreams.ts';
import { COUNTER_BITS } from '../support/clips.ts';

const root = mkdtempSync(join(tmpdir(), 'parley-clips-'));
const small = (codec: VideoPlan['codec']): VideoPlan => ({ codec, layers: 2, height: 360, fps: 10 });
const plans = VIDEO_CODECS.map((codec) => videoClipPlan(small(codec), { persona: PERSONAS[1] }));
const clips = new Map<string, { clip: VideoClip; directory: string }>();
const clipOf = (codec: string) => clips.get(codec)!;
const voice = { channels: 1, persona: PERSONAS[1] } as const;

beforeAll(async () => {
  for (const plan of plans) {
    const directory = await makeClip(plan, { root });
    clips.set(plan.codec, { clip: VideoClip.read(plan, directory), directory });
  }
  await makeClip(voice, { root });
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a plan', () => {
  it('has the layers that a browser sends', () => {
    const heights = (plan: VideoPlan): number[] => layersOf(plan).map(({ height }) => height);
    expect(heights({ codec: 'vp8', layers: 3, height: 720, fps: 30 })).toEqual([180, 360, 720]);
    expect(heights({ codec: 'vp8', layers: 1, height: 720, fps: 30 })).toEqual([720]);
    expect(heights({ codec: 'h264', layers: 3, height: 360, fps: 30 })).toEqual([180, 360]);
    expect(heights({ codec: 'vp9', layers: 3, height: 720, fps: 30 })).toEqual([720]);
  });

  it('has bitrates that shrink with the frame rate', () => {
    const layers = layersOf({ codec: 'vp8', layers: 3, height: 720, fps: 15 });
    expect(layers.map(({ bitrate }) => bitrate)).toEqual([75_000, 250_000, 750_000]);
  });
});

describe.each(VIDEO_CODECS)('a clip in %s', (codec) => {
  it('is parsed into the frames that ffprobe sees', () => {
    const { directory, clip } = clipOf(codec);
    clip.layers.forEach((layer, i) => {
      const path = join(directory, layerFile(codec, i));
      const probed = probedPackets(path);
      expect(layer.frames.map(({ isKey }) => isKey)).toEqual(probed.map(({ isKey }) => isKey));
      const file = readFileSync(path);
      if (codec !== 'h264') {
        expect(parseIvf(file).map(({ length }) => length)).toEqual(probed.map(({ size }) => size));
      } else {
        expect(parseAnnexB(file)).toHaveLength(probed.length);
      }
    });
  });

  it('begins each segment, and nothing else, with a key frame, in all layers alike', () => {
    const { clip } = clipOf(codec);
    expect(clip.segmentFrames).toBe(52);
    expect(clip.frameCount).toBe(208);
    for (const { frames } of clip.layers) {
      expect(frames.flatMap(({ isKey }, i) => (isKey ? [i] : []))).toEqual([0, 52, 104, 156]);
    }
  });

  it('has about the bitrate of its plan', () => {
    const { clip } = clipOf(codec);
    for (const { plan, frames } of clip.layers) {
      const bytes = frames
        .flatMap(({ packets }) => packets)
        .reduce((sum, { payload }) => sum + payload.length, 0);
      const bitrate = (bytes * 8 * clip.fps) / frames.length;
      expect(bitrate / plan.bitrate).toBeGreaterThan(0.5);
      expect(bitrate / plan.bitrate).toBeLessThan(1.5);
    }
  });

  it('shows the colour of its persona and counts its frames', () => {
    const { directory, clip } = clipOf(codec);
    const top = clip.layers.length - 1;
    const shown = decodedPictures(codec, readFileSync(join(directory, layerFile(codec, top))));
    expect(shown).toHaveLength(clip.frameCount);
    shown.forEach((picture, number) => {
      if (number % 7 !== 0) return;
      const at = (x: number, y: number) => [...picture.subarray((y * 320 + x) * 3, (y * 320 + x) * 3 + 3)];
      at(160, 140).forEach((value, i) => {
        expect(Math.abs(value - PERSONAS[1].colour[i]!)).toBeLessThan(50);
      });
      const bit = (block: number): number =>
        at((block + 0.5) * (320 / (COUNTER_BITS * 2)), 30)[1]! > 128 ? 1 : 0;
      const bits = Array.from({ length: COUNTER_BITS }, (_, i) => i);
      expect(bits.reduce((sum, i) => sum | (bit(i) << i), 0)).toBe(number % 256);
      expect(bits.every((i) => bit(i) !== bit(COUNTER_BITS + i))).toBe(true);
    });
  });
});

describe('temporal layers of VP8', () => {
  it('can be left out without harm to those below', () => {
    const { directory, clip } = clipOf('vp8');
    const { plan, frames } = clip.layers[0]!;
    const file = readFileSync(join(directory, layerFile('vp8', 0)));
    const all = decodedHashes('vp8', file);
    for (const highest of [0, 1]) {
      const kept = parseIvf(file).filter((_, i) => frames[i]!.temporalLayer <= highest);
      const expected = all.filter((_, i) => frames[i]!.temporalLayer <= highest);
      expect(decodedHashes('vp8', bitstreamFile('vp8', kept, plan))).toEqual(expected);
    }
  });
});

describe('a voice', () => {
  const path = join(root, clipKey(voice), VOICE_FILE);

  it('is parsed into the packets that ffprobe sees, 20 ms each', () => {
    const { channels, packets } = parseOggOpus(readFileSync(path));
    expect(channels).toBe(1);
    expect(packets.map(({ length }) => length)).toEqual(probedPackets(path).map(({ size }) => size));
    expect(packets.length).toBeGreaterThanOrEqual(500);
    expect(packets.length).toBeLessThanOrEqual(502);
  });

  it('has the tone of its persona', () => {
    const sound = decodedSound(path);
    const level = (frequency: number): number => {
      let [re, im] = [0, 0];
      for (let i = 0; i < 9600; i++) {
        const angle = (2 * Math.PI * frequency * i) / 48_000;
        re += sound[48_000 + i]! * Math.cos(angle);
        im += sound[48_000 + i]! * Math.sin(angle);
      }
      return Math.hypot(re, im);
    };
    const loudest = [250, 500, 750, 1000, 1500, 2000, 3000, 4000].sort((a, b) => level(b) - level(a))[0];
    expect(loudest).toBe(1000);
  });

  it('has about 32 kbps', () => {
    const { packets } = parseOggOpus(readFileSync(path));
    const bitrate = (packets.reduce((sum, { length }) => sum + length, 0) * 8 * 50) / packets.length;
    expect(bitrate).toBeGreaterThan(24_000);
    expect(bitrate).toBeLessThan(40_000);
  });

  it('has a silence of one byte', () => {
    expect(AudioClip.read(join(root, clipKey(voice))).silence.payload).toHaveLength(1);
  });
});

describe('making a clip', () => {
  const environment = { PATH: process.env['PATH'], XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] };
  afterEach(() => {
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  it('keeps clips in the cache directory', () => {
    process.env['XDG_CACHE_HOME'] = '/somewhere';
    expect(clipDirectory()).toMatch(/^\/somewhere\/parley\/clips-\d+$/);
  });

  it('is done once, by whoever is first', async () => {
    const plan = { channels: 2, persona: PERSONAS[0] } as const;
    expect(isClipMade(plan, root)).toBe(false);
    const [one, other] = await Promise.all([makeClip(plan, { root }), makeClip(plan, { root })]);
    expect(one).toBe(other);
    expect(isClipMade(plan, root)).toBe(true);
    process.env['PATH'] = '/nowhere';
    expect(await makeClip(plan, { root })).toBe(one);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const plan = videoClipPlan({ codec: 'vp8', layers: 3, height: 720, fps: 30 });
    const stop = new AbortController();
    const making = makeClip(plan, { root, signal: stop.signal });
    stop.abort();
    await expect(making).rejects.toThrow();
    expect(isClipMade(plan, root)).toBe(false);
    expect(readdirSync(root).filter((name) => name.startsWith('unfinished'))).toEqual([]);
  });

  it('says which package is missing without ffmpeg', async () => {
    process.env['PATH'] = '/nowhere';
    await expect(makeClip({ channels: 1, persona: PERSONAS[2] }, { root })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('apt-get install ffmpeg') as unknown,
    });
    expect(existsSync(join(root, clipKey({ channels: 1, persona: PERSONAS[2] })))).toBe(false);
  });

  it("takes the user's own film", async () => {
    const file = join(clipOf('h264').directory, layerFile('h264', 0));
    const plan = videoClipPlan({ codec: 'vp8', layers: 1, height: 180, fps: 5 }, { file });
    const clip = VideoClip.read(plan, await makeClip(plan, { root }));
    expect(clip.frameCount).toBe(96);
  });
});

describe('a digest', () => {
  it('recognises a packet whose descriptor was rewritten, and nothing else', () => {
    for (const codec of VIDEO_CODECS) {
      const { clip } = clipOf(codec);
      for (const packet of clip.layers.flatMap(({ frames }) => frames.flatMap(({ packets }) => packets))) {
        const descriptor = Buffer.from(packet.descriptor ?? []);
        if (clip.layout) descriptor.writeUInt16BE(0x8123, clip.layout.pictureId);
        const whole = Buffer.concat([descriptor, packet.payload]);
        expect(clip.digests.has(digestOf(stripDescriptor(codec, whole)))).toBe(true);
      }
      expect(clip.digests.has(digestOf(Buffer.alloc(500, 7)))).toBe(false);
    }
  });

  it('is made of nothing when the descriptor is cut off', () => {
    expect(stripDescriptor('vp8', Buffer.from([0x80, 0xe0, 0x80]))).toHaveLength(0);
    expect(stripDescriptor('vp9', Buffer.from([0xa0]))).toHaveLength(0);
    expect(stripDescriptor('vp8', Buffer.alloc(0))).toHaveLength(0);
  });
});
