import type { Consumer, Router } from 'mediasoup/types';
import { openRouterPipe } from './openRouterPipe.ts';
import { PipedProducer, type PipeHold, type PipeOrigin } from './PipedProducer.ts';
import { RouterLinks } from './RouterLinks.ts';

/** ms that a pipe between two workers may take to open. */
const OPENING_DEADLINE = 2000;

/**
 * ms for which a pipe is kept without subscribers. Consumers that are only not needed at present live on for 30 s anyway;
 * what ends before is somebody who turns a page and back, or who comes back with new transports. Idle, the pipe is
 * paused after a second, so that this costs no packets.
 */
export const PIPE_KEPT_FOR = 5000;

/** What is published on one router of a room and subscribed to on another, brought there once for all subscribers. */
export class PipedProducers {
  readonly #keptFor: number;
  readonly #links = new RouterLinks();
  /** By router, and there by producer id. */
  readonly #pipes = new Map<Router, Map<string, PipedProducer>>();
  #closed = false;

  constructor(keptFor = PIPE_KEPT_FOR) {
    this.#keptFor = keptFor;
  }

  get size(): number {
    let size = 0;
    for (const pipes of this.#pipes.values()) size += pipes.size;
    return size;
  }

  /** Those across which something may flow. */
  get flowing(): number {
    let flowing = 0;
    for (const pipes of this.#pipes.values())
      for (const { paused } of pipes.values()) if (!paused) flowing += 1;
    return flowing;
  }

  /** What sends across them, one for each that is open. */
  get senders(): Consumer[] {
    return [...this.#pipes.values()].flatMap((pipes) =>
      [...pipes.values()].flatMap(({ sender }) => sender ?? []),
    );
  }

  /**
   * Makes a producer available on a router for one subscriber; undefined where it is published, and nothing is to be
   * waited for. All who ask at a time share one pipe; one that failed is opened anew for who asks next.
   *
   * @param arrival Holds what comes to the first router from elsewhere.
   */
  hold(origin: PipeOrigin, from: Router, to: Router, arrival?: () => PipeHold): PipeHold | undefined {
    if (from === to) return undefined;
    const pipes = this.#on(to);
    let pipe = pipes.get(origin.id);
    if (!pipe) {
      const opened = new PipedProducer({
        origin,
        open: (signal) =>
          openRouterPipe({ producerId: origin.id, from, to, links: this.#links, arrival, signal }),
        openingDeadline: OPENING_DEADLINE,
        keptFor: this.#keptFor,
        onClosed: () => {
          if (pipes.get(origin.id) === opened) pipes.delete(origin.id);
        },
      });
      pipe = opened;
      pipes.set(origin.id, pipe);
      if (this.#closed) pipe.close();
    }
    return pipe.hold();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    for (const pipes of this.#pipes.values()) for (const pipe of [...pipes.values()]) pipe.close();
  }

  #on(router: Router): Map<string, PipedProducer> {
    const known = this.#pipes.get(router);
    if (known) return known;
    const pipes = new Map<string, PipedProducer>();
    this.#pipes.set(router, pipes);
    router.observer.once('close', () => this.#pipes.delete(router));
    return pipes;
  }
}
