import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TrackDescription } from '../../loadtest/media/mediaSink.ts';
import { Pacer } from '../../loadtest/media/Pacer.ts';
import { VideoSender } from '../../loadtest/media/VideoSender.ts';
import { fromNtp, rtpTimestamp } from '../../loadtest/rtp/ntp.ts';
import { FakeClock } from '../support/FakeClock.ts';
import { madeUpClip } from '../support/madeUpClip.ts';
import { captureTime, pictures, RecordingSink, steps, type SentPacket } from '../support/RecordingSink.ts';

const START = 1_800_000_000_000.25;
const FPS = 30;
const SEGMENT = 20;
const SSRCS = [11, 12, 13];

const track: TrackDescription = {
  payloadType: 96,
  rtxPayloadType: 97,
  clockRate: 90_000,
  mid: 'v0',
  cname: 'somebody',
  extensions: { mid: 1, transportCc: 2, absCaptureTime: 3, absSendTime: 4 },
  encodings: SSRCS.map((ssrc) => ({ ssrc, rtxSsrc: ssrc + 100 })),
};
const frameNumber = (picture: SentPacket[]): number => picture[0]!.payload[8]!;
const isKey = (picture: SentPacket[]): boolean => (picture[0]!.payload[6]! & 1) === 0;
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

