import type { ConsumerLayers } from 'mediasoup/types';
import type { QualityCause } from '../../protocol/models.ts';

/** More than there are: mediasoup takes the highest. */
export const ALL_LAYERS: Required<ConsumerLayers> = { spatialLayer: 7, temporalLayer: 7 };

/** The smallest picture, with all of its frames. */
export const SMALLEST: Required<ConsumerLayers> = { spatialLayer: 0, temporalLayer: 7 };

/** What should become of one producer for one peer. */
export interface Decision {
  /**
   * `send`: it flows. `ready`: a consumer waits, paused, because it may be needed at once. `none`: nothing flows, and a
   * consumer that exists is closed when this lasts.
   */
  forward: 'send' | 'ready' | 'none';
  /** The highest layers worth sending. */
  layers: Required<ConsumerLayers>;
  /** Of the downlink, 1 to 255 (mediasoup `Consumer.setPriority`). */
  priority: number;
  /** Why it is not all of what is published; `fine` where it is. */
  cause: Extract<
    QualityCause,
    'fine' | 'mutedBySender' | 'notVisible' | 'notInLastN' | 'notAmongLoudest' | 'tileIsSmall'
  >;
}

export function isSameDecision(one: Decision | undefined, other: Decision): boolean {
  return (
    one === other ||
    (one?.forward === other.forward &&
      one.cause === other.cause &&
      one.priority === other.priority &&
      one.layers.spatialLayer === other.layers.spatialLayer &&
      one.layers.temporalLayer === other.layers.temporalLayer)
  );
}
