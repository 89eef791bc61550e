import type { Producer, ProducerScore, Router } from 'mediasoup/types';
import type { SenderLimit } from '../protocol/models.ts';
import { NO_PICTURE } from './forwarding/picture.ts';
import type { Picture } from './forwarding/tileLayers.ts';
import type { Peer } from './Peer.ts';
import type { Publication, Track } from './Track.ts';

/** What a peer of this node publishes. */
export class LocalTrack implements Track {
  readonly owner: Peer;
  readonly producer: Producer;
  /** mediasoup makes a copy of all parameters for who asks, and of the scores. */
  readonly codec: string;
  /** It is here that this is known. */
  readonly link = undefined;
  #sent: readonly number[];

  /** That on which it is published. */
  readonly router: Router;

  constructor(owner: Peer, producer: Producer) {
    this.owner = owner;
    this.producer = producer;
    this.router = owner.producers.routerOf(producer.id);
    this.codec = producer.rtpParameters.codecs[0]?.mimeType ?? '';
    this.#sent = sentOf(producer.score);
    producer.on('score', (scores) => {
      this.#sent = sentOf(scores);
    });
  }

  get ownerId(): string {
    return this.owner.id;
  }

  get publication(): Publication | undefined {
    return this.owner.producers.publication(this.producer.id);
  }

  get picture(): Picture {
    return this.owner.producers.picture(this.producer.id) ?? NO_PICTURE;
  }

  get sent(): readonly number[] {
    return this.#sent;
  }

  get limitedBy(): SenderLimit {
    return this.owner.quality.reports.limitedBy(this.producer.id);
  }

  tellDemand(spatialLayer: number | null): void {
    this.owner.producers.tellDemand(this.producer.id, spatialLayer);
  }
}

const sentOf = (scores: readonly ProducerScore[]): number[] =>
  scores.filter(({ score }) => score > 0).map(({ encodingIdx }) => encodingIdx);
