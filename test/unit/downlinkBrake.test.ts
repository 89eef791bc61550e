import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Consumer, WebRtcTransport } from 'mediasoup/types';
import { Downlink } from '../../src/sfu/forwarding/Downlink.ts';

/* The calls to mediasoup, in its stead: what a worker says of loss cannot be made to order. */

class Transport extends EventEmitter {
  readonly observer = new EventEmitter();
  readonly limits: number[] = [];
  closed = false;
  loss = 0;
  sent = 1_500_000;
  available = 1_800_000;

  enableTraceEvent = (): Promise<void> => Promise.resolve();
  setMinOutgoingBitrate = (): Promise<void> => Promise.resolve();
  setMaxOutgoingBitrate = (bps: number): Promise<void> => {
    this.limits.push(bps);
    return Promise.resolve();
  };
  getStats = (): Promise<object[]> =>
    Promise.resolve([
      {
        rtpSendBitrate: this.sent,
        rtpPacketLossSent: this.loss,
        availableOutgoingBitrate: this.available,
      },
    ]);

  estimate(availableBitrate: number, desiredBitrate: number): void {
    this.available = availableBitrate;
    this.emit('trace', { type: 'bwe', info: { availableBitrate, desiredBitrate } });
  }
}

class Video extends EventEmitter {
  readonly observer = new EventEmitter();
  readonly rtpParameters = { encodings: [{ scalabilityMode: 'S3T3' }] };
  readonly traced: string[] = [];
  isMissing = false;
  paused = false;
  producerPaused = false;
  currentLayers: { spatialLayer: number } | undefined = { spatialLayer: 2 };
  preferredLayers = { spatialLayer: 2 };
  /** Share of what is sent that the receiver asks for again. */
  lost = 0;
  #packets = 0;
  #nacked = 0;

