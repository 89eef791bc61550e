import type { ProducerType, Router } from 'mediasoup/types';
import type { MediaKind, ProducerInfo, SenderLimit } from '../protocol/models.ts';
import type { LayerRaises } from './forwarding/LayerRaises.ts';
import type { LinkFacts } from './forwarding/PeerLink.ts';
import type { Picture } from './forwarding/tileLayers.ts';
import type { Peer } from './Peer.ts';
import type { PipeOrigin } from './PipedProducer.ts';

/** A producer of this node, or word of one on another node. */
export interface TrackProducer extends PipeOrigin {
  readonly kind: MediaKind;
  readonly type: ProducerType;
}

/** A track of the room, as a subscriber finds it. */
export interface Publication {
  producer: TrackProducer;
  /** Where it is published: on a router of this node, or on another node, by its id. */
  home: Router | string;
  info: ProducerInfo;
  /** When it was published, or sent again after nobody had needed it, on the clock of `performance.now()`. */
  startedAt: number;
  /** When its viewers go on to larger layers. */
  raises: LayerRaises;
}

/** How packets travel from a publisher to its node. */
export type SenderLink = Pick<LinkFacts, 'up' | 'roundTrip'>;

/** What is published in a room, on whichever node. */
export interface Track {
  readonly producer: TrackProducer;
  readonly ownerId: string;
  /** Undefined for a peer on another node. */
  readonly owner: Peer | undefined;
  /** Undefined once it is gone. */
  readonly publication: Publication | undefined;
  /** Size and layers of a video. */
  readonly picture: Picture;
  /** The mime type. */
  readonly codec: string;
  /** Encodings of which packets arrive at the publisher's node, by their index. */
  readonly sent: readonly number[];
  /** What its publisher says that keeps its encoder down. */
  readonly limitedBy: SenderLimit;
  /** As another node tells; undefined for a track of this one. */
  readonly link: SenderLink | undefined;
  /** Of a video: the highest spatial layer that anybody on this node needs is another now; null: none is needed. */
  tellDemand(spatialLayer: number | null): void;
}
