import type { Consumer, RtpCapabilities } from 'mediasoup/types';
import { SMALLEST, type Decision } from './forwarding/decision.ts';
import { callMediasoup } from './mediasoupCalls.ts';
import type { Publication } from './PeerProducers.ts';
import type { PeerTransports } from './PeerTransports.ts';
import type { PipedProducers } from './PipedProducers.ts';

export interface ConsumerRequest {
  transports: PeerTransports;
  pipes: PipedProducers;
  publication: Publication;
  rtpCapabilities: RtpCapabilities;
  decision: Decision;
  /** Begins with the smallest layer. */
  small: boolean;
  paused: boolean;
}

/**
 * Creates a peer's consumer, on whichever router the producer is published.
 *
 * @throws ParleyError as `callMediasoup`, `unavailable` when the producer could not be brought to the peer's router.
 */
export async function createConsumer(request: ConsumerRequest): Promise<Consumer> {
  const { transports, pipes, publication, rtpCapabilities, decision, small, paused } = request;
  const { producer } = publication;
  if (producer.kind === 'video') await callMediasoup('consume', () => transports.limitOutgoing());
  const { recv, router } = transports;
  const piped = pipes.hold(producer, publication.router, router);
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