  enableTraceEvent = (types: string[]): Promise<void> => {
    this.traced.push(...types);
    return Promise.resolve();
  };
  getStats = (): Promise<object[]> => {
    this.#packets += 100;
    this.#nacked += 100 * this.lost;
    return Promise.resolve([
      { type: 'outbound-rtp', packetCount: this.#packets, nackPacketCount: this.#nacked },
    ]);
  };
}

let transport: Transport;
let video: Video;
let downlink: Downlink;
let brakes: number;
let releases: number;
let restarts: number;

beforeEach(() => {
  jest.useFakeTimers();
  brakes = releases = restarts = 0;
  transport = new Transport();
  video = new Video();
  downlink = new Downlink(transport as unknown as WebRtcTransport, 0);
  add(video);
});

function add(consumer: Video): void {
  downlink.add({
    consumer: consumer as unknown as Consumer,
    get asked() {
      return consumer.preferredLayers;
    },
    get isMissing() {
      return consumer.isMissing;
    },
    brake: () => {
      brakes++;
      return Promise.resolve();
    },
    release: () => {
      releases++;
      return Promise.resolve();
    },
    restart: () => {
      restarts++;
      return Promise.resolve();
    },
    stop: () => {
      consumer.paused = true;
      return Promise.resolve();
    },
    start: () => {
      consumer.paused = false;
      return Promise.resolve();
    },
  });
}

afterEach(() => {
  jest.useRealTimers();
});

/** Lets time pass for the two looks that it takes. */
const settled = (): Promise<void> => jest.advanceTimersByTimeAsync(1000);

describe('a downlink', () => {
  it('is braked when receivers report loss, and its large pictures begin anew', async () => {
    const small = new Video();
    small.currentLayers = { spatialLayer: 0 };
    add(small);
    transport.loss = video.lost = small.lost = 0.6;
    video.emit('score', { score: 4 });
    await settled();
    expect(transport.limits).toHaveLength(1);
    expect(transport.limits[0]).toBeLessThan(1_500_000 * 0.4);
    expect([brakes, releases]).toEqual([1, 0]);
    await jest.advanceTimersByTimeAsync(3000);
    expect(releases).toBe(2);
  });

  it('is braked once for many signs of the same', async () => {
    transport.loss = video.lost = 0.6;
    video.emit('score', { score: 4 });
    transport.estimate(1_500_000, 2_000_000);
    await settled();
    video.emit('score', { score: 2 });
    await settled();
    expect(transport.limits).toHaveLength(1);
  });

  it('is looked at again after the brake', async () => {
    transport.loss = video.lost = 0.6;
    video.emit('score', { score: 4 });
    await jest.advanceTimersByTimeAsync(5000);
    transport.available = 1_000_000;
    video.emit('score', { score: 2 });
    await settled();
    expect(brakes).toBe(2);
  });

  /** Braked, and back at a small picture, of which mediasoup gives no larger one for a while. */
  async function held(): Promise<void> {
    transport.loss = video.lost = 0.6;
    video.emit('score', { score: 4 });
    await jest.advanceTimersByTimeAsync(5000);
    transport.loss = video.lost = 0;
    transport.estimate(200_000, 2_000_000);
    video.currentLayers = { spatialLayer: 0 };
    video.emit('layerschange', video.currentLayers);
  }

  it('has a picture begin anew, once, that stays small although there is more room', async () => {
    await held();
    transport.estimate(400_000, 2_000_000);
    expect(restarts).toBe(0);
    await jest.advanceTimersByTimeAsync(2000);
    transport.estimate(250_000, 2_000_000);
    expect(restarts).toBe(0);
    transport.estimate(400_000, 2_000_000);
    transport.estimate(800_000, 2_000_000);
    expect(restarts).toBe(1);
  });

  it('has none begin anew long after it was overrun', async () => {
    await held();
    await jest.advanceTimersByTimeAsync(20_000);
    transport.estimate(400_000, 2_000_000);
    expect(restarts).toBe(0);
  });

  it('carries sound alone while even the smallest picture is lost, and is tried again', async () => {
    transport.available = 200_000;
    video.currentLayers = { spatialLayer: 0 };
    transport.loss = video.lost = 0.7;
    for (let at = 0; at < 40; at++) {
      video.emit('score', { score: at % 2 });
      await jest.advanceTimersByTimeAsync(100);
    }
    expect([video.paused, downlink.isSoundOnly]).toEqual([true, true]);
    const other = new Video();
    add(other);
    expect(other.paused).toBe(true);
    await jest.advanceTimersByTimeAsync(10_000);
    expect([video.paused, other.paused, downlink.isSoundOnly]).toEqual([false, false, false]);
    expect(transport.limits.at(-1)).toBe(200_000);
    expect(releases).toBe(0);
    await jest.advanceTimersByTimeAsync(3000);
    expect(releases).toBe(2);
  });

  it('does so too where larger pictures are sent that take no more', async () => {
    transport.available = 30_000;
    transport.loss = video.lost = 0.9;
    for (let at = 0; at < 40; at++) {
      video.emit('score', { score: at % 2 });
      await jest.advanceTimersByTimeAsync(100);
    }
    expect([brakes, downlink.isSoundOnly]).toEqual([0, true]);
  });

  it('of which nothing arrives is braked and then carries sound alone, though nothing is told of loss', async () => {
    video.isMissing = true;
    transport.estimate(transport.available, 2_000_000);
    await settled();
    expect([brakes, transport.limits.at(-1)]).toEqual([1, 200_000]);
    transport.available = 200_000;
    video.currentLayers = { spatialLayer: 0 };
    await jest.advanceTimersByTimeAsync(3000);
    transport.estimate(200_000, 2_000_000);
    await settled();
    expect([video.paused, downlink.isSoundOnly]).toEqual([true, true]);
  });

  it('is left alone while any picture arrives', async () => {
    add(new Video());
    video.isMissing = true;
    transport.estimate(transport.available, 1_500_000);
    await settled();
    expect([brakes, downlink.isSoundOnly]).toEqual([0, false]);
  });

  it('is left alone when only mediasoup counts loss, as it does for probes that it could not send', async () => {
    transport.loss = 0.4;
    video.emit('score', { score: 9 });
    await settled();
    expect(transport.limits).toEqual([]);
    expect(brakes).toBe(0);
  });

  it('is left alone by what is paused', async () => {
    transport.loss = video.lost = 0.6;
    video.paused = true;
    video.emit('score', { score: 4 });
    await settled();
    expect(transport.limits).toEqual([]);
  });

  it('is left alone by the loss that it always has', async () => {
    transport.loss = 0.13;
    video.lost = 0.1;
    for (let at = 0; at < 100; at++) {
      video.emit('trace', { type: 'nack' });
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(downlink.isLossy).toBe(true);
    video.lost = 0.15;
    video.emit('trace', { type: 'nack' });
    await settled();
    expect(transport.limits).toEqual([]);
    video.lost = 0.6;
    video.emit('trace', { type: 'nack' });
    await settled();
    expect(brakes).toBe(1);
    // It carries less than before now, whatever it lost then.
    expect(downlink.isLossy).toBe(false);
  });

  it('asks to be told what is asked for again of the largest layers only', () => {
    video.emit('layerschange', { spatialLayer: 1 });
    video.emit('layerschange', undefined);
    expect(video.traced).toEqual([]);
    video.emit('layerschange', { spatialLayer: 2 });
    video.emit('layerschange', { spatialLayer: 2 });
    expect(video.traced).toEqual(['nack']);
  });

  it('is tried with more while a picture is smaller than wanted, and left alone then', () => {
    video.currentLayers = { spatialLayer: 0 };
    transport.estimate(300_000, 2_000_000);
    expect(transport.limits).toHaveLength(1);
    expect(transport.limits[0]).toBeGreaterThan(500_000);
    video.currentLayers = { spatialLayer: 2 };
    transport.estimate(2_000_000, 2_000_000);
    expect(transport.limits.at(-1)).toBe(0);
  });

  it('is never tried with more than its limit', () => {
    downlink = new Downlink(transport as unknown as WebRtcTransport, 400_000);
    const other = new Video();
    other.currentLayers = undefined;
    add(other);
    video.currentLayers = { spatialLayer: 2 };
    transport.estimate(300_000, 2_000_000);
    expect(Math.max(...transport.limits, 0)).toBeLessThanOrEqual(400_000);
  });

  it('forgets videos that are closed', async () => {
    transport.loss = video.lost = 0.6;
    video.observer.emit('close');
    transport.estimate(1_000_000, 2_000_000);
    await settled();
    expect(transport.limits).toEqual([]);
  });
});
