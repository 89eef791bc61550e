import { beforeEach, describe, expect, it } from '@jest/globals';
import { Freezes } from '../../loadtest/rtp/Freezes.ts';
import { InboundStream } from '../../loadtest/rtp/InboundStream.ts';
import { VideoFrames } from '../../loadtest/rtp/VideoFrames.ts';

const STEP = 3000;

describe('freezes', () => {
  const ended: number[] = [];
  const freezes = (): Freezes => new Freezes((duration) => ended.push(duration));
  beforeEach(() => {
    ended.length = 0;
  });

  /** Frames after these intervals. */
  const play = (target: Freezes, intervals: readonly number[], from = 0): number => {
    let now = from;
    for (const interval of intervals) target.frame((now += interval));
    return now;
  };

  it('begin at the average plus 150 ms when frames are frequent', () => {
    // 29 of 40 ms and the interval itself: average + 150 = 189.31 + ..., solved for the interval: 195.17.
    const steady = Array<number>(40).fill(40);
    const below = freezes();
    play(below, [...steady, 195]);
    expect(below.count).toBe(0);
    const above = freezes();
    play(above, [...steady, 196, 40]);
    expect(above.count).toBe(1);
    expect(above.duration).toBe(196);
    expect(ended).toEqual([196]);
  });

  it('begin at three times the average when frames are rare', () => {
    // interval >= 3 x (29 x 200 + interval) / 30, which is 644.4.
    const steady = Array<number>(40).fill(200);
    const below = freezes();
    play(below, [...steady, 644]);
    expect(below.count).toBe(0);
    const above = freezes();
    play(above, [...steady, 645]);
    expect(above.count).toBe(1);
  });

  it('need five intervals, as in libwebrtc', () => {
    const early = freezes();
    play(early, [0, 40, 40, 40, 1000]);
    expect(early.count).toBe(0);
    const later = freezes();
    play(later, [0, 40, 40, 40, 40, 1000]);
    expect(later.count).toBe(1);
  });

  it('count once when a tick sees them first, and last until the next frame', () => {
    const target = freezes();
    const now = play(target, Array<number>(40).fill(40));
    target.tick(now + 195);
    expect(target.frozen).toBe(false);
    target.tick(now + 196);
    target.tick(now + 5000);
    expect(target).toMatchObject({ frozen: true, count: 1, duration: 0 });
    target.frame(now + 6000);
    expect(target).toMatchObject({ frozen: false, count: 1, duration: 6000 });
    expect(ended).toEqual([6000]);
  });

  it('are forgiven in their first second, until which they are not certain', () => {
    const target = freezes();
    const now = play(target, Array<number>(40).fill(40));
    target.tick(now + 500);
    expect([target.count, target.certain(now + 500)]).toEqual([1, 0]);
    target.forgive(now + 500);
    target.tick(now + 60_000);
    target.frame(now + 60_000);
    expect(target).toMatchObject({ frozen: false, count: 0, duration: 0 });
    target.tick(now + 61_500);
    target.forgive(now + 61_500);
    expect([target.count, target.certain(now + 61_500), target.frozen]).toEqual([1, 1, true]);
    expect(ended).toEqual([]);
  });

  it('are not made by pauses', () => {
    const target = freezes();
    const now = play(target, Array<number>(40).fill(40));
    target.interrupt(now + 10);
    target.tick(now + 60_000);
    target.frame(now + 60_000);
    play(target, [40, 40], now + 60_000);
    expect(target.count).toBe(0);
    target.tick(now + 61_000);
    target.interrupt(now + 61_080);
    expect(target).toMatchObject({ frozen: false, count: 1, duration: 1000 });
  });
});

/** A stream of frames with so many packets each, and an owner that knows the key frames. */
class Sender {
  readonly asked: number[] = [];
  readonly waits: number[] = [];
  readonly frozen: number[] = [];
  readonly keys = new Set<number>();
  readonly frames: VideoFrames;
  readonly stream: InboundStream;
  now = 0;

  constructor() {
    this.frames = new VideoFrames({
      wantsKeyFrame: () => this.asked.push(this.now),
      keyFrameAwaited: (waited) => this.waits.push(waited),
      froze: (duration) => this.frozen.push(duration),
    });
    this.stream = new InboundStream({
      ssrc: 1,
      rtxSsrc: 2,
      clockRate: 90_000,
      nack: true,
      sink: this.frames,
    });
  }

  /** Packet `part` of three of frame `frame`. */
  packet(frame: number, part: number, way: 'receive' | 'rtx' = 'receive'): void {
    const sequence = (65_520 + frame * 3 + part) & 0xffff;
    this.stream[way](sequence, frame * STEP, part === 2, this.now);
    if (this.frames.awaitsKeyFrame && this.frames.startsFrame && part === 0 && this.keys.has(frame)) {
      this.frames.keyFrame(frame * STEP, this.now);
    }
  }

  frame(frame: number, except: readonly number[] = []): void {
    for (let part = 0; part < 3; part++) if (!except.includes(part)) this.packet(frame, part);
  }

  /** All frames of a time, 40 ms each. */
  play(from: number, to: number): void {
    for (let frame = from; frame < to; frame++) {
      this.now += 40;
      this.frame(frame);
      this.tick();
    }
  }

  tick(): void {
    this.stream.takeNacks(this.now, 0);
    this.frames.tick(this.now);
  }
}

