import type { Consumer } from 'mediasoup/types';

/** bps that each spatial layer takes at most. */
export interface AnnouncedBitrates {
  of: (spatialLayer: number) => number;
}

/**
 * What the publisher announced that its encodings take at most (mediasoup keeps the largest `maxBitrate` of RFC 8851);
 * Infinity where it did not. Each layer is taken to need at most half of the next one, which has four times its pixels.
 */
export function announcedBitrates({ rtpParameters }: Pick<Consumer, 'rtpParameters'>): AnnouncedBitrates {
  const [encoding] = rtpParameters.encodings ?? [];
  const most = encoding?.maxBitrate ?? Infinity;
  const top = topLayerOf(encoding?.scalabilityMode);
  return { of: (layer) => most / 2 ** Math.max(0, top - layer) };
}

/** Of a scalability mode such as S3T3 or L3T3_KEY (W3C webrtc-svc). */
export function topLayerOf(scalabilityMode: string | undefined): number {
  const [, layers] = /^[LS](\d)/.exec(scalabilityMode ?? '') ?? [];
  return Number(layers ?? 1) - 1;
}
