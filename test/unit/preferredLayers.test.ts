import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Consumer, ConsumerLayers } from 'mediasoup/types';
import { LayerRaises } from '../../src/sfu/forwarding/LayerRaises.ts';
import { PreferredLayers } from '../../src/sfu/forwarding/PreferredLayers.ts';

const [SMALL, MIDDLE, LARGE] = [0, 1, 2].map((spatialLayer) => ({ spatialLayer, temporalLayer: 7 })) as [
  ConsumerLayers,
  ConsumerLayers,
  ConsumerLayers,
];

class Video extends EventEmitter {
  readonly observer = new EventEmitter();
  readonly type = 'simulcast';
  preferredLayers = LARGE;

  setPreferredLayers = (layers: ConsumerLayers): Promise<void> => {
    this.preferredLayers = layers;
    return Promise.resolve();
  };
}

describe('a video that is braked', () => {
  const braked = async (): Promise<{ video: Video; layers: PreferredLayers }> => {
    const video = new Video();
    const layers = new PreferredLayers(video as unknown as Consumer, new LayerRaises(), false, LARGE);
    await layers.brake();
    return { video, layers };
  };

  it('is asked for its smallest picture until that is over, and counts as asked for what it was', async () => {
    const { video, layers } = await braked();
    expect([video.preferredLayers, layers.asked]).toEqual([SMALL, LARGE]);
    await layers.release();
    expect([video.preferredLayers, layers.asked]).toEqual([LARGE, LARGE]);
  });

  it('is asked afterwards for what somebody wanted meanwhile', async () => {
    const { video, layers } = await braked();
    await layers.prefer(MIDDLE);
    expect([video.preferredLayers, layers.asked]).toEqual([SMALL, MIDDLE]);
    await layers.release();
    expect(video.preferredLayers).toEqual(MIDDLE);
  });
});
