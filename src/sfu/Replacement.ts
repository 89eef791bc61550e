import type { Producer } from 'mediasoup/types';

/**
 * ms for which a producer that another one takes the place of goes on: in this time the others subscribe to the new one
 * and get its first picture, so that nobody sees a gap.
 */
const REPLACED_AFTER = 1000;

/**
 * The time that is left for a producer whose place another one takes. It runs at once where the successor is on the same
 * transport or muted, otherwise from when there is media of it: its transport has yet to be connected.
 */
export class Replacement {
  readonly #go: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isMoveOff = false;
  #closed = false;

  constructor(parts: {
    successor: Producer;
    isOnSameTransport: boolean;
    /** The time is over. */
    go: () => void;
    /** The successor went with its transport before the others could change over. */
    stay: () => void;
  }) {
    const { successor, isOnSameTransport, go, stay } = parts;
    this.#go = go;
    if (isOnSameTransport || successor.paused) {
      this.#start();
      return;
    }
    successor.on('score', (scores) => {
      if (scores.some(({ score }) => score > 0)) this.#start();
    });
    successor.observer.on('pause', () => this.#start());
    successor.on('transportclose', () => (this.#isMoveOff = true));
    successor.observer.once('close', () => {
      if (!this.#isMoveOff) this.#start();
      else if (!this.#timer && !this.#closed) stay();
    });
  }

  /** The producer is gone. Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #start(): void {
    if (!this.#closed) this.#timer ??= setTimeout(this.#go, REPLACED_AFTER).unref();
  }
}
