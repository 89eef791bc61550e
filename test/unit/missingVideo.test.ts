import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Consumer } from 'mediasoup/types';
import { ALL_LAYERS, type Decision } from '../../src/sfu/forwarding/decision.ts';
import { ForwardedConsumer } from '../../src/sfu/forwarding/ForwardedConsumer.ts';
import type { Publication } from '../../src/sfu/Track.ts';

/* A consumer in the stead of mediasoup's: whether packets arrive is what its peer says, and when. */

class Video extends EventEmitter {
  readonly observer = new EventEmitter();
  readonly kind = 'video';
  readonly type = 'simulcast';
  readonly rtpParameters = { encodings: [{ scalabilityMode: 'S3T3' }] };
  readonly preferredLayers = ALL_LAYERS;
  readonly score = { producerScore: 9 };
  currentLayers: { spatialLayer: number } | undefined = { spatialLayer: 0 };
  closed = false;
  paused = true;
  producerPaused = false;

  setPriority = (): Promise<void> => Promise.resolve();
  setPreferredLayers = (): Promise<void> => Promise.resolve();
  pause = (): Promise<void> => {
    this.paused = true;
    return Promise.resolve();
  };
  resume = (): Promise<void> => {
    this.paused = false;
    return Promise.resolve();
  };
}

const decision: Decision = { forward: 'send', layers: ALL_LAYERS, priority: 1, cause: 'fine' };

let video: Video;
let forwarded: ForwardedConsumer;

beforeEach(async () => {
  jest.useFakeTimers();
  video = new Video();
  forwarded = new ForwardedConsumer(video as unknown as Consumer, {} as Publication, decision, {
    small: false,
    isReady: false,
  });
  await forwarded.resume();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a video', () => {
  it('is missing when its peer says so after it has been sent for a while', () => {
    jest.advanceTimersByTime(4000);
    forwarded.missing = true;
    jest.advanceTimersByTime(2900);
    expect(forwarded.isMissing).toBe(false);
    jest.advanceTimersByTime(100);
    expect(forwarded.isMissing).toBe(true);
    forwarded.missing = false;
    expect(forwarded.isMissing).toBe(false);
  });

  it('is not missing while its publisher sends nothing, or no layer of it is sent', () => {
    jest.advanceTimersByTime(10_000);
    forwarded.missing = true;
    jest.advanceTimersByTime(10_000);
    expect(forwarded.isMissing).toBe(true);
    video.currentLayers = undefined;
    expect(forwarded.isMissing).toBe(false);
    video.currentLayers = { spatialLayer: 0 };
    video.score.producerScore = 0;
    expect(forwarded.isMissing).toBe(false);
  });

  it.each([
    [
      'its publisher was cut off',
      () => video.emit('score', { producerScore: 0 }),
      () => video.emit('score', { producerScore: 9 }),
    ],
    ['it was muted', () => video.emit('producerpause'), () => video.emit('producerresume')],
    [
      'the link had no room for it',
      () => video.emit('layerschange'),
      () => video.emit('layerschange', { spatialLayer: 0 }),
    ],
    ['it was stopped', () => forwarded.stop(), () => forwarded.start()],
  ])('has time to arrive again after %s', async (_, end, begin) => {
    jest.advanceTimersByTime(10_000);
    await end();
    forwarded.missing = true;
    jest.advanceTimersByTime(60_000);
    expect(forwarded.isMissing).toBe(false);
    await begin();
    jest.advanceTimersByTime(4900);
    expect(forwarded.isMissing).toBe(false);
    jest.advanceTimersByTime(100);
    expect(forwarded.isMissing).toBe(true);
  });
});
