import type { types } from 'mediasoup';
import type { BarePeer } from './BarePeer.ts';
import type { BareProducer, Events } from './messages.ts';

/** A router and the peers on it. */
export class BareRoom {
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
  readonly #peers = new Set<BarePeer>();

  constructor(router: types.Router, webRtcServer: types.WebRtcServer) {
    this.router = router;
    this.webRtcServer = webRtcServer;
    // Nobody is moved to another worker here: this server has no more than what media needs.
    router.once('workerclose', () => {
      for (const peer of this.#peers) peer.close();
    });
  }

  get size(): number {
    return this.#peers.size;
  }

  producers(): BareProducer[] {
    return [...this.#peers].flatMap((peer) => peer.producers());
  }

  publisherOf(producerId: string): BareProducer | undefined {
    for (const peer of this.#peers) {
      const found = peer.producer(producerId);
      if (found) return found;
    }
    return undefined;
  }

  add(peer: BarePeer): void {
    this.#peers.add(peer);
    this.tell(peer, 'peers', { count: this.size });
  }

  remove(peer: BarePeer): void {
    if (this.#peers.delete(peer)) this.tell(peer, 'peers', { count: this.size });
  }

  /** Tells all but one. */
  tell<E extends keyof Events>(except: BarePeer, event: E, data: Events[E]): void {
    const line = `${JSON.stringify({ event, data })}\n`;
    for (const peer of this.#peers) if (peer !== except) peer.write(line);
  }
}
