import type { types } from 'mediasoup-client';
import { isSuccessor } from './successors.ts';
import type { RoomStore } from './RoomStore.ts';

/** ms between two looks whether there is media of a consumer; so long at most. */
const LOOK = 50;
const PATIENCE = 2500;

/**
 * Shows what this client receives. Where something takes the place of something else that is shown, another consumer on
 * new transports or another microphone of the same peer, it is shown when there is something of it to be seen or heard.
 */
export class Handover {
  readonly #store: RoomStore;
  /** Those on the transports that this client moves away from, by producer id. */
  readonly #former = new Map<string, types.Consumer>();
  readonly #waiting = new Set<types.Consumer>();
  #settled: (() => void)[] = [];

  constructor(store: RoomStore) {
    this.#store = store;
  }

  /** From now on others take the place of these. */
  begin(consumers: Iterable<types.Consumer>): void {
    for (const consumer of consumers) this.#former.set(consumer.producerId, consumer);
  }

  /** Shows a consumer, now or as soon as there is media of it; not when it is closed before. */
  show(consumer: types.Consumer): void {
    const { producerId } = consumer;
    if (this.#former.has(producerId) || isSuccessor(this.#store.model, producerId)) {
      this.#waiting.add(consumer);
      void this.#showLater(consumer);
    } else {
      this.#showNow(consumer);
    }
  }

  /** Resolves when nothing is waited for. */
  async settled(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /** The producer is gone. */
  forget(producerId: string): void {
    this.#former.get(producerId)?.close();
    this.#former.delete(producerId);
  }

  /** The former transports are about to close. @param isReceived Whether a producer is received on the others. */
  end(isReceived: (producerId: string) => boolean): void {
    for (const producerId of this.#former.keys())
      if (!isReceived(producerId)) this.#store.dispatch({ type: 'unsubscribed', producerId });
    this.#former.clear();
  }

  /** Shows the former ones again, as far as they are open, and returns them. */
  goBack(): types.Consumer[] {
    const former = [...this.#former.values()].filter(({ closed }) => !closed);
    this.#former.clear();
    for (const consumer of former) this.#showNow(consumer);
    return former;
  }

  async #showLater(consumer: types.Consumer): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    while (!consumer.closed && !this.#isMuted(consumer) && performance.now() < deadline) {
      if (await hasMedia(consumer)) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    if (!consumer.closed) this.#showNow(consumer);
    this.#waiting.delete(consumer);
    if (this.#waiting.size === 0) for (const resolve of this.#settled.splice(0)) resolve();
  }

  #showNow({ producerId, track }: types.Consumer): void {
    this.#store.dispatch({ type: 'subscribed', producerId, track });
  }

  #isMuted({ producerId }: types.Consumer): boolean {
    const { view, successors } = this.#store.model;
    const shown = view.peers.flatMap(({ publications }) => publications);
    return (successors.get(producerId) ?? shown.find((p) => p.producerId === producerId))?.paused ?? true;
  }
}

/** W3C webrtc-stats `RTCInboundRtpStreamStats`. */
async function hasMedia(consumer: types.Consumer): Promise<boolean> {
  try {
    const stats = await consumer.getStats();
    for (const report of stats.values() as Iterable<Partial<RTCInboundRtpStreamStats>>) {
      if (report.type !== 'inbound-rtp') continue;
      const count = consumer.kind === 'video' ? report.framesDecoded : report.packetsReceived;
      if ((count ?? 0) > 0) return true;
    }
  } catch {
    // It is closed, which the caller sees.
  }
  return false;
}
