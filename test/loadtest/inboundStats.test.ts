import { describe, expect, it } from '@jest/globals';
import { InboundStats } from '../../loadtest/canary/InboundStats.ts';
import type { InboundReading } from '../../loadtest/canary/pageProbe.ts';

const nothing: Omit<InboundReading, 'id' | 'kind'> = {
  packetsReceived: 0,
  framesDecoded: 0,
  freezeCount: 0,
  totalFreezesDuration: 0,
  concealedSamples: 0,
  silentConcealedSamples: 0,
  concealmentEvents: 0,
};
const video = (id: string, values: Partial<InboundReading>): InboundReading => ({
  ...nothing,
  ...values,
  id,
  kind: 'video',
});
const audio = (id: string, values: Partial<InboundReading>): InboundReading => ({
  ...nothing,
  ...values,
  id,
  kind: 'audio',
});

describe('what a browser received', () => {
  it('is nothing before it was asked twice', () => {
    const stats = new InboundStats();
    expect(stats.result).toMatchObject({
      framesDecoded: 0,
      fps: null,
      freezes: 0,
      audioGaps: 0,
      videos: 0,
      audios: 0,
    });
    stats.add({ at: 0, inbound: [video('v', { packetsReceived: 9, framesDecoded: 3, freezeCount: 1 })] });
    expect(stats.result).toMatchObject({ framesDecoded: 3, fps: null, freezes: 0, videos: 0 });
  });

  it('has the frame rate of the average video, and all frames', () => {
    const stats = new InboundStats();
    const read = (at: number, frames: [number, number]): void =>
      stats.add({
        at,
        inbound: frames.map((framesDecoded, i) =>
          video(`v${i}`, { packetsReceived: framesDecoded, framesDecoded }),
        ),
      });
    read(0, [10, 0]);
    read(1000, [40, 15]);
    read(2000, [70, 30]);
    expect(stats.result).toMatchObject({ fps: 22.5, framesDecoded: 100, videos: 2 });
  });

  it('has no frame rate for the time in which a camera was off', () => {
    const stats = new InboundStats();
    for (const [at, frames] of [
      [0, 0],
      [1000, 30],
      [2000, 30],
      [3000, 30],
      [4000, 60],
    ] as const)
      stats.add({ at, inbound: [video('v', { packetsReceived: frames * 3, framesDecoded: frames })] });
    expect(stats.result).toMatchObject({ fps: 30, framesDecoded: 60 });
  });

  it('counts freezes of streams that ended too', () => {
    const stats = new InboundStats();
    stats.add({ at: 0, inbound: [video('0/a', {}), video('0/b', {})] });
    stats.add({
      at: 1000,
      inbound: [
        video('0/a', { packetsReceived: 5, framesDecoded: 5, freezeCount: 2, totalFreezesDuration: 0.75 }),
        video('0/b', { packetsReceived: 5, framesDecoded: 5 }),
      ],
    });
    stats.add({ at: 2000, inbound: [video('1/a', { freezeCount: 7 })] });
    stats.add({ at: 3000, inbound: [video('1/a', { freezeCount: 8, totalFreezesDuration: 0.25 })] });
    expect(stats.result).toMatchObject({ freezes: 3, freezeDuration: 1000, videos: 2 });
  });

  it('counts gaps in the sound, but no silence and not the beginning of a stream', () => {
    const stats = new InboundStats();
    const read = (at: number, values: Partial<InboundReading>): void =>
      stats.add({ at, inbound: [audio('a', values)] });
    read(0, { concealedSamples: 9600, concealmentEvents: 4 });
    read(1000, { packetsReceived: 50, concealedSamples: 9600, concealmentEvents: 4 });
    // Silence alone.
    read(2000, {
      packetsReceived: 52,
      concealedSamples: 14_400,
      silentConcealedSamples: 4800,
      concealmentEvents: 5,
    });
    expect(stats.result).toMatchObject({ audioGaps: 0, audioGapDuration: 0, audios: 1 });
    read(3000, {
      packetsReceived: 99,
      concealedSamples: 16_320,
      silentConcealedSamples: 4800,
      concealmentEvents: 7,
    });
    expect(stats.result).toMatchObject({ audioGaps: 2, audioGapDuration: 40 });
  });
});