describe('video frames', () => {
  let sender: Sender;
  beforeEach(() => {
    sender = new Sender();
  });

  it('are shown from the first key frame on', () => {
    sender.keys.add(2);
    sender.play(0, 10);
    expect(sender.frames.counts).toEqual({ shown: 8, undecodable: 2, keyFrames: 1, requests: 0 });
    expect(sender.frames.firstShownAt).toBe(120);
    expect(sender.asked).toEqual([]);
  });

  it('have a key frame asked for that does not come by itself, every second', () => {
    sender.play(0, 60);
    expect(sender.asked).toEqual([240, 1240, 2240]);
    expect(sender.frames.counts.shown).toBe(0);
    sender.keys.add(60);
    sender.play(60, 61);
    expect(sender.waits).toEqual([2440 - 240]);
  });

  it('wait for a packet that is retransmitted, and are then complete', () => {
    sender.keys.add(0);
    sender.play(0, 5);
    sender.now += 40;
    sender.frame(5, [1]);
    sender.frame(6);
    expect(sender.frames.counts.shown).toBe(5);
    expect(sender.frames.packetsBehindGap).toBe(4);
    sender.packet(5, 1, 'rtx');
    expect(sender.frames.counts).toMatchObject({ shown: 7, undecodable: 0, requests: 0 });
    expect(sender.frames.packetsBehindGap).toBe(0);
  });

  it('are frozen after a loss until a key frame is complete', () => {
    sender.keys.add(0).add(60);
    sender.play(0, 40);
    sender.now += 40;
    sender.frame(40, [2]);
    sender.play(41, 60);
    expect(sender.stream.counts.lost).toBe(1);
    expect(sender.frames.counts.shown).toBe(40);
    expect(sender.asked).toHaveLength(1);
    expect(sender.frames.freezes).toMatchObject({ count: 1, frozen: true });
    sender.play(60, 62);
    expect(sender.frames.counts).toEqual({ shown: 42, undecodable: 20, keyFrames: 2, requests: 1 });
    expect(sender.waits).toEqual([2440 - sender.asked[0]!]);
    expect(sender.frozen).toEqual([21 * 40]);
    expect(sender.frames.freezes).toMatchObject({ count: 1, duration: 840, frozen: false });
  });

  it('are shown from a key frame of one packet too, of which the owner hears only when it is complete', () => {
    const frames = new VideoFrames({ wantsKeyFrame: () => undefined });
    const stream = new InboundStream({ ssrc: 1, clockRate: 90_000, nack: true, sink: frames });
    stream.receive(0, 500, true, 0);
    expect(frames.startsFrame).toBe(true);
    frames.keyFrame(500, 0);
    expect(frames.counts).toEqual({ shown: 1, undecodable: 0, keyFrames: 1, requests: 0 });
    stream.receive(1, 900, true, 40);
    expect(frames.counts.shown).toBe(2);
  });

  it('go on at a key frame without what is missing before it', () => {
    sender.keys.add(0).add(31);
    sender.play(0, 5);
    sender.now += 40;
    sender.frame(5, [0, 1, 2]);
    sender.play(6, 30);
    expect(sender.frames.awaitsKeyFrame).toBe(true);
    expect(sender.frames.packetsBehindGap).toBe(0);
    sender.frame(30, [0]);
    sender.frame(31);
    expect(sender.frames.awaitsKeyFrame).toBe(false);
    expect(sender.frames.counts.shown).toBe(6);
    sender.packet(30, 0, 'rtx');
    sender.play(32, 34);
    expect(sender.frames.counts).toMatchObject({ shown: 8, undecodable: 24, requests: 1 });
  });

  it('do not take a key frame for one that lost a packet itself', () => {
    sender.keys.add(0).add(20).add(40);
    sender.play(0, 10);
    sender.frame(10, [1]);
    sender.play(11, 20);
    sender.frame(20, [1]);
    sender.play(21, 40);
    expect(sender.frames.counts.shown).toBe(10);
    sender.play(40, 42);
    expect(sender.frames.counts.shown).toBe(12);
  });

  it('end with another timestamp where the marker is missing', () => {
    const frames = new VideoFrames({ wantsKeyFrame: () => undefined });
    const stream = new InboundStream({ ssrc: 1, clockRate: 90_000, nack: true, sink: frames });
    stream.receive(0, 500, false, 0);
    frames.keyFrame(500, 0);
    stream.receive(1, 500, false, 1);
    expect(frames.counts.shown).toBe(0);
    stream.receive(2, 900, false, 2);
    expect(frames.counts.shown).toBe(1);
  });

  it('neither freeze nor lose their key frame over a pause without a gap', () => {
    sender.keys.add(0);
    sender.play(0, 40);
    sender.stream.pause(sender.now);
    sender.now += 10_000;
    sender.tick();
    sender.stream.resume(sender.now);
    sender.play(40, 60);
    expect(sender.frames.counts).toEqual({ shown: 60, undecodable: 0, keyFrames: 1, requests: 0 });
    expect(sender.frames.freezes.count).toBe(0);
    expect(sender.stream.counts.lost).toBe(0);
  });

  it('need a key frame after a pause with other numbers, and after a new start', () => {
    sender.keys.add(0).add(100).add(5000);
    sender.play(0, 40);
    sender.stream.pause(sender.now);
    sender.stream.resume(sender.now);
    sender.play(100, 140);
    expect(sender.frames.counts).toMatchObject({ shown: 80, keyFrames: 2, requests: 0 });
    sender.play(4999, 5010);
    expect(sender.frames.counts).toMatchObject({ shown: 90, undecodable: 1, keyFrames: 3, requests: 0 });
    expect(sender.stream.counts).toMatchObject({ restarts: 2, lost: 0 });
  });
});
