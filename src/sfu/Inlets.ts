import type { PipeTransport, PlainTransport, Router } from 'mediasoup/types';
import { invalidState } from '../support/errors.ts';

/** On which something comes in for a peer without its client: plain RTP, or what is sent in another room. */
export type Inlet = PlainTransport | PipeTransport;

interface Closing {
  readonly observer: { once(event: 'close', listener: () => void): unknown };
}

/** A peer's inlets, each with the router that it is on. */
export class Inlets {
  readonly #inlets = new Map<string, { transport: Inlet; router: Router }>();
  #closed = false;

  /** By its id. */
  get(transportId: string): { transport: Inlet; router: Router } | undefined {
    return this.#inlets.get(transportId);
  }

  /** It closes with the others. @throws ParleyError `invalidState` when they are. */
  add(transport: Inlet, router: Router): void {
    if (this.#closed) transport.close();
    if (transport.closed) throw invalidState('closed meanwhile');
    this.#inlets.set(transport.id, { transport, router });
    const { observer }: Closing = transport;
    observer.once('close', () => this.#inlets.delete(transport.id));
  }

  /** Closes those that there are. */
  clear(): void {
    for (const { transport } of [...this.#inlets.values()]) transport.close();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.clear();
  }
}
