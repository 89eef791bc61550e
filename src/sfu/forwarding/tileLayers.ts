import type { ConsumerLayers } from 'mediasoup/types';

/** A picture as it is published. */
export interface Picture {
  /** Of the highest layer, in pixels. */
  width: number;
  height: number;
  /** By how much each spatial layer is smaller than the highest, lowest layer first; [1] without layers. */
  scales: readonly number[];
}

/** Device pixels up to which half the frames are enough. */
const TINY = 120;
/** Share of a lower layer's size that a tile must have shrunk to before that layer is taken. */
const SHRUNK = 0.9;
/** mediasoup takes the highest there is. */
const ALL_FRAMES = 7;

/**
 * The smallest layers that a tile shows without being enlarged.
 *
 * @param tile Device pixels; 0 where it is not known.
 * @param current The spatial layer that it has at present, so that a tile between two sizes does not swing.
 */
export function layersForTile(
  picture: Picture,
  tile: { width: number; height: number },
  current?: number,
): Required<ConsumerLayers> {
  const { width, height, scales } = picture;
  const top = scales.length - 1;
  if (tile.width === 0 || tile.height === 0 || width === 0 || height === 0) {
    return { spatialLayer: top, temporalLayer: ALL_FRAMES };
  }
  // Tiles may crop, so the picture has to fill them in both directions.
  const needed = Math.max(tile.width / width, tile.height / height);
  const fits = (layer: number, share = 1): boolean => needed <= share / (scales[layer] ?? 1);
  let spatialLayer = 0;
  while (spatialLayer < top && !fits(spatialLayer)) spatialLayer += 1;
  if (current !== undefined && current > spatialLayer && !fits(spatialLayer, SHRUNK)) {
    spatialLayer = Math.min(spatialLayer + 1, top);
  }
  return { spatialLayer, temporalLayer: tile.height <= TINY ? 1 : ALL_FRAMES };
}