describe('a video sender', () => {
  const clip = madeUpClip(FPS, SEGMENT);
  const start = (): VideoSender => new VideoSender({ clip, track, sink, pacer });

  it('sends all pictures of all layers in order, beginning with a key frame', () => {
    start();
    clock.run(2000);
    for (const ssrc of SSRCS) {
      const seen = pictures(sink.of(ssrc));
      expect(seen.length).toBeGreaterThanOrEqual(59);
      expect(isKey(seen[0]!)).toBe(true);
      expect(new Set(steps(seen.map(frameNumber), SEGMENT * 4))).toEqual(new Set([1]));
      expect(seen.slice(0, -1).every((picture) => picture.at(-1)!.marker)).toBe(true);
      expect(
        new Set(
          steps(
            sink.of(ssrc).map(({ sequence }) => sequence),
            0x10000,
          ),
        ),
      ).toEqual(new Set([1]));
    }
  });

  it('gives all layers of a picture the same timestamp, made from the wall clock', () => {
    start();
    clock.run(1000);
    const [low, middle, high] = SSRCS.map((ssrc) => pictures(sink.of(ssrc)).slice(0, 25));
    low!.forEach((picture, i) => {
      const { timestamp, now } = picture[0]!;
      expect(middle![i]![0]!.timestamp).toBe(timestamp);
      expect(high![i]![0]!.timestamp).toBe(timestamp);
      const late = rtpTimestamp(now, 90_000) - timestamp;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(2 * 90);
    });
    for (const step of steps(
      low!.map((picture) => picture[0]!.timestamp),
      2 ** 32,
    )) {
      expect(Math.abs(step - 3000)).toBeLessThanOrEqual(1);
    }
  });

  it('spreads a key frame over its interval and sends no more than ten packets at a time', () => {
    start();
    clock.run(1000);
    const at = new Map<number, number>();
    for (const { now } of sink.packets) at.set(now, (at.get(now) ?? 0) + 1);
    expect(Math.max(...at.values())).toBe(10);
    const key = sink.packets.filter(({ timestamp }) => timestamp === sink.packets[0]!.timestamp);
    expect(key.length).toBeGreaterThan(100);
    expect(key.at(-1)!.now - key[0]!.now).toBeGreaterThan(20);
    expect(key.at(-1)!.now - key[0]!.now).toBeLessThan(1000 / FPS);
  });

  it('numbers pictures and base pictures, and marks temporal layers as the pattern has them', () => {
    start();
    clock.run(1500);
    const seen = pictures(sink.of(12)).slice(0, 40);
    const layers = seen.map((picture) => picture[0]!.payload[5]! >> 6);
    expect(layers.slice(0, 8)).toEqual([0, 2, 1, 2, 0, 2, 1, 2]);
    expect(seen.slice(0, 4).map((picture) => picture[0]!.payload[5]! & 0x20)).toEqual([0, 0x20, 0x20, 0]);
    const ids = seen.map((picture) => picture[0]!.payload.readUInt16BE(2));
    expect(ids.every((id) => id >= 0x8000)).toBe(true);
    expect(
      new Set(
        steps(
          ids.map((id) => id & 0x7fff),
          0x8000,
        ),
      ),
    ).toEqual(new Set([1]));
    const base = seen.map((picture) => picture[0]!.payload[4]!);
    expect(steps(base, 256)).toEqual(layers.slice(1).map((layer) => (layer === 0 ? 1 : 0)));
  });

  it('begins the next segment when a key frame is asked for, in all layers', () => {
    const sender = start();
    clock.run(500);
    const before = pictures(sink.of(11)).map(frameNumber).at(-1)!;
    sink.clear();
    sender.requestKeyFrame();
    clock.run(100);
    for (const ssrc of SSRCS) {
      const [first, second] = pictures(sink.of(ssrc));
      expect(isKey(first!)).toBe(true);
      expect(frameNumber(first!)).toBe((Math.ceil((before + 1) / SEGMENT) * SEGMENT) % (SEGMENT * 4));
      expect(frameNumber(second!)).toBe(frameNumber(first!) + 1);
    }
  });

  it('answers many requests with one key frame per 300 ms', () => {
    const sender = start();
    clock.run(400);
    sink.clear();
    for (let i = 0; i < 30; i++) {
      sender.requestKeyFrame();
      clock.run(10);
    }
    expect(pictures(sink.of(11)).filter(isKey)).toHaveLength(1);
    clock.run(300);
    expect(pictures(sink.of(11)).filter(isKey)).toHaveLength(2);
  });

  it('sends lost packets again on the RTX stream, with their own capture time', () => {
    const sender = start();
    clock.run(500);
    const lost = sink.of(13).slice(-3);
    sink.clear();
    clock.run(5);
    sender.nack(13, [...lost.map(({ sequence }) => sequence), (lost[0]!.sequence + 5000) & 0xffff]);
    const again = sink.of(113);
    expect(again.map(({ payload }) => payload.readUInt16BE(0))).toEqual(lost.map(({ sequence }) => sequence));
    again.forEach(({ payload, payloadType, timestamp, marker, extensions }, i) => {
      expect(payloadType).toBe(97);
      expect(payload.subarray(2)).toEqual(lost[i]!.payload);
      expect(timestamp).toBe(lost[i]!.timestamp);
      expect(marker).toBe(lost[i]!.marker);
      expect(captureTime(extensions.get(3)!)).toBeCloseTo(lost[i]!.now, 2);
    });
    expect(
      new Set(
        steps(
          again.map(({ sequence }) => sequence),
          0x10000,
        ),
      ),
    ).toEqual(new Set([1]));
    expect(sender.stats.retransmitted).toBe(3);
  });

  it('sends a packet again no more than once within 40 ms, however often it is asked for', () => {
    const sender = start();
    clock.run(500);
    const { sequence } = sink.of(13).at(-1)!;
    for (let i = 0; i < 10; i++) sender.nack(13, [sequence]);
    expect(sender.stats.retransmitted).toBe(1);
    clock.run(45);
    sender.nack(13, [sequence]);
    expect(sender.stats.retransmitted).toBe(2);
  });

  it('sends lost packets again as they were where there is no RTX', () => {
    const encodings = SSRCS.map((ssrc) => ({ ssrc }));
    const sender = new VideoSender({ clip, track: { ...track, encodings }, sink, pacer });
    clock.run(300);
    const lost = sink.of(11).slice(-2);
    sink.clear();
    sender.nack(
      11,
      lost.map(({ sequence }) => sequence),
    );
    expect(sink.of(11).map(({ sequence, payload }) => [sequence, payload])).toEqual(
      lost.map(({ sequence, payload }) => [sequence, payload]),
    );
  });

  it('forgets packets after a thousand others', () => {
    const sender = start();
    clock.run(100);
    const [first] = sink.of(13);
    clock.run(9000);
    sink.clear();
    sender.nack(13, [first!.sequence]);
    expect(sink.packets).toEqual([]);
  });

  it('fills in the header extensions: MID, capture time, and one transport-wide numbering', () => {
    start();
    clock.run(200);
    for (const { now, extensions } of sink.packets) {
      expect(extensions.get(1)?.toString()).toBe('v0');
      expect(captureTime(extensions.get(3)!)).toBeCloseTo(now, 2);
      expect(extensions.get(4)!.readUIntBE(0, 3) / 0x40000).toBeCloseTo((now / 1000) % 64, 4);
    }
    const numbers = sink.packets.map(({ extensions }) => extensions.get(2)!.readUInt16BE(0));
    expect(new Set(steps(numbers, 0x10000))).toEqual(new Set([1]));
  });

  it('reports early and about every second, so that its timestamps can be told as times', () => {
    start();
    clock.run(10_000);
    for (const ssrc of SSRCS) {
      const reports = sink.reports.filter((report) => report.readUInt32BE(4) === ssrc);
      expect(reports.length).toBeGreaterThanOrEqual(7);
      expect(reports.length).toBeLessThanOrEqual(21);
      const last = reports.at(-1)!;
      expect(last.readUInt32BE(16)).toBe(rtpTimestamp(fromNtp(last.readBigUInt64BE(8)) + 1e-3, 90_000));
      expect(last.readUInt32BE(20)).toBeGreaterThan(50);
      expect(last.readUInt32BE(20)).toBeLessThanOrEqual(sink.of(ssrc).length);
      expect(last.readUInt16BE(28)).toBe(0x81ca);
      expect(last.toString('latin1', 38, 38 + last[37]!)).toBe('somebody');
      expect(last.length).toBe(28 + (last.readUInt16BE(30) + 1) * 4);
    }
  });

  it('leaves out what a stall of the process made late, without a burst and without a gap in the content', () => {
    const sender = start();
    clock.run(500);
    const before = pictures(sink.of(11)).map(frameNumber).at(-1)!;
    sink.clear();
    clock.stall(2000);
    clock.run(500);
    const seen = pictures(sink.of(11));
    expect(seen.length).toBeLessThanOrEqual(17);
    expect(frameNumber(seen[0]!)).toBe((before + 1) % (SEGMENT * 4));
    expect(sender.stats.skipped).toBeGreaterThanOrEqual(58);
    const at = new Map<number, number>();
    for (const { now } of sink.packets) at.set(now, (at.get(now) ?? 0) + 1);
    expect(Math.max(...at.values())).toBeLessThanOrEqual(10);
  });

  it('sends nothing while paused, and begins with a key frame', () => {
    const sender = start();
    clock.run(500);
    sender.setPaused(true);
    sink.clear();
    clock.run(500);
    expect(sink.packets).toEqual([]);
    sender.setPaused(false);
    clock.run(200);
    for (const ssrc of SSRCS) expect(isKey(pictures(sink.of(ssrc))[0]!)).toBe(true);
  });

  it('leaves out layers that nobody wants, and brings them back with a key frame', () => {
    const sender = start();
    clock.run(500);
    sender.setLayersActive(1);
    clock.run(50);
    sink.clear();
    clock.run(300);
    expect(new Set(sink.packets.map(({ ssrc }) => ssrc))).toEqual(new Set([11]));
    sender.setLayersActive(3);
    clock.run(500);
    for (const ssrc of [12, 13]) expect(isKey(pictures(sink.of(ssrc))[0]!)).toBe(true);
  });

  it('sends nothing while nobody wants any layer, and begins with a key frame', () => {
    const sender = start();
    clock.run(500);
    sender.setLayersActive(0);
    clock.run(50);
    sink.clear();
    const { frames, keyFrames } = sender.stats;
    clock.run(12_000);
    expect(sink.packets).toEqual([]);
    expect(sender.stats).toMatchObject({ frames, keyFrames });
    sender.setLayersActive(2);
    clock.run(100);
    expect(new Set(sink.packets.map(({ ssrc }) => ssrc))).toEqual(new Set([11, 12]));
    for (const ssrc of [11, 12]) expect(isKey(pictures(sink.of(ssrc))[0]!)).toBe(true);
  });

  it('sends nothing once closed', () => {
    const sender = start();
    clock.run(100);
    sender.close();
    sink.clear();
    sender.nack(11, [1]);
    sender.setPaused(true);
    sender.setPaused(false);
    clock.run(1000);
    expect(sink.packets).toEqual([]);
  });

  it('does not send at the same moment as others', () => {
    const sinks = Array.from({ length: 10 }, () => new RecordingSink());
    for (const one of sinks) new VideoSender({ clip, track, sink: one, pacer });
    clock.run(100);
    const phases = sinks.map((one) => Math.round(one.packets[0]!.now - START));
    expect(new Set(phases).size).toBe(10);
  });

  it('takes no more encodings than the clip has layers', () => {
    const encodings = [1, 2, 3, 4].map((ssrc) => ({ ssrc }));
    expect(() => new VideoSender({ clip, track: { ...track, encodings }, sink, pacer })).toThrow(
      '4 encodings',
    );
  });
});
