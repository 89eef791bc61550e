import type { Router } from 'mediasoup/types';
import { shareConsumableParameters } from './mediasoupCalls.ts';
import type { PipeEnds, PipeHold } from './PipedProducer.ts';
import type { RouterLinks } from './RouterLinks.ts';

/** Brings a producer from one router of this process to another one, where it has the same id. */
export async function openRouterPipe(request: {
  producerId: string;
  from: Router;
  to: Router;
  links: RouterLinks;
  /** Holds what comes to the first router from elsewhere. */
  arrival: (() => PipeHold) | undefined;
  signal: AbortSignal;
}): Promise<PipeEnds> {
  const { producerId, from, to, links, signal } = request;
  const arrival = request.arrival?.();
  try {
    await arrival?.ready;
    const link = await links.between(from, to);
    signal.throwIfAborted();
    const near = await link.on(from).consume({ producerId });
    try {
      signal.throwIfAborted();
      const { kind, rtpParameters, producerPaused: paused } = near;
      const far = await link.on(to).produce({ id: producerId, kind, rtpParameters, paused });
      shareConsumableParameters(far);
      if (near.closed) arrival?.release();
      else arrival?.follow(near);
      return { near, far, sender: near };
    } catch (error) {
      near.close();
      throw error;
    }
  } catch (error) {
    arrival?.release();
    throw error;
  }
}
