import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Consumer, ConsumerLayers } from 'mediasoup/types';
import { AllFrames } from '../../src/sfu/forwarding/AllFrames.ts';

const WANTED = { spatialLayer: 1, temporalLayer: 2 };

class Video extends EventEmitter {
  readonly observer = new EventEmitter();
  readonly preferredLayers = WANTED;
  readonly asked: ConsumerLayers[] = [];
  paused = false;
  currentLayers: ConsumerLayers | undefined;

  constructor() {
    super();
    new AllFrames(this as unknown as Consumer, () => WANTED);
  }

  setPreferredLayers = (layers: ConsumerLayers): Promise<void> => {
    this.asked.push(layers);
    return Promise.resolve();
  };

  sends(layers: ConsumerLayers | undefined): void {
    this.currentLayers = layers;
    this.emit('layerschange', layers);
  }
}

describe('a picture that begins', () => {
  let video: Video;
  beforeEach(() => {
    jest.useFakeTimers();
    video = new Video();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const few = (spatialLayer = 1): void => video.sends({ spatialLayer, temporalLayer: 0 });

  it('without all its frames is looked at again, three times at most', () => {
    few();
    expect(video.asked).toEqual([]);
    jest.advanceTimersByTime(200);
    expect(video.asked).toEqual([{ spatialLayer: 1, temporalLayer: 0 }, WANTED]);
    jest.advanceTimersByTime(10_000);
    expect(video.asked).toHaveLength(6);
  });

  it('with all its frames a moment later is left alone', () => {
    few();
    jest.advanceTimersByTime(60);
    video.sends(WANTED);
    jest.advanceTimersByTime(10_000);
    expect(video.asked).toEqual([]);
  });

  it('in another size begins anew', () => {
    few();
    jest.advanceTimersByTime(10_000);
    few(0);
    jest.advanceTimersByTime(10_000);
    expect(video.asked).toHaveLength(12);
  });

  it.each([
    ['ended', () => video.sends(undefined)],
    ['was closed', () => video.observer.emit('close')],
    ['was paused', () => (video.paused = true)],
  ])('and %s is not asked for', (_how, happens) => {
    few();
    happens();
    jest.advanceTimersByTime(10_000);
    expect(video.asked).toEqual([]);
  });
});
