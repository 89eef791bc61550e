import type { Router } from 'mediasoup/types';
import { invalidState } from '../support/errors.ts';
import { PipedProducer, type PipeEnds, type PipeHold, type PipeOrigin } from './PipedProducer.ts';
import { PIPE_KEPT_FOR, type PipedProducers } from './PipedProducers.ts';

/** ms that a producer of another node may take to come: a few messages to and fro, and a worker on each side. */
const OPENING_DEADLINE = 5000;

/** Word of a producer on another node, and the way on which it comes to a router of this one. */
export interface RemoteProducer extends PipeOrigin {
  /** Rejects with `notFound` when there is no such producer, `unavailable` for whatever may be tried again. */
  open(signal: AbortSignal): Promise<PipeEnds>;
}

/** Finds the way of a producer of another node to a router of this one. */
export type BringRemote = (node: string, producerId: string, to: Router) => RemoteProducer;

/** The room's router on which everything of other nodes arrives. */
interface Gate {
  readonly router: Router;
  readonly letGo: () => void;
}

/**
 * What is published on other nodes and subscribed to on this one: each producer arrives once, on one router of the room,
 * and goes on from there over the pipes between the room's own routers.
 */
export class RemoteProducers {
  readonly #bring: BringRemote;
  readonly #pipes: PipedProducers;
  readonly #keep: (router: Router) => () => void;
  readonly #keptFor: number;
  readonly #arrivals = new Map<string, { origin: RemoteProducer; piped: PipedProducer }>();
  #gate: Gate | undefined;
  #closed = false;

  constructor(parts: {
    bring: BringRemote;
    pipes: PipedProducers;
    /** Keeps a router of the room although no peer may use it any more; returns what ends that. */
    keep: (router: Router) => () => void;
    /** ms for which something is kept without subscribers. */
    keptFor?: number;
  }) {
    this.#bring = parts.bring;
    this.#pipes = parts.pipes;
    this.#keep = parts.keep;
    this.#keptFor = parts.keptFor ?? PIPE_KEPT_FOR;
  }

  /** Producers that arrive, or are on their way. */
  get size(): number {
    return this.#arrivals.size;
  }

  /** Makes a producer of another node available on a router for one subscriber, as `PipedProducers.hold`. */
  hold(node: string, producerId: string, to: Router): PipeHold {
    if (this.#closed) throw invalidState('the room is closed');
    const gate = this.#arriveAt(to);
    const { origin, piped } = this.#arrivals.get(producerId) ?? this.#arrive(node, producerId, gate);
    return this.#pipes.hold(origin, gate, to, () => piped.hold()) ?? piped.hold();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    for (const { piped } of [...this.#arrivals.values()]) piped.close();
  }

  #arriveAt(router: Router): Router {
    if (this.#gate && !this.#gate.router.closed) return this.#gate.router;
    // What arrived at one that went with its worker is about to close.
    for (const { piped } of [...this.#arrivals.values()]) piped.close();
    this.#gate = { router, letGo: this.#keep(router) };
    return router;
  }

  #arrive(node: string, producerId: string, gate: Router): { origin: RemoteProducer; piped: PipedProducer } {
    let origin: RemoteProducer;
    try {
      origin = this.#bring(node, producerId, gate);
    } catch (error) {
      if (this.#arrivals.size === 0) this.#leaveGate();
      throw error;
    }
    const piped = new PipedProducer({
      origin,
      open: (signal) => origin.open(signal),
      openingDeadline: OPENING_DEADLINE,
      keptFor: this.#keptFor,
      onClosed: () => {
        if (this.#arrivals.get(producerId)?.piped === piped) this.#arrivals.delete(producerId);
        if (this.#arrivals.size === 0) this.#leaveGate();
      },
    });
    const arrival = { origin, piped };
    this.#arrivals.set(producerId, arrival);
    return arrival;
  }

  #leaveGate(): void {
    this.#gate?.letGo();
    this.#gate = undefined;
  }
}
