import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AudioClip } from '../../loadtest/media/AudioClip.ts';
import { AudioSender, type AudioMode } from '../../loadtest/media/AudioSender.ts';
import { describeTrack, type TrackDescription } from '../../loadtest/media/mediaSink.ts';
import { Pacer } from '../../loadtest/media/Pacer.ts';
import { rtpTimestamp } from '../../loadtest/rtp/ntp.ts';
import { FakeClock } from '../support/FakeClock.ts';
import { RecordingSink, steps } from '../support/RecordingSink.ts';

const START = 1_800_000_000_000.25;

const voiceTrack: TrackDescription = {
  payloadType: 111,
  clockRate: 48_000,
  mid: 'a0',
  cname: 'somebody',
  extensions: { mid: 1, transportCc: 2, absCaptureTime: 3, audioLevel: 10 },
  encodings: [{ ssrc: 7 }],
};

let clock: FakeClock;
let pacer: Pacer;
let sink: RecordingSink;
beforeEach(() => {
  clock = new FakeClock(START);
  pacer = new Pacer({
    clock,
    onError: (error) => {
      throw error;
    },
  });
  sink = new RecordingSink();
});
afterEach(() => pacer.close());

describe('an audio sender', () => {
  const clip = new AudioClip(
    1,
    Array.from({ length: 50 }, (_, i) => Buffer.from([0x78, i, 1, 2])),
  );
  const start = (mode: AudioMode): AudioSender =>
    new AudioSender({ clip, track: voiceTrack, sink, pacer, mode });

  it('sends a packet every 20 ms when somebody talks', () => {
    start('talk');
    clock.run(10_000);
    expect(sink.packets.length).toBeGreaterThanOrEqual(499);
    expect(sink.packets.length).toBeLessThanOrEqual(501);
    expect(
      new Set(
        steps(
          sink.packets.map(({ timestamp }) => timestamp),
          2 ** 32,
        ),
      ),
    ).toEqual(new Set([960]));
    expect(
      new Set(
        steps(
          sink.packets.map(({ payload }) => payload[1]!),
          50,
        ),
      ),
    ).toEqual(new Set([1]));
    expect(sink.packets.map(({ marker }) => marker).indexOf(true, 1)).toBe(-1);
    expect(sink.packets[0]!.marker).toBe(true);
    expect(sink.packets[5]!.extensions.get(10)![0]).toBe(0x80 | 20);
  });

  it('sends a byte every 400 ms when nobody talks', () => {
    start('silent');
    clock.run(10_000);
    expect(sink.packets).toHaveLength(25);
    expect(
      new Set(
        steps(
          sink.packets.map(({ timestamp }) => timestamp),
          2 ** 32,
        ),
      ),
    ).toEqual(new Set([19_200]));
    expect(sink.packets.every(({ payload }) => payload.equals(Buffer.from([0x78])))).toBe(true);
    expect(sink.packets[0]!.extensions.get(10)![0]).toBe(127);
  });

  const levelsOf = (mode: AudioMode): { levels: number[]; voices: boolean[] } => {
    start(mode);
    clock.run(4000);
    expect(sink.packets.length).toBeGreaterThanOrEqual(199);
    const bytes = sink.packets.map(({ extensions }) => extensions.get(10)![0]!);
    return { levels: bytes.map((byte) => byte & 0x7f), voices: bytes.map((byte) => byte >= 0x80) };
  };

  it('sends a packet every 20 ms when it is to be noisy, each of another loudness', () => {
    const { levels, voices } = levelsOf('noise');
    expect(new Set(voices)).toEqual(new Set([false]));
    expect([Math.min(...levels), Math.max(...levels)]).toEqual([45, 55]);
    expect(new Set(levels).size).toBe(11);
  });

  it('speaks in syllables, by which a server knows a voice from noise', () => {
    const { levels, voices } = levelsOf('speak');
    expect(new Set(voices)).toEqual(new Set([true]));
    const [loud, quiet] = [levels.filter((level) => level < 35), levels.filter((level) => level >= 35)];
    expect([Math.min(...loud), Math.max(...loud)]).toEqual([14, 26]);
    expect([Math.min(...quiet), Math.max(...quiet)]).toEqual([45, 55]);
    expect(new Set(loud).size).toBe(13);
    // The first syllable at once, and each with a pause after it.
    const pattern = levels.slice(0, 22).map((level) => (level < 35 ? 'a' : ' '));
    expect(pattern.join('')).toBe('aaaaaaaa   aaaaaaaa   ');
  });

  it('marks the beginning of speech, on the same clock', () => {
    const sender = start('silent');
    clock.run(1010);
    sink.clear();
    sender.setMode('talk');
    clock.run(100);
    sender.setMode('off');
    clock.run(1000);
    expect(sink.packets).toHaveLength(5);
    expect(sink.packets.map(({ marker }) => marker)).toEqual([true, false, false, false, false]);
    for (const { timestamp, now } of sink.packets) {
      expect(rtpTimestamp(now, 48_000) - timestamp).toBeLessThan(2 * 48);
      expect(rtpTimestamp(now, 48_000) - timestamp).toBeGreaterThanOrEqual(-1);
    }
  });

  it('catches up step by step after a short delay, and leaves out what came of a long one', () => {
    const sender = start('talk');
    clock.run(1000);
    sink.clear();
    clock.stall(100);
    clock.run(300);
    expect(sink.packets.length).toBeGreaterThanOrEqual(19);
    expect(new Set(sink.packets.map(({ now }) => now)).size).toBe(sink.packets.length);
    expect(sender.stats.skipped).toBe(0);
    sink.clear();
    clock.stall(10_000);
    clock.run(100);
    expect(sink.packets.length).toBeLessThanOrEqual(7);
    expect(sender.stats.skipped).toBeGreaterThanOrEqual(498);
  });

  it('sends nothing while muted', () => {
    const sender = new AudioSender({ clip, track: voiceTrack, sink, pacer, mode: 'talk', paused: true });
    clock.run(500);
    expect(sink.packets).toEqual([]);
    sender.setPaused(false);
    clock.run(100);
    expect(sink.packets).toHaveLength(5);
  });
});

describe('RTP parameters', () => {
  it('tell a sender all that it needs', () => {
    expect(
      describeTrack({
        mid: '3',
        codecs: [
          { mimeType: 'video/VP8', payloadType: 100, clockRate: 90_000 },
          { mimeType: 'video/rtx', payloadType: 101, clockRate: 90_000, parameters: { apt: 100 } },
        ],
        headerExtensions: [
          { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 },
          { uri: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time', id: 13 },
          { uri: 'urn:3gpp:video-orientation', id: 11 },
        ],
        encodings: [{ ssrc: 1, rtx: { ssrc: 2 } }, { ssrc: 3 }],
        rtcp: { cname: 'c' },
      }),
    ).toEqual({
      payloadType: 100,
      rtxPayloadType: 101,
      clockRate: 90_000,
      mid: '3',
      cname: 'c',
      extensions: { mid: 4, absCaptureTime: 13 },
      encodings: [{ ssrc: 1, rtxSsrc: 2 }, { ssrc: 3 }],
    });
  });
});
