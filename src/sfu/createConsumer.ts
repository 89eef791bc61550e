import type { Consumer, Router, RtpCapabilities } from 'mediasoup/types';
import { SMALLEST, type Decision } from './forwarding/decision.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import type { PeerTransports } from './PeerTransports.ts';
import type { PipeHold } from './PipedProducer.ts';
import type { Publication } from './Track.ts';

/** Makes a producer available on a router for one subscriber; undefined where it is published. */
export type Bring = (publication: Pick<Publication, 'producer' | 'home'>, to: Router) => PipeHold | undefined;

export interface ConsumerRequest {
  transports: PeerTransports;
  bring: Bring;
  publication: Publication;
  rtpCapabilities: RtpCapabilities;
  decision: Decision;
  /** Begins with the smallest layer. */
  small: boolean;
  paused: boolean;
}

/**
 * Creates a peer's consumer, on whichever router or node the producer is published.
 *
 * @throws ParleyError as `callMediasoup`, `unavailable` when the producer could not be brought to the peer's router.
 */
export async function createConsumer(request: ConsumerRequest): Promise<Consumer> {
  const { transports, bring, publication, rtpCapabilities, decision, small, paused } = request;
  const { producer } = publication;
  if (producer.kind === 'video') await callMediasoup('consume', () => transports.limitOutgoing());
  const { recv, router } = transports;
  const piped = bring(publication, router);
  try {
    if (piped) await piped.ready;
    const consumer = await callMediasoup('consume', () =>
      recv.consume({
        producerId: producer.id,
        rtpCapabilities,
        paused,
        preferredLayers: small ? SMALLEST : decision.layers,
      }),
    );
    if (consumer.closed) piped?.release();
    else piped?.follow(consumer);
    return consumer;
  } catch (error) {
    piped?.release();
    throw error;
  }
}
